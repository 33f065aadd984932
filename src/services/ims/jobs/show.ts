import type { RequestContext } from '../../../contract/call.ts'
import type { JobRow } from '../../../simulation/tables.ts'
import { fail } from '../errors.ts'
import { checkProject } from '../own-projects.ts'
import { findJob, subJobsOf } from '../queries/jobs.ts'

/** A job with the jobs it is made of; most have none. */
export interface ShownJob extends JobRow {
  parts: JobRow[]
}

/** A job of the caller's project; an unknown or foreign one is IMG.0023, as the documents list no 404 for this call. */
export function showJob(context: RequestContext, projectId: string, jobId: string): ShownJob {
  const { world, caller } = context
  checkProject(caller, projectId)
  const job = findJob(world.db, jobId)
  if (job === undefined || job.projectId !== caller.projectId) throw fail('IMG.0023', { jobId })
  return { ...job, parts: subJobsOf(world.db, jobId) }
}
