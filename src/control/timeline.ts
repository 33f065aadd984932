import { z } from 'zod'
import { nothing, ok } from '../contract/operation.ts'
import { wireMillis } from '../lib/time.ts'
import { countPlannedSteps } from '../services/ims/queries/jobs.ts'
import { latestJobs, plannedSteps } from '../services/ims/queries/timeline.ts'
import type { JobRow } from '../simulation/tables.ts'
import { controlOperation } from './operation.ts'
import { renderSettled, SettledWire } from './settled-steps.ts'

/** So much of the past and of the future is shown. */
const LIMIT = 200

const HappenedWire = z.strictObject({
  at: z.string(),
  job_id: z.string(),
  job_type: z.string(),
  project_id: z.string(),
  event: z.enum(['began', 'succeeded', 'failed']),
  image_id: z.string().nullable(),
  error: z.string().nullable(),
})

const ENDINGS = { SUCCESS: 'succeeded', FAIL: 'failed' } as const

export const showTimeline = controlOperation({
  id: 'ControlShowTimeline',
  method: 'GET',
  path: '/_ims/timeline',
  summary: 'What has happened to jobs lately and what is planned, each in the order of virtual time',
  request: nothing,
  responses: {
    200: z.strictObject({
      now: z.string(),
      happened: z.array(HappenedWire),
      planned: z.array(SettledWire),
      /** All steps that are planned, shown or not. */
      total_planned: z.int(),
    }),
  },
  handle({ world: { db, clock } }) {
    const happened = latestJobs(db, LIMIT)
      .flatMap(eventsOf)
      .sort((one, other) => one.time - other.time)
      .slice(-LIMIT)
    const planned = plannedSteps(db, LIMIT).map(({ dueAt, jobId, effect }) => ({ at: dueAt, jobId, effect }))
    return ok({
      now: wireMillis(clock.now()),
      happened: happened.map(({ time, ...event }) => ({ at: wireMillis(time), ...event })),
      planned: renderSettled(planned),
      total_planned: countPlannedSteps(db),
    })
  },
})

/** What happened to a job: that it began, and how it ended. */
function eventsOf({ id, type, projectId, status, beginAt, endAt, imageId, errorCode }: JobRow) {
  const job = { job_id: id, job_type: type, project_id: projectId, image_id: imageId }
  const began = { time: beginAt, ...job, event: 'began' as const, error: null }
  if (endAt === null || status === 'INIT' || status === 'RUNNING') return [began]
  return [began, { time: endAt, ...job, event: ENDINGS[status], error: errorCode }]
}
