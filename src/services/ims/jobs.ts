import { z } from 'zod'
import type { RequestContext } from '../../contract/call.ts'
import { afterCommit } from '../../database/after-commit.ts'
import { isBlobId } from '../../database/blobs.ts'
import type { Obstacle } from '../../database/bucket-folder.ts'
import { defineJobKind, type JobKind } from '../../simulation/job-kinds.ts'
import { findJob, resourcesOfJob, subJobsOf, updateJob } from '../../simulation/queries/jobs.ts'
import type { NewJob } from '../../simulation/submit-job.ts'
import type { JobRow } from '../../simulation/tables.ts'
import type { World } from '../../simulation/world.ts'
import { completeBackup, deleteBackup } from '../cbr/queries.ts'
import { findBucket } from '../obs/buckets.ts'
import { findObject, isAmongFolders, type ObjectBytes, type ObjectUrl, putObject } from '../obs/objects.ts'
import { fail, type ImsCode } from './errors.ts'
import { movingImages } from './images/states.ts'
import { JOB_TYPE } from './job-types.ts'
import { changeMember, MemberChange } from './members/change-member.ts'
import { checkProject } from './own-projects.ts'
import { findImage } from './queries/images.ts'
import { UPLOADS, type UploadResult, uploadExport } from './sources/object-store.ts'

/** The error code of a failed job when neither its flow nor a rule names one. */
const DEFAULT_ERROR = 'IMG.0061'

/** Bytes of the image of a job. It is in the database, with its size, before its job is submitted. */
function sizeOfImage({ db }: World, imageId: string | undefined): number {
  return imageId === undefined ? 0 : (findImage(db, imageId)?.size ?? 0)
}

/** Jobs that fill one image. */
export const imageJobs = defineJobKind({
  types: [
    JOB_TYPE.createFromServer,
    JOB_TYPE.createFromVolume,
    JOB_TYPE.copyVolume,
    JOB_TYPE.importImage,
    JOB_TYPE.importDataImage,
    JOB_TYPE.register,
    JOB_TYPE.copy,
  ],
  payload: z.null(),
  defaultError: DEFAULT_ERROR,
  size: sizeOfImage,
  open: (settling, { imageId }) => ({
    move(events, at) {
      if (imageId !== null) movingImages(settling).move(imageId, events, at)
    },
  }),
})

/** A job that fills one image, before it is submitted. */
export type NewImageJob = NewJob<(typeof imageJobs.types)[number], null>

/**
 * Jobs that fill the images of a whole server: its own, and those of its data disks, which are its further resources.
 */
export const wholeImageJobs = defineJobKind({
  types: [JOB_TYPE.wholeFromServer, JOB_TYPE.wholeFromBackup, JOB_TYPE.copyAcrossRegions],
  payload: z
    .object({
      /** The backup that the job makes: it can be used when the job succeeds and is removed when it fails. */
      backupId: z.string(),
    })
    .nullable(),
  defaultError: DEFAULT_ERROR,
  size: sizeOfImage,
  open(settling, { id, imageId, payload }) {
    const { db } = settling.world
    const ids = [...(imageId === null ? [] : [imageId]), ...resourcesOfJob(db, id)]
    return {
      move(events, at) {
        for (const image of ids) movingImages(settling).move(image, events, at)
      },
      succeed() {
        if (payload !== null) completeBackup(db, payload.backupId)
        return undefined
      },
      fail() {
        if (payload !== null) deleteBackup(db, payload.backupId)
      },
    }
  },
})

/** Jobs that write an image into a bucket. The image itself does not change. */
export const exportJobs = defineJobKind({
  types: [JOB_TYPE.export],
  payload: z.object({
    /** The blob that becomes the object when the job succeeds, with its size in bytes and its ETag. */
    blobId: z.string().refine(isBlobId, 'is no id of a blob'),
    size: z.int(),
    etag: z.string(),
    bucket: z.string(),
    key: z.string(),
    /** Written before the job ends, where there is an object store. */
    upload: z.enum(UPLOADS).optional(),
  }),
  defaultError: DEFAULT_ERROR,
  size: sizeOfImage,
  ahead(world, { id, payload }, report) {
    if (payload.upload !== undefined) return undefined
    return uploadExport(world, payload, report).then((upload) =>
      updateJob(world.db, id, { payload: { ...payload, upload } }),
    )
  },
  open(settling, { imageId, payload: { bucket, key, upload, ...bytes } }) {
    const { world } = settling
    return {
      move(events, at) {
        if (imageId !== null) movingImages(settling).move(imageId, events, at)
      },
      succeed(at) {
        const isInWorld = upload === undefined ? world.objectStore === undefined : upload === 'no bucket'
        if (isInWorld) return writeExport(world, { bucket, key }, bytes, at)
        afterCommit(world.db, () => world.blobs.remove(bytes.blobId))
        return uploadCode(upload)
      },
      fail: () => afterCommit(world.db, () => world.blobs.remove(bytes.blobId)),
    }
  },
})

