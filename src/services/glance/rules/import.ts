import { z } from 'zod'
import type { RequestContext } from '../../../contract/call.ts'
import { afterCommit } from '../../../database/after-commit.ts'
import { defineJobKind } from '../../../simulation/job-kinds.ts'
import { submitJob } from '../../../simulation/submit-job.ts'
import type { World } from '../../../simulation/world.ts'
import { movingImages } from '../../ims/images/states.ts'
import { findImage, type Image, updateImage } from '../../ims/queries/images.ts'
import { badRequest, conflict } from '../errors.ts'
import { isTruthy, toJson } from '../python/json.ts'
import {
  findGlanceExtras,
  insertTask,
  stamp,
  tasksOfImage,
  updateTask,
  writeGlanceExtras,
} from '../queries.ts'
import type { GlanceTaskRow } from '../tables.ts'
import { virtualSizeOf } from './data.ts'
import { checkUris, type ImportMethod, type ImportRequest, storesOf } from './import-document.ts'
import { checkAdmin, checkOwner, visibleImage } from './rights.ts'
import { STORE } from './stores.ts'

/** Starts the import of an image. Its job advances with the time of the world. */
export function importStockImage(
  context: RequestContext,
  id: string,
  request: ImportRequest,
  { store, requestId }: { store: string | null; requestId: string },
): void {
  const { caller } = context
  const image = visibleImage(context, id)
  checkStatus(image, request.method)
  if (!image.containerFormat) throw conflict("'container_format' needs to be set before import")
  if (!image.diskFormat) throw conflict("'disk_format' needs to be set before import")
  if (request.method === 'copy-image') checkAdmin(caller, 'copy_image')
  else checkOwner(caller, image)
  if (IMPORT_TASK in image.attributes) throw conflict('Image has active task')
  const stores = storesOf(request, store)
  if (request.method === 'copy-image') {
    // An active image is in the only store already.
    if (request.allStores) return
    if (stores.includes(STORE)) throw badRequest(`Image is already present at store '${STORE}'`)
  }
  checkUris(request)
  start(context, image, request, stores, requestId)
}

function checkStatus({ status }: Image, method: ImportMethod): void {
  if (status === 'active' && method !== 'copy-image')
    throw conflict('Image with status active cannot be target for import')
  if (status !== 'active' && method === 'copy-image')
    throw conflict('Only images with status active can be targeted for copying')
  if (status !== 'queued' && method === 'web-download')
    throw conflict("Image needs to be in 'queued' state to use 'web-download' method")
  if (status !== 'uploading' && method === 'glance-direct')
    throw conflict("Image needs to be staged before 'glance-direct' method can be used")
}

function start(
  context: RequestContext,
  image: Image,
  { body, method }: ImportRequest,
  stores: string[],
  requestId: string,
): void {
  const { world, caller } = context
  const staged =
    method === 'glance-direct' && image.blobId !== null ? virtualSizeOf(world, image.blobId, image) : null
  world.db.transaction(() => {
    const now = stamp(world)
    const taskId = world.chance.uuid('task')
    insertTask(world.db, {
      id: taskId,
      type: 'api_image_import',
      status: 'pending',
      owner: caller.projectId,
      input: JSON.stringify({ image_id: image.id, import_req: toJson(body), backend: stores }),
      result: null,
      message: '',
      imageId: image.id,
      requestId,
      userId: caller.userId,
      createdAt: now,
      updatedAt: now,
      expiresAt: null,
    })
    writeGlanceExtras(world.db, image.id, { stagedVirtualSize: staged })
    updateImage(world.db, image.id, {
      attributes: { ...image.attributes, [IMPORT_TASK]: taskId },
      updatedAt: now,
    })
    // The emulator fetches nothing from the network, and copies nothing to the stores that Glance keeps for itself.
    const staging = method === 'glance-direct' && image.blobId !== null
    const works = staging && isTruthy(stores) && stores.every((store) => store === STORE)
    submitJob(context, glanceImportJobs, {
      type: GLANCE_IMPORT,
      flow: 'glance-import',
      projectId: caller.projectId,
      imageId: image.id,
      ...(!works && { failure: { code: 'IMG.0061', at: 0.2 } }),
    })
  })
}

/** The type of the job that carries out an import of a stock Glance. The image service does not show it. */
const GLANCE_IMPORT = 'glanceImport'

/** Properties in which Glance shows the progress of an import. */
const IMPORT_TASK = 'os_glance_import_task'
const IMPORTING = 'os_glance_importing_to_stores'
const FAILED = 'os_glance_failed_import'

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
  if (blobId !== null) afterCommit(world.db, () => world.blobs.remove(blobId))
}
