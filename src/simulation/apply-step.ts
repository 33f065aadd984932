import type { Db } from '../database/open.ts'
import { failureEvents } from './flow.ts'
import type { JobHooks, Settling } from './job-kinds.ts'
import { findJob, type JobMove, moveJob, subJobsOf, updateJob } from './queries/jobs.ts'
import { deleteStepsOf } from './queries/steps.ts'
import type { JobRow, StepEffect } from './tables.ts'
import type { World } from './world.ts'

/** A job while its steps are applied. */
export interface MovingJob {
  /** The job as it was before its first step: only what never changes may be read of it. */
  readonly job: JobRow
  readonly hooks: JobHooks
  /** What its steps have changed and what is not in the database yet. */
  unwritten: JobMove
  /** True once it has failed: the rest of its flow is dropped. */
  failed: boolean
}

/** The jobs of one settling. Each is read once and written once, however many of its steps are due. */
export interface MovingJobs {
  find(id: string): MovingJob | undefined
  writeAll(): void
}

export function openMovingJobs(settling: Settling): MovingJobs {
  const { world } = settling
  const found = new Map<string, MovingJob>()
  return {
    find(id) {
      const before = found.get(id)
      if (before !== undefined) return before
      const job = findJob(world.db, id)
      if (job === undefined) return undefined
      const hooks = world.cloud.jobKinds.get(job.type)?.open(settling, job) ?? {}
      const moving = { job, hooks, unwritten: {}, failed: false }
      found.set(id, moving)
      return moving
    },
    writeAll() {
      for (const moving of found.values()) write(world.db, moving)
    },
  }
}

function write(db: Db, moving: MovingJob): void {
  moveJob(db, moving.job.id, moving.unwritten)
  moving.unwritten = {}
}

/** Applies one step to its job at its virtual time (ms). A job whose work fails at the step ends as FAIL. */
export function applyStep(world: World, moving: MovingJob, effect: StepEffect, at: number): void {
  const code = failureAt(world, moving, effect, at)
  if (code === undefined) proceed(moving, effect, at)
  else fail(world, moving, effect, code, at)
  const { parentId } = moving.job
  if (parentId === null) return
  write(world.db, moving)
  followParts(world.db, parentId, at)
}

/** The code with which a job fails at a step: because the step says so, or because its work cannot be done. */
function failureAt(
  { cloud }: World,
  { job, hooks }: MovingJob,
  { job: status, error }: StepEffect,
  at: number,
): string | undefined {
  if (status === 'FAIL') return error ?? cloud.jobKinds.get(job.type)?.defaultError ?? 'FAIL'
  return status === 'SUCCESS' ? hooks.succeed?.(at) : undefined
}

function proceed({ hooks, unwritten }: MovingJob, effect: StepEffect, at: number): void {
  if (effect.image !== undefined) hooks.move?.(effect.image, at)
  if (effect.job !== undefined) unwritten.status = effect.job
  if (effect.progress !== undefined) unwritten.progress = effect.progress
  if (effect.job === 'RUNNING') hooks.run?.(at)
  if (effect.job === 'SUCCESS') unwritten.endAt = at
}

/**
 * Ends a job in failure: the rest of its flow is dropped, and its resources go where the step or the flow sends them.
 */
function fail(world: World, moving: MovingJob, effect: StepEffect, code: string, at: number): void {
  const { job, hooks, unwritten } = moving
  const flow = world.scenario.flows[job.flow]
  const planned = effect.job === 'FAIL' ? effect : {}
  hooks.move?.(planned.image ?? (flow ? failureEvents(flow) : []), at)
  hooks.fail?.(at)
  deleteStepsOf(world.db, job.id)
  moving.failed = true
  if (planned.progress !== undefined) unwritten.progress = planned.progress
  Object.assign(unwritten, failedWith(world, code, at))
}

/** The changes of a failure with a code to the row of a job. */
function failedWith({ cloud }: World, code: string, at: number): JobMove {
  return { status: 'FAIL', endAt: at, errorCode: code, failReason: cloud.errors.get(code)?.message ?? code }
}

/**
 * Ends a job in failure whose step threw an error, with the default code of its kind.
 * @param withHooks false when the hooks of the job throw too: its own row and its parent change only.
 */
export function failAfterFault(settling: Settling, jobId: string, at: number, withHooks: boolean): void {
  const { world } = settling
  const job = findJob(world.db, jobId)
  if (job === undefined || ENDED.has(job.status)) return
  const kind = world.cloud.jobKinds.get(job.type)
  const code = kind?.defaultError ?? 'FAIL'
  if (withHooks) {
    const moving = { job, hooks: kind?.open(settling, job) ?? {}, unwritten: {}, failed: false }
    fail(world, moving, {}, code, at)
    write(world.db, moving)
  } else {
    moveJob(world.db, jobId, failedWith(world, code, at))
  }
  if (job.parentId !== null) followParts(world.db, job.parentId, at)
}

const ENDED: ReadonlySet<JobRow['status']> = new Set(['SUCCESS', 'FAIL'])

/**
 * Updates a job of parts from the state of its parts: it runs from the moment that one of them runs and ends with the last
 * one, in failure when one of them failed. What the others have made stays.
 */
function followParts(db: Db, parentId: string, at: number): void {
  const parts = subJobsOf(db, parentId)
  const progress = Math.floor(parts.reduce((sum, part) => sum + part.progress, 0) / parts.length)
  if (parts.every((part) => ENDED.has(part.status))) {
    const failed = parts.find((part) => part.status === 'FAIL')
    updateJob(db, parentId, {
      status: failed === undefined ? 'SUCCESS' : 'FAIL',
      progress,
      endAt: at,
      errorCode: failed?.errorCode ?? null,
      failReason: failed?.failReason ?? null,
    })
  } else if (parts.some((part) => part.status !== 'INIT')) {
    updateJob(db, parentId, { status: 'RUNNING', progress })
  }
}
