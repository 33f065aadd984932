import { completeBackup, deleteBackup } from '../services/cbr/queries.ts'
import { advanceGlanceImport, GLANCE_IMPORT } from '../services/glance/rules/advance-import.ts'
import type { MovingImages } from '../services/ims/jobs/moving-images.ts'
import { changeMembers } from '../services/ims/jobs/sharing.ts'
import { followParts } from '../services/ims/jobs/sub-jobs.ts'
import { deleteStepsOf } from '../services/ims/queries/jobs.ts'
import { failureEvents } from './flow.ts'
import type { MovingJob, MovingJobs } from './moving-jobs.ts'
import type { JobRow, StagedObject, StepEffect } from './tables.ts'
import type { World } from './world.ts'

/** A world while what is due in it happens, with the jobs and images that are on their way. */
export interface Settling {
  world: World
  jobs: MovingJobs
  images: MovingImages
}

/** Applies one step to its job, at its own instant. A job that fails here says so, and the rest of its flow is forgotten. */
export function applyStep(settling: Settling, moving: MovingJob, effect: StepEffect, at: number): void {
  const { world, jobs, images } = settling
  const { job } = moving
  const trouble = troubleOf(world, job, effect, at)
  if (trouble === undefined) proceed(settling, moving, effect, at)
  else fail(settling, moving, effect, trouble, at)
  if (job.parentId !== null) {
    jobs.write(moving)
    followParts(world, job.parentId, at)
  }
  if (job.type === GLANCE_IMPORT) {
    images.release(job.imageId ?? '')
    advanceGlanceImport(world, job, effect.job, at)
  }
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

/** Does what a step says. */
function proceed(
  { world, images }: Settling,
  { job, unwritten }: MovingJob,
  effect: StepEffect,
  at: number,
): void {
  if (effect.image !== undefined) moveImagesOf(images, job, effect.image, at)
  if (effect.job !== undefined) unwritten.status = effect.job
  if (effect.progress !== undefined) unwritten.progress = effect.progress
  if (effect.job === 'SUCCESS') {
    unwritten.endAt = at
    if (job.backupId !== null) completeBackup(world.db, job.backupId)
  }
}

/** Ends a job in failure: the rest of its flow is forgotten and its images go where the step or the flow sends them. */
function fail(
  { world, images }: Settling,
  moving: MovingJob,
  effect: StepEffect,
  code: string,
  at: number,
): void {
  const { job, unwritten } = moving
  const flow = world.scenario.flows[job.flow]
  const planned = effect.job === 'FAIL' ? effect : {}
  moveImagesOf(images, job, planned.image ?? (flow ? failureEvents(flow) : []), at)
  if (job.backupId !== null) deleteBackup(world.db, job.backupId)
  deleteStepsOf(world.db, job.id)
  moving.failed = true
  if (planned.progress !== undefined) unwritten.progress = planned.progress
  unwritten.status = 'FAIL'
  unwritten.endAt = at
  unwritten.errorCode = code
  unwritten.failReason = world.cloud.errors.get(code)?.message ?? code
}

function moveImagesOf(images: MovingImages, job: JobRow, events: readonly string[], at: number): void {
  if (job.imageId !== null) images.move(job.imageId, events, at)
  for (const id of job.companions) images.move(id, events, at)
}
