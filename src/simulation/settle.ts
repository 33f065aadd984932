import { applyStep, openMovingJobs } from './apply-step.ts'
import { END_OF_TIME } from './clock.ts'
import { deleteStepsUntil, dueSteps, isAnythingDue, nextStep, type StepPlace } from './queries/steps.ts'
import type { StepEffect } from './tables.ts'
import type { World } from './world.ts'

/** A step that was applied. */
export interface SettledStep {
  /** Virtual time at which it happened, ms since the epoch. */
  at: number
  jobId: string
  effect: StepEffect
}

/** Steps that one query reads. */
const BATCH = 500

/** A place before every step. */
const BEGINNING: StepPlace = { dueAt: Number.MIN_SAFE_INTEGER, seq: 0 }

/**
 * Applies every planned step that is due, in order, each at its own virtual time, in one transaction. It runs before every
 * answer and costs one indexed read when nothing is due. Nothing else lets time change the state of a world.
 * @param until virtual ms since the epoch.
 */
export function settle(world: World, until = world.clock.now()): SettledStep[] {
  const { db } = world
  if (!isAnythingDue(db, until)) return []
  return db.transaction(() => {
    const settled: SettledStep[] = []
    const writes: (() => void)[] = []
    const jobs = openMovingJobs({ world, atEnd: (write) => writes.push(write) })
    let last: StepPlace = BEGINNING
    for (let batch = dueSteps(db, last, until, BATCH); batch.length > 0; ) {
      for (const { jobId, effect, dueAt } of batch) {
        const moving = jobs.find(jobId)
        if (moving?.failed) continue
        if (moving !== undefined) applyStep(world, moving, effect, dueAt)
        settled.push({ at: dueAt, jobId, effect })
      }
      last = batch.at(-1) ?? last
      batch = dueSteps(db, last, until, BATCH)
    }
    jobs.writeAll()
    for (const write of writes) write()
    deleteStepsUntil(db, last)
    return settled
  })
}

/** Advances the clock to the next planned step and applies what is due there; does nothing when nothing is planned. */
export function settleNext(world: World): SettledStep[] {
  const step = nextStep(world.db)
  if (step === undefined) return settle(world)
  world.clock.advanceTo(step.dueAt)
  return settle(world)
}

/** Advances the clock until nothing is planned any more. */
export function settleAll(world: World): SettledStep[] {
  const settled = settle(world, END_OF_TIME)
  const last = settled.at(-1)
  if (last !== undefined) world.clock.advanceTo(last.at)
  return settled
}
