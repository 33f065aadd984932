import type { JobRow, StepEffect } from '../../../simulation/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { findImage, updateImage } from '../../ims/queries/images.ts'
import { findGlanceExtras, tasksOfImage, updateTask, writeGlanceExtras } from '../queries.ts'

/** The type of the job behind an import in a stock Glance. It is no job of the image service and is never shown as one. */
export const GLANCE_IMPORT = 'glanceImport'

/** Properties in which Glance tells how far an import is. */
export const IMPORT_TASK = 'os_glance_import_task'
const IMPORTING = 'os_glance_importing_to_stores'
const FAILED = 'os_glance_failed_import'

/** The only store of the recorded Glance. */
const STORE = 'fs'
/** Tasks are forgotten 48 hours after they ended. */
const KEPT = 48 * 3_600_000
const MIB = 2 ** 20

/** What a step of an import does to its image and its task: it begins, the bytes are there, or they never come. */
export function advanceGlanceImport(world: World, job: JobRow, status: StepEffect['job'], at: number): void {
  const image = findImage(world.db, job.imageId ?? '')
  const task = tasksOfImage(world.db, job.imageId ?? '').findLast((row) => isOpen(row.status))
  if (status === 'RUNNING') {
    if (task !== undefined) updateTask(world.db, task.id, { status: 'processing', updatedAt: at })
    if (image?.status !== 'uploading') return
    const attributes = { ...image.attributes, [IMPORTING]: STORE, [FAILED]: '' }
    updateImage(world.db, image.id, { status: 'importing', attributes, updatedAt: at })
  } else if (status === 'SUCCESS' || status === 'FAIL') {
    const done = status === 'SUCCESS'
    if (image !== undefined) {
      const { [IMPORT_TASK]: _, ...rest } = image.attributes
      const attributes = { ...rest, [IMPORTING]: '', [FAILED]: done ? '' : STORE }
      updateImage(world.db, image.id, { attributes, updatedAt: at })
      if (done) receiveStaged(world, image.id, at)
      else forgetStaged(world, image.id)
    }
    if (task !== undefined) {
      updateTask(world.db, task.id, {
        status: done ? 'success' : 'failure',
        message: done ? copied(image?.size ?? 0) : 'Task failed due to Internal Error',
        result: done ? JSON.stringify({ image_id: job.imageId }) : null,
        updatedAt: at,
        expiresAt: at + KEPT,
      })
    }
  }
}

/** What a task says of bytes it has brought; nothing when there were none. */
function copied(size: number): string {
  return size === 0 ? '' : `Copied ${Math.floor(size / MIB)} MiB`
}

function isOpen(status: string): boolean {
  return status === 'pending' || status === 'processing'
}

/** Staged bytes become those of the image. */
function receiveStaged(world: World, imageId: string, at: number): void {
  const staged = findGlanceExtras(world.db, imageId)
  updateImage(world.db, imageId, {
    status: 'active',
    activeAt: at,
    checksum: staged?.stagedMd5 ?? null,
    hashAlgorithm: 'sha512',
    hashValue: staged?.stagedSha512 ?? null,
    virtualSize: staged?.stagedVirtualSize ?? null,
  })
  writeGlanceExtras(world.db, imageId, { stagedMd5: null, stagedSha512: null, stagedVirtualSize: null })
}

function forgetStaged(world: World, imageId: string): void {
  const blobId = findImage(world.db, imageId)?.blobId ?? null
  updateImage(world.db, imageId, { status: 'queued', size: null, blobId: null })
  if (blobId !== null) world.blobs.remove(blobId)
}
