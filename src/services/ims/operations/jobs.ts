import { z } from 'zod'
import { contextOf, ok, operation } from '../../../contract/operation.ts'
import { showJob as findJob } from '../jobs/show.ts'
import { JobWire, renderJob } from './wire.ts'

export const showJob = operation({
  id: 'ShowJob',
  method: 'GET',
  path: '/v1/{project_id}/jobs/{job_id}',
  summary: 'Show how far a job is',
  request: z.object({ params: z.object({ project_id: z.string(), job_id: z.string() }) }),
  responses: { 200: JobWire },
  handle: (call, { params }) => ok(renderJob(findJob(contextOf(call), params.project_id, params.job_id))),
})
