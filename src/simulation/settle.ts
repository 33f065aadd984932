import { isNoRoom } from '../lib/host-errors.ts'
import { applyStep, failAfterFault, openMovingJobs } from './apply-step.ts'
import { END_OF_TIME } from './clock.ts'
import type { Settling } from './job-kinds.ts'
import {
  deleteStepsOf,
  deleteStepsUntil,
  dueSteps,
  isAnythingDue,
  nextStep,
  type StepPlace,
} from './queries/steps.ts'
import type { StepEffect, StepRow } from './tables.ts'
import type { World } from './world.ts'

/** A step that was applied. */
export interface SettledStep {
  /** Virtual time at which it happened, ms since the epoch. */
  at: number
  jobId: string
  effect: StepEffect
}

/** A step threw an error: a fault of the emulator, or of a file that it works on. Its job has failed. */
class StepFault extends Error {
  constructor(jobId: string, cause: unknown) {
    super(`a step of the job ${jobId} threw ${cause}; the job has failed`, { cause })
    this.name = 'StepFault'
    if (cause instanceof Error) this.stack = `${this.name}: ${this.message}\n${cause.stack}`
  }
}

/** Receives the faults of steps, each once. */
export type ReportFault = (fault: Error) => void

/** Steps that one query reads. */
const BATCH = 500

/** A place before every step. */
const BEGINNING: StepPlace = { dueAt: Number.MIN_SAFE_INTEGER, seq: 0 }

/**
 * Applies every planned step that is due, in order, each at its own virtual time, in one transaction. It runs before every
 * answer and costs one indexed read when nothing is due. Nothing else lets time change the state of a world.
 *
 * A step that throws changes nothing but its job, which fails. The steps after it are applied.
 * @param until virtual ms since the epoch.
 * @throws Error when the disk is full; everything stays due then.
 */
export function settle(world: World, report: ReportFault, until = world.clock.now()): SettledStep[] {
  const { db } = world
  if (!isAnythingDue(db, until)) return []
  try {
    return db.transaction(() => applyTogether(world, until))
  } catch (error) {
    if (isNoRoom(error)) throw error
    const faults: Error[] = []
    const settled = db.transaction(() => applyOneByOne(world, until, (fault) => faults.push(fault)))
    for (const fault of faults) report(fault)
    return settled
  }
}

/**
 * Settles a world for a request. A full disk does not prevent the request: until there is room it sees the world as it was.
 * @returns true when the world is settled.
 */
export function settleIfRoom(world: World, report: ReportFault): boolean {
  try {
    settle(world, report)
    return true
  } catch (error) {
    if (isNoRoom(error)) return false
    throw error
  }
}

/** Advances the clock to the next planned step and applies what is due there; does nothing when nothing is planned. */
export function settleNext(world: World, report: ReportFault): SettledStep[] {
  const step = nextStep(world.db)
  if (step === undefined) return settle(world, report)
  world.clock.advanceTo(step.dueAt)
  return settle(world, report)
}

/** Advances the clock until nothing is planned any more. */
export function settleAll(world: World, report: ReportFault): SettledStep[] {
  const settled = settle(world, report, END_OF_TIME)
  const last = settled.at(-1)
  if (last !== undefined) world.clock.advanceTo(last.at)
  return settled
}

/** Applies the due steps with caches that read and write each row once, however many steps change it. */
function applyTogether(world: World, until: number): SettledStep[] {
  const settled: SettledStep[] = []
  const settling = openSettling(world)
  const jobs = openMovingJobs(settling)
  const last = forEachDueStep(world, until, ({ jobId, effect, dueAt }) => {
    const moving = jobs.find(jobId)
    if (moving?.failed) return
    if (moving !== undefined) applyStep(world, moving, effect, dueAt)
    settled.push({ at: dueAt, jobId, effect })
  })
  jobs.writeAll()
  settling.writeAll()
  deleteStepsUntil(world.db, last)
  return settled
}

/** Applies the due steps each in a savepoint of its own, so that one that throws is undone alone, and fails its job. */
function applyOneByOne(world: World, until: number, report: ReportFault): SettledStep[] {
  const { db } = world
  const settled: SettledStep[] = []
  const failed = new Set<string>()
  const last = forEachDueStep(world, until, ({ jobId, effect, dueAt }) => {
    if (failed.has(jobId)) return
    try {
      if (db.transaction(() => applyAlone(world, jobId, effect, dueAt))) failed.add(jobId)
    } catch (error) {
      if (isNoRoom(error)) throw error
      failed.add(jobId)
      report(new StepFault(jobId, error))
      failByFault(world, jobId, dueAt, report)
    }
    settled.push({ at: dueAt, jobId, effect })
  })
  deleteStepsUntil(db, last)
  return settled
}

/** Applies one step and writes everything that it changes. @returns true when its job failed. */
function applyAlone(world: World, jobId: string, effect: StepEffect, at: number): boolean {
  const settling = openSettling(world)
  const jobs = openMovingJobs(settling)
  const moving = jobs.find(jobId)
  if (moving !== undefined) applyStep(world, moving, effect, at)
  jobs.writeAll()
  settling.writeAll()
  return moving?.failed ?? false
}

/** Fails a job whose step threw: as its kind does, or, when that throws too, by its own row alone. */
function failByFault(world: World, jobId: string, at: number, report: ReportFault): void {
  const { db } = world
  const attempt = (withHooks: boolean) =>
    db.transaction(() => {
      const settling = openSettling(world)
      failAfterFault(settling, jobId, at, withHooks)
      settling.writeAll()
      deleteStepsOf(db, jobId)
    })
  try {
    attempt(true)
  } catch (error) {
    if (isNoRoom(error)) throw error
    report(new StepFault(jobId, error))
    attempt(false)
  }
}

/** Calls a function for each due step in order. @returns the place of the last one. */
function forEachDueStep({ db }: World, until: number, apply: (step: StepRow) => void): StepPlace {
  let last: StepPlace = BEGINNING
  for (let batch = dueSteps(db, last, until, BATCH); batch.length > 0; ) {
    for (const step of batch) apply(step)
    last = batch.at(-1) ?? last
    batch = dueSteps(db, last, until, BATCH)
  }
  return last
}

function openSettling(world: World): Settling & { writeAll(): void } {
  const writes: (() => void)[] = []
  return {
    world,
    atEnd: (write) => writes.push(write),
    writeAll() {
      for (const write of writes) write()
    },
  }
}
