import { z } from 'zod'
import type { RequestContext } from '../../contract/call.ts'
import { afterCommit } from '../../database/after-commit.ts'
import { defineJobKind, type JobKind } from '../../simulation/job-kinds.ts'
import { findJob, resourcesOfJob, subJobsOf, updateJob } from '../../simulation/queries/jobs.ts'
import type { NewJob } from '../../simulation/submit-job.ts'
import type { JobRow } from '../../simulation/tables.ts'
import type { World } from '../../simulation/world.ts'
import { completeBackup, deleteBackup } from '../cbr/queries.ts'
import { fail } from './errors.ts'
import { movingImages } from './images/states.ts'
import { changeMember, MemberChange } from './members/change-member.ts'
import { checkProject } from './own-projects.ts'
import { findImage } from './queries/images.ts'
import { TARGET_ERROR } from './sources/objects.ts'

/** The `job_type` of each asynchronous call, as the wire shows it. */
export const JOB_TYPE = {
  createFromServer: 'imsCreateImageByInstance',
  createFromVolume: 'imsVolumeCreateImageJob',
  createDataImages: 'imsVolumesToSysDataImagesJob',
  copyVolume: 'imsCopyVolumeToImageJob',
  importImage: 'imsImportImageJob',
  importDataImage: 'imsImportDataImageJob',
  importSeveral: 'imsImportOvaImageJob',
  wholeFromServer: 'imsCreateWholeImageByInstanceJob',
  wholeFromBackup: 'imsCreateWholeImageByBackupJob',
  register: 'imsNativeImportImageJob',
  export: 'imsNativeExportImageJob',
  copy: 'imsCopyImageInRegionJob',
  copyAcrossRegions: 'imsCopyImageCrossRegionJob',
  addMembers: 'imsAddImageMembersJob',
  updateMembers: 'imsUpdateImageMembersJob',
  deleteMembers: 'imsDelImageMembersJob',
} as const

/** Jobs that bring a file of a bucket into the cloud. */
export const IMPORT_JOBS = [JOB_TYPE.importImage, JOB_TYPE.importDataImage, JOB_TYPE.importSeveral]

/** Jobs that make an image of anything but another image. */
export const CREATION_JOBS = [
  ...IMPORT_JOBS,
  JOB_TYPE.createFromServer,
  JOB_TYPE.createFromVolume,
  JOB_TYPE.createDataImages,
  JOB_TYPE.wholeFromServer,
  JOB_TYPE.wholeFromBackup,
]

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
    /** The name of the staged file that becomes the object when the job succeeds. */
    staged: z.string(),
    bucket: z.string(),
    key: z.string(),
  }),
  defaultError: DEFAULT_ERROR,
  size: sizeOfImage,
  open(settling, { imageId, payload: { staged, bucket, key } }) {
    const { buckets, db } = settling.world
    return {
      move(events, at) {
        if (imageId !== null) movingImages(settling).move(imageId, events, at)
      },
      /** The object appears before the transaction that ends the job: after a crash between the two it is found there. */
      succeed() {
        const obstacle = buckets.deliver(bucket, staged, key)
        if (obstacle === 'nothing staged') return 'IMG.0069'
        if (obstacle !== undefined) return TARGET_ERROR[obstacle]
        afterCommit(db, () => buckets.discard(bucket, staged))
        return undefined
      },
      fail() {
        afterCommit(db, () => {
          buckets.withdraw(bucket, staged, key)
          buckets.discard(bucket, staged)
        })
      },
    }
  },
})

const SharingResult = z.object({
  image_id: z.string(),
  project_id: z.string(),
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
                project_id: projectId,
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

/** A job as the image service shows it. */
export interface ShownJob extends JobRow {
  /** The jobs that it consists of; most jobs have none. */
  parts: JobRow[]
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
    ...job,
    parts: subJobsOf(world.db, jobId),
    results: sharingJobs.payloadOf(job)?.results ?? null,
  }
}
