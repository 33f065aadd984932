import { errorCatalogue } from '../kernel/errors.ts'
import { completeBackup, deleteBackup } from '../store/backups.ts'
import { findImage, updateImage } from '../store/images.ts'
import { deleteStep, deleteStepsOf, dueStep, findJob, nextStep, updateJob } from '../store/jobs.ts'
import { deleteMembersOf } from '../store/members.ts'
import type { JobRow, StagedObject, StepEffect, StepRow } from '../store/schema.ts'
import { writeTags } from '../store/tags.ts'
import { failureEvents } from './flow.ts'
import { advanceGlanceImport, GLANCE_IMPORT } from './glance-import.ts'
import { move } from './machine.ts'
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

/**
 * Applies every planned step that is due, in order, each at its own virtual instant, in one transaction. Called before
 * every answer; one indexed read when nothing is due. The only place where time changes state.
 */
export function settle(world: World, until = world.clock.now()): SettledStep[] {
  if (dueStep(world.db, until) === undefined) return []
  return world.db.transaction(() => {
    const settled: SettledStep[] = []
    for (let step = dueStep(world.db, until); step !== undefined; step = dueStep(world.db, until)) {
      apply(world, step)
      settled.push({ at: step.dueAt, jobId: step.jobId, effect: step.effect })
    }
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
  const settled: SettledStep[] = []
  while (nextStep(world.db) !== undefined) settled.push(...settleNext(world))
  return settled
}

function apply(world: World, step: StepRow): void {
  const job = findJob(world.db, step.jobId)
  deleteStep(world.db, step.seq)
  if (job === undefined) return
  const { effect, dueAt } = step
  if (effect.job === 'FAIL') {
    if (effect.deliver !== undefined) world.buckets.discard(effect.deliver.staged)
    fail(world, job, effect.error ?? 'IMG.0061', dueAt, effect.image)
  } else if (effect.deliver !== undefined && !deliver(world, effect.deliver)) {
    fail(world, job, 'IMG.0069', dueAt)
  } else {
    const trouble = effect.job === 'SUCCESS' ? changeMembers(world, job, dueAt) : undefined
    if (trouble === undefined) proceed(world, job, effect, dueAt)
    else fail(world, job, trouble, dueAt)
  }
  if (job.parentId !== null) followParts(world, job.parentId, dueAt)
  if (job.type === GLANCE_IMPORT) advanceGlanceImport(world, job, effect.job, dueAt)
}

function deliver(world: World, { staged, bucket, key }: StagedObject): boolean {
  return world.buckets.deliver(staged, bucket, key)
}

function proceed(world: World, job: JobRow, effect: StepEffect, at: number): void {
  moveImagesOf(world, job, effect.image ?? [], at)
  const change: Partial<JobRow> = {}
  if (effect.job !== undefined) change.status = effect.job
  if (effect.progress !== undefined) change.progress = effect.progress
  if (effect.job === 'SUCCESS') {
    change.endAt = at
    if (job.backupId !== null) completeBackup(world.db, job.backupId)
  }
  if (Object.keys(change).length > 0) updateJob(world.db, job.id, change)
}

/** Ends a job in failure: the rest of its flow is forgotten and its images go where the flow sends them. */
function fail(world: World, job: JobRow, code: string, at: number, events?: string[]): void {
  const flow = world.scenario.flows[job.flow]
  moveImagesOf(world, job, events ?? (flow ? failureEvents(flow) : []), at)
  if (job.backupId !== null) deleteBackup(world.db, job.backupId)
  updateJob(world.db, job.id, {
    status: 'FAIL',
    endAt: at,
    errorCode: code,
    failReason: errorCatalogue.get(code)?.message ?? code,
  })
  deleteStepsOf(world.db, job.id)
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
    const image = findImage(world.db, imageId)
    if (image === undefined) return
    const status = move(world.scenario.machine, image.status, event)
    if (status === undefined) continue
    updateImage(world.db, imageId, {
      status,
      updatedAt: at,
      ...(status === 'active' && image.activeAt === null ? { activeAt: at } : {}),
    })
    if (status === 'deleted') forgetImage(world, imageId, at)
  }
}

/** What hangs on an image goes with it: members, tags, bytes. Its row stays, so that the id is never given twice. */
function forgetImage(world: World, imageId: string, at: number): void {
  const image = findImage(world.db, imageId)
  deleteMembersOf(world.db, imageId)
  writeTags(world.db, imageId, [])
  updateImage(world.db, imageId, { deletedAt: at, blobId: null })
  if (image?.blobId != null) world.blobs.remove(image.blobId)
}
