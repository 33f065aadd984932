import { z } from 'zod'
import { formatTag } from '../../cloud/tags/tag.ts'
import { wireMillis, wireSeconds } from '../../kernel/time.ts'
import type { Image } from '../../store/images.ts'
import type { JobRow } from '../../store/schema.ts'

const Time = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)

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
  })
  .catchall(z.string())

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
    protected: image.protected,
    owner: image.owner ?? '',
    tags: image.tags.map(formatTag),
    container_format: image.containerFormat ?? 'bare',
    disk_format: image.diskFormat ?? 'zvhd2',
    min_disk: image.minDisk,
    min_ram: image.minRam,
    ...(hasData && { size: image.size ?? 0, virtual_size: image.virtualSize }),
    ...(image.checksum !== null && { checksum: image.checksum }),
    created_at: wireSeconds(image.createdAt),
    updated_at: wireSeconds(image.updatedAt),
    ...(image.activeAt !== null && { active_at: wireSeconds(image.activeAt) }),
    file: `/v2/images/${image.id}/file`,
    self: `/v2/images/${image.id}`,
  }
}

const JobEntities = z.object({
  image_id: z.string().optional(),
  image_name: z.string().optional(),
  process_percent: z.number().min(0).max(1).optional(),
  current_task: z.string().optional(),
})

export const JobWire = z.object({
  job_id: z.string(),
  job_type: z.string(),
  begin_time: z.string(),
  end_time: z.string(),
  status: z.enum(['INIT', 'RUNNING', 'SUCCESS', 'FAIL']),
  error_code: z.string().nullable(),
  fail_reason: z.string().nullable(),
  entities: JobEntities,
})

/** `imsImportImageJob` works on `ImportImageTask`. */
function taskOf(jobType: string): string {
  return `${jobType.replace(/^ims/, '').replace(/Job$/, '')}Task`
}

function renderEntities(job: JobRow): z.input<typeof JobEntities> {
  if (job.status === 'INIT') return {}
  const name = job.imageName === null ? {} : { image_name: job.imageName }
  if (job.status === 'FAIL') return name
  return {
    ...(job.imageId !== null && { image_id: job.imageId }),
    ...name,
    process_percent: job.progress / 100,
    current_task: taskOf(job.type),
  }
}

/** A job as `ShowJob` answers it: `end_time` is empty until it has ended, entities are empty while it is set up. */
export function renderJob(job: JobRow): z.input<typeof JobWire> {
  return {
    job_id: job.id,
    job_type: job.type,
    begin_time: wireMillis(job.beginAt),
    end_time: job.endAt === null ? '' : wireMillis(job.endAt),
    status: job.status,
    error_code: job.errorCode,
    fail_reason: job.failReason,
    entities: renderEntities(job),
  }
}
