import { z } from 'zod'
import { defineJobKind } from '../../../simulation/job-kinds.ts'
import type { World } from '../../../simulation/world.ts'
import { movingImages } from '../../ims/images/states.ts'
import { findImage, updateImage } from '../../ims/queries/images.ts'
import { findGlanceExtras, tasksOfImage, updateTask, writeGlanceExtras } from '../queries.ts'
import type { GlanceTaskRow } from '../tables.ts'

/** The type of the job behind an import in a stock Glance. It is no job of the image service and is never shown as one. */
export const GLANCE_IMPORT = 'glanceImport'

/** Properties in which Glance tells how far an import is. */
export const IMPORT_TASK = 'os_glance_import_task'
const IMPORTING = 'os_glance_importing_to_stores'
const FAILED = 'os_glance_failed_import'

/** The only store of the recorded Glance. */
const STORE = 'fs'
/** Ms after its end at which a task is forgotten: 48 hours. */
const KEPT = 48 * 3_600_000
const MIB = 2 ** 20

/** Imports of a stock Glance. Each advances its image and the task that a client sees of it. */
export const glanceImportJobs = defineJobKind({
  types: [GLANCE_IMPORT],
  payload: z.null(),
  defaultError: 'IMG.0061',
  size: ({ db }, imageId = '') => findImage(db, imageId)?.size ?? 0,
  open(settling, { imageId }) {
    const { world } = settling
    if (imageId === null) return {}
    const images = movingImages(settling)
    return {
      move: (events, at) => images.move(imageId, events, at),
      run(at) {
        images.release(imageId)
        beginImport(world, imageId, at)
      },
      succeed(at) {
        images.release(imageId)
        endImport(world, imageId, true, at)
        return undefined
      },
      fail(at) {
        images.release(imageId)
        endImport(world, imageId, false, at)
      },
    }
  },
})

function openTaskOf(world: World, imageId: string): GlanceTaskRow | undefined {
  return tasksOfImage(world.db, imageId).findLast(
    ({ status }) => status === 'pending' || status === 'processing',
  )
}

function beginImport(world: World, imageId: string, at: number): void {
  const task = openTaskOf(world, imageId)
  if (task !== undefined) updateTask(world.db, task.id, { status: 'processing', updatedAt: at })
  const image = findImage(world.db, imageId)
  if (image?.status !== 'uploading') return
  const attributes = { ...image.attributes, [IMPORTING]: STORE, [FAILED]: '' }
  updateImage(world.db, imageId, { status: 'importing', attributes, updatedAt: at })
}

function endImport(world: World, imageId: string, done: boolean, at: number): void {
  const task = openTaskOf(world, imageId)
  const image = findImage(world.db, imageId)
  if (image !== undefined) {
    const { [IMPORT_TASK]: _, ...rest } = image.attributes
    const attributes = { ...rest, [IMPORTING]: '', [FAILED]: done ? '' : STORE }
    updateImage(world.db, imageId, { attributes, updatedAt: at })
    if (done) receiveStaged(world, imageId, at)
    else forgetStaged(world, imageId)
  }
  if (task === undefined) return
  updateTask(world.db, task.id, {
    status: done ? 'success' : 'failure',
    message: done ? copied(image?.size ?? 0) : 'Task failed due to Internal Error',
    result: done ? JSON.stringify({ image_id: imageId }) : null,
    updatedAt: at,
    expiresAt: at + KEPT,
  })
}

/** The message of a task that has copied bytes; empty when there were none. */
function copied(size: number): string {
  return size === 0 ? '' : `Copied ${Math.floor(size / MIB)} MiB`
}

/** Makes the staged bytes those of the image. */
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
