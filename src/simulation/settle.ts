import { openMovingImages } from '../services/ims/jobs/moving-images.ts'
import {
  deleteStepsUntil,
  dueSteps,
  isAnythingDue,
  nextStep,
  type StepPlace,
} from '../services/ims/queries/jobs.ts'
import { applyStep } from './apply-step.ts'
import { END_OF_TIME } from './clock.ts'
import { openMovingJobs } from './moving-jobs.ts'
import type { StepEffect } from './tables.ts'
import type { World } from './world.ts'

/** A step that was applied, for whoever wants to tell what happened. */
export interface SettledStep {
  /** Virtual time at which it happened, ms since the epoch. */
  at: number
  jobId: string
  effect: StepEffect
}

/** So many steps are read at a time. */
const BATCH = 500

/** Before anything can be planned. */
const BEGINNING: StepPlace = { dueAt: Number.MIN_SAFE_INTEGER, seq: 0 }

/**
 * Applies every planned step that is due, in order, each at its own virtual instant, in one transaction. Called before
 * every answer; one indexed read when nothing is due. The only place where time changes state.
 */
export function settle(world: World, until = world.clock.now()): SettledStep[] {
  const { db } = world
  if (!isAnythingDue(db, until)) return []
  return db.transaction(() => {
    const settled: SettledStep[] = []
    const settling = { world, jobs: openMovingJobs(db), images: openMovingImages(world) }
    let last: StepPlace = BEGINNING
    for (let batch = dueSteps(db, last, until, BATCH); batch.length > 0; ) {
      for (const { jobId, effect, dueAt } of batch) {
        const moving = settling.jobs.find(jobId)
        if (moving?.failed) continue
        if (moving !== undefined) applyStep(settling, moving, effect, dueAt)
        settled.push({ at: dueAt, jobId, effect })
      }
      last = batch.at(-1) ?? last
      batch = dueSteps(db, last, until, BATCH)
    }
    settling.jobs.writeAll()
    settling.images.writeAll()
    deleteStepsUntil(db, last)
    return settled
  })
}

/** Goes forward to the next planned step and applies what is due there; nothing happens when nothing is planned. */
export function settleNext(world: World): SettledStep[] {
  const step = nextStep(world.db)
  if (step === undefined) return settle(world)
  world.clock.advanceTo(step.dueAt)
  return settle(world)
}

/** Goes forward until nothing is planned any more. */
export function settleAll(world: World): SettledStep[] {
  const settled = settle(world, END_OF_TIME)
  const last = settled.at(-1)
  if (last !== undefined) world.clock.advanceTo(last.at)
  return settled
}

/** Moves one image along the machine at once, event by event, for whoever is no job. */
export function moveImage(world: World, imageId: string, events: readonly string[], at: number): void {
  const images = openMovingImages(world)
  images.move(imageId, events, at)
  images.writeAll()
}
