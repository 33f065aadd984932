import { z } from 'zod'
import { contract } from '../../../contract/operation.ts'
import { wireMillis } from '../../../lib/time.ts'
import type { JobRow } from '../../../simulation/tables.ts'
import type { ShownJob } from '../jobs.ts'

const ImageEntities = z.object({ image_id: z.string().optional(), image_name: z.string().optional() })

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

const JobEntities = z.strictObject({
  ...ImageEntities.shape,
  /** A fraction, 0 to 1. */
  process_percent: z.number().min(0).max(1).optional(),
  current_task: z.string().optional(),
  sub_jobs_result: z.array(z.strictObject({ ...jobFields, entities: ImageEntities })).optional(),
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

const JobWire = z.strictObject({ ...jobFields, entities: JobEntities })

/** The task of a job by its type, e.g. `ImportImageTask` of `imsImportImageJob`. */
function taskOf(jobType: string): string {
  return `${jobType.replace(/^ims/, '').replace(/Job$/, '')}Task`
}

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

/** The image of a job: none while the job is set up, and only the name when it failed, as the image is gone then. */
function renderImageEntities({ status, imageId, imageName }: JobRow): z.input<typeof ImageEntities> {
  if (status === 'INIT') return {}
  const name = imageName === null ? {} : { image_name: imageName }
  return status === 'FAIL' || imageId === null ? name : { image_id: imageId, ...name }
}

/**
 * Renders what a job works on: nothing while it is set up; then its image, the results of a job on many images, or the
 * jobs that it consists of. Progress is shown unless the job failed.
 */
function renderEntities(job: ShownJob): z.input<typeof JobEntities> {
  if (job.status === 'INIT') return {}
  if (job.results !== null) return job.status === 'RUNNING' ? {} : { results: job.results }
  const progress =
    job.status === 'FAIL' ? {} : { process_percent: job.progress / 100, current_task: taskOf(job.type) }
  if (job.parts.length === 0) return { ...renderImageEntities(job), ...progress }
  return {
    sub_jobs_result: job.parts.map((part) => ({
      ...renderJobFields(part),
      entities: renderImageEntities(part),
    })),
    sub_jobs_list: job.parts.map((part) => part.id),
    ...progress,
  }
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
  summary: 'Show the status and the progress of a job',
  request: z.object({ params: z.object({ project_id: z.string(), job_id: z.string() }) }),
  responses: { 200: JobWire },
})

const JobProgressWire = JobWire.extend({
  entities: JobEntities.omit({ results: true })
    .extend({ subJobId: z.string() })
    .required({ process_percent: true, current_task: true }),
})

/**
 * Renders a job as the older ShowJobProgress answers it: with its progress in every state, and with the id of the part
 * that is running, or of the last one; empty for a job without parts.
 */
export function renderJobProgress(job: ShownJob): z.input<typeof JobProgressWire> {
  const { entities, ...fields } = renderJob(job)
  const { results: _, ...shown } = entities
  const running = job.parts.find((part) => part.endAt === null) ?? job.parts.at(-1)
  return {
    ...fields,
    entities: {
      ...shown,
      process_percent: job.progress / 100,
      current_task: taskOf(job.type),
      subJobId: running?.id ?? '',
    },
  }
}

export const showJobProgress = contract({
  id: 'ShowJobProgress',
  method: 'GET',
  path: '/v1/cloudimages/job/{job_id}',
  summary: 'Show the progress of a job, in the older form',
  request: z.object({ params: z.object({ job_id: z.string() }) }),
  responses: { 200: JobProgressWire },
})
