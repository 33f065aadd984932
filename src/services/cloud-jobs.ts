import { z } from 'zod'
import type { ErrorFamily } from '../lib/errors.ts'
import { wireMillis } from '../lib/time.ts'
import { findJob, subJobsOf } from '../simulation/queries/jobs.ts'
import type { JobRow } from '../simulation/tables.ts'
import type { World } from '../simulation/world.ts'

/** Parameters of `/v1/{project_id}/jobs/{job_id}`, the path of jobs in every service that has them. */
export const CloudJobParams = z.object({ project_id: z.string(), job_id: z.string() })

const jobFields = {
  status: z.enum(['INIT', 'RUNNING', 'SUCCESS', 'FAIL']),
  job_id: z.string(),
  job_type: z.string(),
  begin_time: z.string(),
  /** An empty text until the job has ended. */
  end_time: z.string(),
  /** Missing until the job has ended, and null after a success. */
  error_code: z.string().nullable().optional(),
  fail_reason: z.string().nullable().optional(),
}

const CloudJobPart = z.strictObject({ ...jobFields, entities: z.record(z.string(), z.unknown()) })

/** A job of servers, disks or addresses: the same shape in each of these services. */
export const CloudJobWire = z.strictObject({
  ...jobFields,
  entities: z.union([
    z.strictObject({ sub_jobs_total: z.int(), sub_jobs: z.array(CloudJobPart) }),
    z.record(z.string(), z.unknown()),
  ]),
})
export type CloudJobWire = z.input<typeof CloudJobWire>

/** What a job works on, e.g. `{ server_id }`, as its `entities` show it. */
export type EntitiesOf = (job: JobRow) => Record<string, unknown>

/**
 * Renders a job as the services of servers and disks do. A job of parts lists them as its sub jobs.
 * @example renderCloudJob(world, job, ({ payload }) => ({ volume_id: Payload.parse(payload).volumeId }))
 */
export function renderCloudJob(world: World, job: JobRow, entitiesOf: EntitiesOf): CloudJobWire {
  const parts = subJobsOf(world.db, job.id)
  const entities =
    parts.length === 0
      ? entitiesOf(job)
      : {
          sub_jobs_total: parts.length,
          sub_jobs: parts.map((part) => ({ ...fieldsOf(part), entities: entitiesOf(part) })),
        }
  return { ...fieldsOf(job), entities }
}

function fieldsOf({ id, type, status, beginAt, endAt, errorCode, failReason }: JobRow) {
  return {
    status,
    job_id: id,
    job_type: type,
    begin_time: wireMillis(beginAt),
    end_time: endAt === null ? '' : wireMillis(endAt),
    ...(endAt !== null && { error_code: errorCode, fail_reason: failReason }),
  }
}

/**
 * Finds a job of a project by its id.
 * @throws CodedRefusal Common.0011 with status 400 for a job of another project and for one that does not exist.
 */
export function cloudJob(
  { db }: World,
  projectId: string,
  id: string,
  errors: Pick<ErrorFamily<'Common.0011'>, 'fail'>,
): JobRow {
  const job = findJob(db, id)
  if (job === undefined || job.projectId !== projectId) throw errors.fail('Common.0011', { job: id })
  return job
}
