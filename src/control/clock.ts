import { z } from 'zod'
import { nothing, ok } from '../contract/operation.ts'
import { parseDuration } from '../lib/duration.ts'
import { ControlError } from '../lib/errors.ts'
import { parseTime, wireMillis } from '../lib/time.ts'
import { countPlannedSteps, nextStep } from '../services/ims/queries/jobs.ts'
import { type SettledStep, settle, settleAll, settleNext } from '../simulation/settle.ts'
import type { World } from '../simulation/world.ts'
import { controlOperation } from './operation.ts'
import { renderSettled, SettledWire } from './settled-steps.ts'

const ClockWire = z.object({
  now: z.string(),
  /** Virtual seconds per real second; 0 is frozen. */
  rate: z.number(),
  frozen: z.boolean(),
  /** When the next planned step is due; null when nothing is planned. */
  next: z.string().nullable(),
  planned: z.int(),
})

function renderClock(world: World): z.input<typeof ClockWire> {
  const next = nextStep(world.db)
  return {
    now: wireMillis(world.clock.now()),
    rate: world.clock.rate,
    frozen: world.clock.rate === 0,
    next: next === undefined ? null : wireMillis(next.dueAt),
    planned: countPlannedSteps(world.db),
  }
}

export const showClock = controlOperation({
  id: 'ControlShowClock',
  method: 'GET',
  path: '/_ims/clock',
  summary: 'What time it is in the world, how fast it runs, what is due next',
  request: nothing,
  responses: { 200: ClockWire },
  handle: ({ world }) => ok(renderClock(world)),
})

const ClockChange = z
  .strictObject({ rate: z.number().nonnegative().optional(), frozen: z.boolean().optional() })
  .refine(
    (change) => (change.rate === undefined) !== (change.frozen === undefined),
    'send one of rate (0 freezes) and frozen',
  )

export const changeClock = controlOperation({
  id: 'ControlChangeClock',
  method: 'PATCH',
  path: '/_ims/clock',
  summary: 'Freeze time, or let it run at a rate',
  request: z.object({ body: ClockChange }),
  responses: { 200: ClockWire },
  handle({ world }, { body }) {
    world.clock.setRate(body.rate ?? (body.frozen ? 0 : 1))
    return ok(renderClock(world))
  },
})

const Advance = z
  .strictObject({
    by: z.string().optional(),
    to: z.string().optional(),
    until: z.enum(['next', 'idle']).optional(),
  })
  .refine(
    ({ by, to, until }) => [by, to, until].filter((target) => target !== undefined).length === 1,
    'send exactly one of by ("3m"), to ("2026-01-01T00:00:00Z") and until ("next" or "idle")',
  )

export const advanceClock = controlOperation({
  id: 'ControlAdvanceClock',
  method: 'POST',
  path: '/_ims/clock/advance',
  summary: 'Go forward in time, applying everything that is due on the way',
  request: z.object({ body: Advance }),
  responses: { 200: ClockWire.extend({ settled: z.array(SettledWire) }) },
  handle({ world }, { body }) {
    const settled = advance(world, body)
    return ok({ ...renderClock(world), settled: renderSettled(settled) })
  },
})

function advance(world: World, { by, to, until }: z.output<typeof Advance>): SettledStep[] {
  if (until === 'next') return settleNext(world)
  if (until === 'idle') return settleAll(world)
  const target = by === undefined ? parseTime(to ?? '') : addDuration(world, by)
  if (target === undefined) throw new ControlError(400, `${to} is no time; write 2026-01-01T00:00:00Z`)
  if (target < world.clock.now()) {
    throw new ControlError(
      400,
      `${to} has passed: it is ${wireMillis(world.clock.now())}, and time does not go back`,
    )
  }
  world.clock.advanceTo(target)
  return settle(world)
}

function addDuration(world: World, by: string): number {
  const ms = parseDuration(by)
  if (ms === undefined) throw new ControlError(400, `${by} is no duration; write 90s, 3m or 1h30m`)
  return world.clock.now() + ms
}
