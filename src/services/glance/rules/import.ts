import type { RequestContext } from '../../../contract/call.ts'
import { submitJob } from '../../../simulation/submit-job.ts'
import { type Image, updateImage } from '../../ims/queries/images.ts'
import { badRequest, conflict } from '../errors.ts'
import { isTruthy, toJson } from '../python/value.ts'
import { insertTask, stamp, writeGlanceExtras } from '../queries.ts'
import { GLANCE_IMPORT, glanceImportJobs, IMPORT_TASK } from './advance-import.ts'
import { checkUris, type ImportMethod, type ImportRequest, storesOf } from './import-document.ts'
import { checkAdmin, checkOwner, visibleImage } from './rights.ts'
import { STORE } from './stores.ts'
import { virtualSizeOf } from './upload.ts'

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
