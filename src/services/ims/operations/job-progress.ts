import { z } from 'zod'
import { contextOf, ok, operation } from '../../../contract/operation.ts'
import { type ShownJob, showJob } from '../jobs/show.ts'
import { JobEntities, JobWire, renderJob, taskOf } from './wire.ts'

const JobProgressWire = JobWire.extend({
  entities: JobEntities.omit({ results: true })
    .extend({ subJobId: z.string() })
    .required({ process_percent: true, current_task: true }),
})

/** The older form of a job: how far it is stands there in every state, and which of its parts is at work, if it has any. */
function renderJobProgress(job: ShownJob): z.input<typeof JobProgressWire> {
  const { entities, ...fields } = renderJob(job)
  const { results: _, ...shown } = entities
  const atWork = job.parts.find((part) => part.endAt === null) ?? job.parts.at(-1)
  return {
    ...fields,
    entities: {
      ...shown,
      process_percent: job.progress / 100,
      current_task: taskOf(job.type),
      subJobId: atWork?.id ?? '',
    },
  }
}

export const showJobProgress = operation({
  id: 'ShowJobProgress',
  method: 'GET',
  path: '/v1/cloudimages/job/{job_id}',
  summary: 'Show how far a job is, in the older form',
  request: z.object({ params: z.object({ job_id: z.string() }) }),
  responses: { 200: JobProgressWire },
  handle(call, { params }) {
    const context = contextOf(call)
    return ok(renderJobProgress(showJob(context, context.caller.projectId, params.job_id)))
  },
})
