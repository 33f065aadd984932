import { z } from 'zod'
import { wireMillis, wireSeconds } from '../../../lib/time.ts'
import type { JobRow } from '../../../simulation/tables.ts'
import type { ShownJob } from '../jobs/show.ts'
import type { Image } from '../queries/images.ts'
import { formatTag } from '../tags/tag.ts'

/** `2024-05-06T07:08:09Z`: clients refuse a fraction or an offset. */
export const Time = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)

/** An image on the wire: what every image has, and attributes that are strings. */
export const ImageWire = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.string(),
    visibility: z.string(),
    __imagetype: z.string(),
    protected: z.boolean(),
    owner: z.string(),
    tags: z.array(z.string()),
    container_format: z.string(),
    disk_format: z.string(),
    min_disk: z.int(),
    min_ram: z.int(),
    size: z.int().optional(),
    virtual_size: z.int().nullable().optional(),
    checksum: z.string().optional(),
    created_at: Time,
    updated_at: Time,
    active_at: Time.optional(),
    file: z.string(),
    self: z.string(),
    schema: z.literal('/v2/schemas/image'),
    __system_support_market: z.boolean().optional(),
  })
  .catchall(z.string())

/** Whether a private image may be offered on the market: not a data disk, nor a whole server, nor one that is shared. */
function mayBePublished({ attributes, memberCount }: Image): boolean {
  return (
    attributes.virtual_env_type !== 'DataImage' && attributes.__whole_image !== 'true' && memberCount === 0
  )
}

/** The largest number that the SDKs of Go and Java read where an image has an integer. */
const LARGEST_INT = 2 ** 31 - 1

/**
 * A size in bytes that a client can read; null when it cannot, as it then refuses the whole answer. The cloud documents
 * `size` and `virtual_size` as unused, 0 or null; `__image_size` is a text and tells the size of any image.
 */
function readable(bytes: number | null): number | null {
  return bytes !== null && bytes <= LARGEST_INT ? bytes : null
}

/**
 * An image as both faces of IMS show it. While it has members it says `shared`; size, virtual size and checksum are there
 * from the moment its bytes are (images-list.md, "Response object").
 */
export function renderImage(image: Image) {
  const shared = image.memberCount > 0
  const hasData = image.size !== null
  return {
    schema: '/v2/schemas/image',
    ...image.attributes,
    id: image.id,
    name: image.name ?? '',
    status: image.status,
    visibility: shared ? 'shared' : image.visibility,
    __imagetype: shared ? 'shared' : image.imageType,
    ...(image.imageType === 'private' && { __system_support_market: mayBePublished(image) }),
    protected: image.protected,
    owner: image.owner ?? '',
    tags: image.tags.map(formatTag),
    container_format: image.containerFormat ?? 'bare',
    disk_format: image.diskFormat ?? 'zvhd2',
    min_disk: image.minDisk,
    min_ram: image.minRam,
    ...(hasData && { size: readable(image.size) ?? 0, virtual_size: readable(image.virtualSize) }),
    ...(image.checksum !== null && { checksum: image.checksum }),
    created_at: wireSeconds(image.createdAt),
    updated_at: wireSeconds(image.updatedAt),
    ...(image.activeAt !== null && { active_at: wireSeconds(image.activeAt) }),
    file: `/v2/images/${image.id}/file`,
    self: `/v2/images/${image.id}`,
  }
}

const JobStatus = z.enum(['INIT', 'RUNNING', 'SUCCESS', 'FAIL'])

const ImageEntities = z.object({ image_id: z.string().optional(), image_name: z.string().optional() })

/** What every job says of itself; a part of a job has the same shape as a whole one. */
const jobFields = {
  job_id: z.string(),
  job_type: z.string(),
  begin_time: z.string(),
  end_time: z.string(),
  status: JobStatus,
  error_code: z.string().nullable(),
  fail_reason: z.string().nullable(),
}

const SubJobWire = z.strictObject({ ...jobFields, entities: ImageEntities })

export const JobEntities = z.strictObject({
  ...ImageEntities.shape,
  /** A fraction, 0 to 1. */
  process_percent: z.number().min(0).max(1).optional(),
  current_task: z.string().optional(),
  sub_jobs_result: z.array(SubJobWire).optional(),
  sub_jobs_list: z.array(z.string()).optional(),
  results: z
    .array(
      z.strictObject({
        image_id: z.string(),
        project_id: z.string().optional(),
        status: z.enum(['success', 'fail']),
      }),
    )
    .optional(),
})

export const JobWire = z.strictObject({ ...jobFields, entities: JobEntities })

/** `imsImportImageJob` works on `ImportImageTask`. */
export function taskOf(jobType: string): string {
  return `${jobType.replace(/^ims/, '').replace(/Job$/, '')}Task`
}

/** The image of a job: it is named as soon as it is being made; one that failed shows no image that is gone. */
function imageEntities({ status, imageId, imageName }: JobRow): z.input<typeof ImageEntities> {
  if (status === 'INIT') return {}
  const name = imageName === null ? {} : { image_name: imageName }
  return status === 'FAIL' || imageId === null ? name : { image_id: imageId, ...name }
}

/**
 * What a job tells beside its state: nothing while it is set up; its image, the results of a job on many, or the jobs it
 * is made of; and how far it is unless it failed.
 */
function renderEntities(job: ShownJob): z.input<typeof JobEntities> {
  if (job.status === 'INIT') return {}
  if (job.results !== null) return job.status === 'RUNNING' ? {} : { results: job.results }
  const progress =
    job.status === 'FAIL' ? {} : { process_percent: job.progress / 100, current_task: taskOf(job.type) }
  if (job.parts.length === 0) return { ...imageEntities(job), ...progress }
  return {
    sub_jobs_result: job.parts.map((part) => ({ ...renderJobFields(part), entities: imageEntities(part) })),
    sub_jobs_list: job.parts.map((part) => part.id),
    ...progress,
  }
}

/** `end_time` is empty until the job has ended. */
function renderJobFields(job: JobRow) {
  return {
    job_id: job.id,
    job_type: job.type,
    begin_time: wireMillis(job.beginAt),
    end_time: job.endAt === null ? '' : wireMillis(job.endAt),
    status: job.status,
    error_code: job.errorCode,
    fail_reason: job.failReason,
  }
}

/** A job as `ShowJob` answers it. */
export function renderJob(job: ShownJob): z.input<typeof JobWire> {
  return { ...renderJobFields(job), entities: renderEntities(job) }
}