/** The code with which an export to the object store fails; undefined for one that is there. */
function uploadCode(upload: UploadResult | undefined): ImsCode | undefined {
  if (upload === 'stored') return undefined
  return upload === 'taken' ? 'IMG.0070' : 'IMG.0069'
}

/** Makes the object of an export. @returns the code of what prevents it. */
function writeExport(world: World, url: ObjectUrl, bytes: ObjectBytes, at: number): ImsCode | undefined {
  const { db, blobs, bucketFolder, writesFiles } = world
  const bucket = findBucket(world, url.bucket)
  // A world that was downloaded without its blobs has no bytes for the object.
  if (bucket === undefined || !blobs.has(bytes.blobId)) return 'IMG.0069'
  if (findObject(world, url) !== undefined) return 'IMG.0070'
  const code = obstacleCode(world, url)
  if (code !== undefined) return code
  putObject(world, url, bytes, { ownerId: bucket.ownerId, modifiedAt: at })
  if (writesFiles) afterCommit(db, () => bucketFolder.write(url.bucket, url.key, blobs.path(bytes.blobId)))
  return undefined
}

/** The error code of an export by what is in the way of its file. */
const OBSTACLE_CODE = {
  outside: 'IMG.0069',
  'name too long': 'IMG.0074',
  taken: 'IMG.0070',
  'below a file': 'IMG.0070',
} as const satisfies Record<Obstacle, ImsCode>

/**
 * The code of an export whose object cannot be written as a file, in a world that also writes files: a key that is a folder or
 * lies below a file is taken, and a name of more than 255 bytes is too long.
 */
export function obstacleCode(world: World, url: ObjectUrl): ImsCode | undefined {
  if (!world.writesFiles || !world.bucketFolder.has(url.bucket)) return undefined
  if (isAmongFolders(world, url)) return 'IMG.0070'
  const obstacle = world.bucketFolder.obstacle(url.bucket, url.key)
  return obstacle && OBSTACLE_CODE[obstacle]
}

const SharingResult = z.object({
  image_id: z.string(),
  /** Missing for accounts and organisations. */
  project_id: z.string().optional(),
  status: z.enum(['success', 'fail']),
})
export type SharingResult = z.output<typeof SharingResult>

/** Jobs that change the members of many images. */
export const sharingJobs = defineJobKind({
  types: [JOB_TYPE.addMembers, JOB_TYPE.updateMembers, JOB_TYPE.deleteMembers],
  payload: z.object({
    changes: z.array(MemberChange),
    /** The result of each change; empty until the job has ended, and for changes that end a sharing. */
    results: z.array(SharingResult),
  }),
  defaultError: DEFAULT_ERROR,
  open: ({ world }, { id, payload: { changes } }) => ({
    /** Makes the changes one by one. The job fails with the code of the first that fails; the others stay made. */
    succeed(at) {
      const done = changes.map((change) => ({ change, code: changeMember(world, change, at) }))
      const results = done.flatMap(({ change: { imageId, projectId, to }, code }): SharingResult[] =>
        to === 'ended'
          ? []
          : [
              {
                image_id: imageId,
                ...(projectId !== undefined && { project_id: projectId }),
                status: code === undefined ? 'success' : 'fail',
              },
            ],
      )
      updateJob(world.db, id, { payload: { changes, results } })
      return done.find(({ code }) => code !== undefined)?.code
    },
  }),
})

export const imsJobKinds: readonly JobKind[] = [imageJobs, wholeImageJobs, exportJobs, sharingJobs]

/** A job or a part of one, and whether its image is still there: that of a failed job may be deleted. */
export interface ShownPart extends JobRow {
  hasImage: boolean
}

/** A job as the image service shows it. */
export interface ShownJob extends ShownPart {
  /** The jobs that it consists of; most jobs have none. */
  parts: ShownPart[]
  /** What became of each change of a job on many images; null for all other jobs. */
  results: SharingResult[] | null
}

/**
 * Finds a job of the caller's project. An unknown job and one of another project are refused alike, as the documents list no
 * 404 for this call.
 * @throws CodedRefusal IMG.0023; IMG.0030 for a project that is not the caller's.
 */
export function showJob(context: RequestContext, projectId: string, jobId: string): ShownJob {
  const { world, caller } = context
  checkProject(caller, projectId)
  const job = findJob(world.db, jobId)
  if (job === undefined || job.projectId !== caller.projectId) throw fail('IMG.0023', { jobId })
  return {
    ...withImage(world, job),
    parts: subJobsOf(world.db, jobId).map((part) => withImage(world, part)),
    results: sharingJobs.payloadOf(job)?.results ?? null,
  }
}

function withImage({ db }: World, job: JobRow): ShownPart {
  return { ...job, hasImage: job.imageId !== null && findImage(db, job.imageId) !== undefined }
}
