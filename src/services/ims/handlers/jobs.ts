import { contextOf, handle, type Operation, ok } from '../../../contract/operation.ts'
import { renderJob, renderJobProgress, showJob, showJobProgress } from '../contract/jobs.ts'
import { showJob as findJob } from '../jobs.ts'

export const jobOperations: readonly Operation[] = [
  handle(showJob, (call, { params }) =>
    ok(renderJob(findJob(contextOf(call), params.project_id, params.job_id))),
  ),
  handle(showJobProgress, (call, { params }) => {
    const context = contextOf(call)
    return ok(renderJobProgress(findJob(context, context.caller.projectId, params.job_id)))
  }),
]
