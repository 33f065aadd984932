import { createHash } from 'node:crypto'
import { z } from 'zod'
import { contract } from '../../../contract/operation.ts'
import { wireMillis } from '../../../lib/time.ts'
import type { JobRow } from '../../../simulation/tables.ts'
import { JOB_TYPE } from '../job-types.ts'
import type { ShownJob, ShownPart } from '../jobs.ts'

const ImageEntities = z.strictObject({ image_name: z.string().optional(), image_id: z.string().optional() })

/** The fields of a job and of each of its parts. */
const jobFields = {
  job_id: z.string(),
  job_type: z.string(),
  begin_time: z.string(),
  /** Empty until the job has ended. */
  end_time: z.string(),
  status: z.enum(['INIT', 'RUNNING', 'SUCCESS', 'FAIL']),
  error_code: z.string().nullable(),
  fail_reason: z.string().nullable(),
}

const partResults = z.array(z.strictObject({ ...jobFields, entities: ImageEntities })).optional()

const JobWire = z.strictObject({
  ...jobFields,
  entities: z.strictObject({
    ...ImageEntities.shape,
    sub_jobs_result: partResults,
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
  }),
})

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

/** The image of a job: none while the job is set up. A failed job keeps the name, and the id of an image that still exists. */
function renderImage({ status, imageId, imageName, hasImage }: ShownPart): z.input<typeof ImageEntities> {
  if (status === 'INIT') return {}
  const isThere = status !== 'FAIL' || hasImage
  return {
    ...(imageName !== null && { image_name: imageName }),
    ...(imageId !== null && isThere && { image_id: imageId }),
  }
}

function renderParts(parts: readonly ShownPart[]): z.input<typeof partResults> {
  return parts.map((part) => ({ ...renderJobFields(part), entities: renderImage(part) }))
}

/** Jobs on an image that exists before them: ShowJob shows its id alone. */
const ON_OWN_IMAGE: ReadonlySet<string> = new Set([JOB_TYPE.register, JOB_TYPE.export])

/**
 * What ShowJob shows of the work of a job: nothing while it is set up; then its image, the results of a job on many images, or
 * the jobs that it consists of.
 */
function renderEntities(job: ShownJob): z.input<typeof JobWire>['entities'] {
  if (job.status === 'INIT') return {}
  if (job.results !== null) return job.status === 'RUNNING' ? {} : { results: job.results }
  if (job.parts.length > 0)
    return { sub_jobs_result: renderParts(job.parts), sub_jobs_list: job.parts.map((part) => part.id) }
  return renderImage(ON_OWN_IMAGE.has(job.type) ? { ...job, imageName: null } : job)
}

/** Renders a job as ShowJob answers it. */
export function renderJob(job: ShownJob): z.input<typeof JobWire> {
  return { ...renderJobFields(job), entities: renderEntities(job) }
}

/**
 * Shows an asynchronous job with its status and its result.
 * @see https://support.huaweicloud.com/en-us/api-ims/ims_03_0905.html Asynchronous Job Query
 */
export const showJob = contract({
  id: 'ShowJob',
  method: 'GET',
  path: '/v1/{project_id}/jobs/{job_id}',
  summary: 'Show the status and the result of a job',
  request: z.object({ params: z.object({ project_id: z.string(), job_id: z.string() }) }),
  responses: { 200: JobWire },
})

const JobProgressWire = z.strictObject({
  ...jobFields,
  entities: z.strictObject({
    ...ImageEntities.shape,
    /** The job that does the work; its own status cannot be asked for. */
    subJobId: z.string().optional(),
    /** A fraction with two decimals, 0 to 1. */
    process_percent: z.number().min(0).max(1).optional(),
    /** The class of the task that runs; empty when the job has ended. */
    current_task: z.string().optional(),
    sub_jobs_result: partResults,
  }),
})

/** The task of a job by its type: `ImportImageTask` of `imsImportImageJob`. The documents show a colon after that of a copy. */
function taskOf(jobType: string): string {
  const task = `${jobType.replace(/^ims/, '').replace(/Job$/, '')}Task`
  return jobType === JOB_TYPE.copy ? `${task}:` : task
}

/** Imports of a file, the jobs that still show their `subJobId` when they have ended. */
const IMPORTS: ReadonlySet<string> = new Set([JOB_TYPE.importImage, JOB_TYPE.importDataImage])

/** Jobs that another job does the work of. */
const WITH_SUB_JOB: ReadonlySet<string> = new Set([
  ...IMPORTS,
  JOB_TYPE.register,
  JOB_TYPE.export,
  JOB_TYPE.copy,
  JOB_TYPE.copyAcrossRegions,
])

/** The `subJobId` of a job: one while it runs, and another, of an import, when it has ended. */
function subJobOf({ id, type, endAt }: JobRow): { subJobId?: string } {
  if (!(endAt === null ? WITH_SUB_JOB : IMPORTS).has(type)) return {}
  const purpose = endAt === null ? 'running' : 'ended'
  return { subJobId: createHash('sha256').update(`${id} ${purpose}`).digest('hex').slice(0, 32) }
}

/**
 * What ShowJobProgress shows of the work of a job: nothing while it is set up; then its image and its progress, or the jobs that it
 * consists of, which have no progress of their own.
 */
function renderProgress(job: ShownJob): z.input<typeof JobProgressWire>['entities'] {
  if (job.status === 'INIT') return {}
  if (job.parts.length > 0) return { sub_jobs_result: renderParts(job.parts) }
  const image = renderImage(job)
  if (job.parentId !== null) return image
  const { image_name, image_id } = image
  return {
    ...(image_name !== undefined && { image_name }),
    ...subJobOf(job),
    ...(image_id !== undefined && { image_id }),
    process_percent: Math.round(job.progress) / 100,
    current_task: job.endAt === null ? taskOf(job.type) : '',
  }
}

/** Renders a job as ShowJobProgress answers it. */
export function renderJobProgress(job: ShownJob): z.input<typeof JobProgressWire> {
  return { ...renderJobFields(job), entities: renderProgress(job) }
}

/**
 * Shows an asynchronous job with its progress: the call that the documents recommend.
 * @see https://support.huaweicloud.com/intl/en-us/api-ims/ims_03_0905_1.html Querying the Progress of an Asynchronous Job
 */
export const showJobProgress = contract({
  id: 'ShowJobProgress',
  method: 'GET',
  path: '/v1/cloudimages/job/{job_id}',
  summary: 'Show the progress of a job',
  request: z.object({ params: z.object({ job_id: z.string() }) }),
  responses: { 200: JobProgressWire },
})
