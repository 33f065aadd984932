import { z } from 'zod'
import { contract, nothing } from '../../contract/operation.ts'

const ClockWire = z.object({
  now: z.string(),
  /** Virtual seconds per real second; 0 is frozen. */
  rate: z.number(),
  frozen: z.boolean(),
  /** When the next planned step is due; null when nothing is planned. */
  next: z.string().nullable(),
  planned: z.int(),
})
export type ClockWire = z.input<typeof ClockWire>

/** A step of a job, applied or planned. */
const StepWire = z.object({
  at: z.string(),
  job_id: z.string(),
  job: z.string().optional(),
  image: z.array(z.string()).optional(),
  progress: z.number().optional(),
  error: z.string().optional(),
})
export type StepWire = z.input<typeof StepWire>

export const showClock = contract({
  id: 'ControlShowClock',
  method: 'GET',
  path: '/_ims/clock',
  summary: 'The virtual time of the world, its rate, and when the next step is due',
  request: nothing,
  responses: { 200: ClockWire },
})

const ClockChange = z
  .strictObject({ rate: z.number().nonnegative().optional(), frozen: z.boolean().optional() })
  .refine(
    (change) => (change.rate === undefined) !== (change.frozen === undefined),
    'send one of rate (0 freezes) and frozen',
  )

export const changeClock = contract({
  id: 'ControlChangeClock',
  method: 'PATCH',
  path: '/_ims/clock',
  summary: 'Freeze time, or let it run at a rate',
  request: z.object({ body: ClockChange }),
  responses: { 200: ClockWire },
})

const Advance = z
  .strictObject({
    /** A duration: `3m`, `1h30m`. */
    by: z.string().optional(),
    to: z.string().optional(),
    until: z.enum(['next', 'idle']).optional(),
  })
  .refine(
    ({ by, to, until }) => [by, to, until].filter((target) => target !== undefined).length === 1,
    'send exactly one of by ("3m"), to ("2026-01-01T00:00:00Z") and until ("next" or "idle")',
  )
export type Advance = z.output<typeof Advance>

export const advanceClock = contract({
  id: 'ControlAdvanceClock',
  method: 'POST',
  path: '/_ims/clock/advance',
  summary: 'Advance virtual time and apply every step that falls due on the way',
  request: z.object({ body: Advance }),
  responses: { 200: ClockWire.extend({ settled: z.array(StepWire) }) },
})

const HappenedWire = z.strictObject({
  at: z.string(),
  job_id: z.string(),
  job_type: z.string(),
  project_id: z.string(),
  event: z.enum(['began', 'succeeded', 'failed']),
  image_id: z.string().nullable(),
  error: z.string().nullable(),
})

export const showTimeline = contract({
  id: 'ControlShowTimeline',
  method: 'GET',
  path: '/_ims/timeline',
  summary: 'The latest events of jobs and the next planned steps, in the order of virtual time',
  request: nothing,
  responses: {
    200: z.strictObject({
      /** When the world began: `after` and `before` of rules count from here. */
      began: z.string(),
      now: z.string(),
      happened: z.array(HappenedWire),
      planned: z.array(StepWire),
      /** The number of all planned steps; `planned` shows the first of them. */
      total_planned: z.int(),
    }),
  },
})
