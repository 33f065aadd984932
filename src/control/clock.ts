import { handle, ok } from '../contract/operation.ts'
import { parseDuration } from '../lib/duration.ts'
import { ControlError } from '../lib/errors.ts'
import { parseTime, wireMillis } from '../lib/time.ts'
import { END_OF_TIME } from '../simulation/clock.ts'
import { latestJobs } from '../simulation/queries/jobs.ts'
import { countPlannedSteps, nextStep, plannedSteps } from '../simulation/queries/steps.ts'
import { type ReportFault, type SettledStep, settle, settleAll, settleNext } from '../simulation/settle.ts'
import type { JobRow } from '../simulation/tables.ts'
import { workAhead } from '../simulation/work-ahead.ts'
import type { World } from '../simulation/world.ts'
import type { ControlCall } from './call.ts'
import * as contract from './contract/clock.ts'

const showClock = handle(contract.showClock, ({ world }: ControlCall) => ok(renderClock(world)))

const changeClock = handle(contract.changeClock, ({ world }: ControlCall, { body }) => {
  world.clock.setRate(body.rate ?? (body.frozen ? 0 : 1))
  return ok(renderClock(world))
})

const advanceClock = handle(
  contract.advanceClock,
  async ({ emulator, world, requestId }: ControlCall, { body }) => {
    const report: ReportFault = (fault) => emulator.log(requestId, fault)
    await workAhead(world, report, () => targetOf(world, body))
    const settled = advance(world, body, report)
    return ok({ ...renderClock(world), settled: renderSteps(settled) })
  },
)

/** Past events shown, and planned steps shown, at most. */
const LIMIT = 200

const showTimeline = handle(contract.showTimeline, ({ world: { db, clock, beginning } }: ControlCall) => {
  const happened = latestJobs(db, LIMIT)
    .flatMap(eventsOf)
    .sort((one, other) => one.time - other.time)
    .slice(-LIMIT)
  const planned = plannedSteps(db, LIMIT).map(({ dueAt, jobId, effect }) => ({ at: dueAt, jobId, effect }))
  return ok({
    began: wireMillis(beginning.at),
    now: wireMillis(clock.now()),
    happened: happened.map(({ time, ...event }) => ({ at: wireMillis(time), ...event })),
    planned: renderSteps(planned),
    total_planned: countPlannedSteps(db),
  })
})

export const clockOperations = [showClock, changeClock, advanceClock, showTimeline]

function renderClock(world: World): contract.ClockWire {
  const next = nextStep(world.db)
  return {
    now: wireMillis(world.clock.now()),
    rate: world.clock.rate,
    frozen: world.clock.rate === 0,
    next: next === undefined ? null : wireMillis(next.dueAt),
    planned: countPlannedSteps(world.db),
  }
}

function advance(world: World, body: contract.Advance, report: ReportFault): SettledStep[] {
  if (body.until === 'next') return settleNext(world, report)
  if (body.until === 'idle') return settleAll(world, report)
  world.clock.advanceTo(targetOf(world, body))
  return settle(world, report)
}

/** The virtual time up to which the world is going to be settled, ms since the epoch. @throws ControlError 400 */
function targetOf(world: World, { by, to, until }: contract.Advance): number {
  const now = world.clock.now()
  if (until === 'next') return nextStep(world.db)?.dueAt ?? now
  if (until === 'idle') return END_OF_TIME
  const target = by === undefined ? parseTime(to ?? '') : addDuration(world, by)
  if (target === undefined) throw new ControlError(400, `${to} is no time; write 2026-01-01T00:00:00Z`)
  if (target < now)
    throw new ControlError(400, `${to} has passed: it is ${wireMillis(now)}, and time does not go back`)
  return target
}

function addDuration(world: World, by: string): number {
  const ms = parseDuration(by)
  if (ms === undefined) throw new ControlError(400, `${by} is no duration; write 90s, 3m or 1h30m`)
  return world.clock.now() + ms
}

const ENDINGS = { SUCCESS: 'succeeded', FAIL: 'failed' } as const

/** The events of a job: its beginning, and its end when it has one. */
function eventsOf({ id, type, projectId, status, beginAt, endAt, imageId, errorCode }: JobRow) {
  const job = { job_id: id, job_type: type, project_id: projectId, image_id: imageId }
  const began = { time: beginAt, ...job, event: 'began' as const, error: null }
  if (endAt === null || status === 'INIT' || status === 'RUNNING') return [began]
  return [began, { time: endAt, ...job, event: ENDINGS[status], error: errorCode }]
}

/** Renders steps, which are in the order of time. A year may have a hundred thousand of them. */
function renderSteps(steps: readonly SettledStep[]): contract.StepWire[] {
  const renderTime = timesInOrder()
  return steps.map(({ at, jobId, effect: { job, image, progress, error } }) => {
    return { at: renderTime(at), job_id: jobId, job, image, progress, error }
  })
}

/** Milliseconds. */
const DAY = 86_400_000
const TWO_DIGITS = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'))

/** Renders times as `wireMillis` does. Consecutive times within a day share the rendered date, which is the slow part. */
function timesInOrder(): (ms: number) => string {
  let day = Number.NaN
  let date = ''
  return (ms) => {
    const ofDay = Math.floor(ms / DAY)
    if (ofDay !== day) {
      day = ofDay
      date = wireMillis(ms).slice(0, -'00:00:00.000Z'.length)
    }
    const time = ms - day * DAY
    const hours = TWO_DIGITS[Math.floor(time / 3_600_000)]
    const minutes = TWO_DIGITS[Math.floor(time / 60_000) % 60]
    const seconds = TWO_DIGITS[Math.floor(time / 1000) % 60]
    return `${date}${hours}:${minutes}:${seconds}.${String(time % 1000).padStart(3, '0')}Z`
  }
}
