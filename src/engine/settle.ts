import { errorCatalogue } from '../kernel/errors.ts'
import { completeBackup, deleteBackup } from '../store/backups.ts'
import { findStand, writeStand } from '../store/image-moves.ts'
import { updateImage } from '../store/images.ts'
import {
  deleteStepsOf,
  deleteStepsUntil,
  dueSteps,
  isAnythingDue,
  type JobMove,
  nextStep,
  type StepPlace,
} from '../store/jobs.ts'
import { deleteMembersOf } from '../store/members.ts'
import type { JobRow, StagedObject, StepEffect, StepRow } from '../store/schema.ts'
import { writeTags } from '../store/tags.ts'
import { failureEvents } from './flow.ts'
import { advanceGlanceImport, GLANCE_IMPORT } from './glance-import.ts'
import { move } from './machine.ts'
import { type MovingJobs, openMovingJobs } from './moving-jobs.ts'
import { changeMembers } from './sharing.ts'
import { followParts } from './sub-jobs.ts'
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
/** Later than anything can be planned for. */
const END_OF_TIME = Number.MAX_SAFE_INTEGER

/**
 * Applies every planned step that is due, in order, each at its own virtual instant, in one transaction. Called before
 * every answer; one indexed read when nothing is due. The only place where time changes state.
 */
export function settle(world: World, until = world.clock.now()): SettledStep[] {
  const { db } = world
  if (!isAnythingDue(db, until)) return []
  return db.transaction(() => {
    const settled: SettledStep[] = []
    const jobs = openMovingJobs(db)
    let last: StepPlace = BEGINNING
    for (let batch = dueSteps(db, last, until, BATCH); batch.length > 0; ) {
      settled.push(...applyAll(world, jobs, batch))
      last = batch.at(-1) ?? last
      batch = dueSteps(db, last, until, BATCH)
    }
    jobs.writeAll()
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

/** Applies steps in their order, without those of jobs that failed on the way, and answers the ones that were applied. */
function applyAll(world: World, jobs: MovingJobs, steps: readonly StepRow[]): SettledStep[] {
  const failed = new Set<string>()
  return steps.flatMap((step) => {
    const { jobId, effect, dueAt } = step
    if (failed.has(jobId)) return []
    const job = jobs.find(jobId)
    if (job !== undefined && !apply(world, jobs, job, step)) failed.add(jobId)
    return [{ at: dueAt, jobId, effect }]
  })
}

/** Applies one step to its job; false when the job failed, and nothing more comes of it. */
function apply(world: World, jobs: MovingJobs, job: JobRow, { effect, dueAt }: StepRow): boolean {
  const trouble = troubleOf(world, job, effect, dueAt)
  const change =
    trouble === undefined ? proceed(world, job, effect, dueAt) : fail(world, job, trouble, dueAt, effect)
  jobs.move(job.id, change)
  if (job.parentId !== null) {
    jobs.write(job.id)
    followParts(world, job.parentId, dueAt)
  }
  if (job.type === GLANCE_IMPORT) advanceGlanceImport(world, job, effect.job, dueAt)
  return trouble === undefined
}

/** The code with which a job fails at a step: because its flow says so, or because what it made finds no place. */
function troubleOf(
  world: World,
  job: JobRow,
  { job: status, error, deliver: object }: StepEffect,
  at: number,
) {
  if (status === 'FAIL') {
    if (object !== undefined) world.buckets.discard(object.staged)
    return error ?? 'IMG.0061'
  }
  if (object !== undefined && !deliver(world, object)) return 'IMG.0069'
  return status === 'SUCCESS' ? changeMembers(world, job, at) : undefined
}

function deliver(world: World, { staged, bucket, key }: StagedObject): boolean {
  return world.buckets.deliver(staged, bucket, key)
}

/** Does what a step says; answers what becomes of the job. */
function proceed(world: World, job: JobRow, effect: StepEffect, at: number): JobMove {
  if (effect.image !== undefined) moveImagesOf(world, job, effect.image, at)
  const change: JobMove = {}
  if (effect.job !== undefined) change.status = effect.job
  if (effect.progress !== undefined) change.progress = effect.progress
  if (effect.job === 'SUCCESS') {
    change.endAt = at
    if (job.backupId !== null) completeBackup(world.db, job.backupId)
  }
  return change
}

/** Ends a job in failure: the rest of its flow is forgotten and its images go where the step or the flow sends them. */
function fail(world: World, job: JobRow, code: string, at: number, effect: StepEffect): JobMove {
  const flow = world.scenario.flows[job.flow]
  const planned = effect.job === 'FAIL' ? effect : {}
  moveImagesOf(world, job, planned.image ?? (flow ? failureEvents(flow) : []), at)
  if (job.backupId !== null) deleteBackup(world.db, job.backupId)
  deleteStepsOf(world.db, job.id)
  return {
    ...(planned.progress !== undefined && { progress: planned.progress }),
    status: 'FAIL',
    endAt: at,
    errorCode: code,
    failReason: errorCatalogue.get(code)?.message ?? code,
  }
}

function moveImagesOf(world: World, job: JobRow, events: readonly string[], at: number): void {
  const own = job.imageId === null ? [] : [job.imageId]
  for (const id of [...own, ...job.companions]) moveImage(world, id, events, at)
}

/**
 * Moves an image along the machine, event by event. An event that the machine does not know in the image's state is
 * passed over: the image may have been deleted or deactivated while its job went on.
 */
export function moveImage(world: World, imageId: string, events: readonly string[], at: number): void {
  for (const event of events) {
    const image = findStand(world.db, imageId)
    if (image === undefined) return
    const status = move(world.scenario.machine, image.status, event)
    if (status === undefined) continue
    const activeAt = status === 'active' ? (image.activeAt ?? at) : image.activeAt
    writeStand(world.db, imageId, { ...image, status, activeAt }, at)
    if (status === 'deleted') forgetImage(world, imageId, image.blobId, at)
  }
}

/** What hangs on an image goes with it: members, tags, bytes. Its row stays, so that the id is never given twice. */
function forgetImage(world: World, imageId: string, blobId: string | null, at: number): void {
  deleteMembersOf(world.db, imageId)
  writeTags(world.db, imageId, [])
  updateImage(world.db, imageId, { deletedAt: at, blobId: null })
  if (blobId !== null) world.blobs.remove(blobId)
}
