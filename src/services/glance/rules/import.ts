import type { RequestContext } from '../../../contract/call.ts'
import { submitJob } from '../../ims/jobs/submit.ts'
import { type Image, updateImage } from '../../ims/queries/images.ts'
import { repr, str } from '../python/repr.ts'
import { isTruthy, type PyObject, type PyValue, toJson } from '../python/value.ts'
import { insertTask, writeGlanceExtras } from '../queries.ts'
import { GLANCE_IMPORT, IMPORT_TASK } from './advance-import.ts'
import { badRequest, conflict, glanceWouldFail } from './refusals.ts'
import { checkAdmin, checkOwner, visibleImage } from './rights.ts'
import { stamp } from './stamp.ts'
import { isStore } from './stores.ts'
import { passesFilter } from './uri-filter.ts'
import { STORE } from './view.ts'
import { virtualSizeOf } from './virtual-size.ts'

export const IMPORT_METHODS = ['glance-direct', 'web-download', 'copy-image'] as const
type ImportMethod = (typeof IMPORT_METHODS)[number]

/** An import as its body asks for it. */
export interface ImportRequest {
  body: PyObject
  method: ImportMethod
  uri: PyValue
  allStores: boolean
}

export function readImport(body: PyValue): ImportRequest {
  if (!(body instanceof Map)) throw glanceWouldFail('an import that is a list')
  const method = body.get('method')
  if (method === undefined) throw badRequest("Import request requires a 'method' field.")
  if (!(method instanceof Map)) throw glanceWouldFail('a method that is no object')
  const name = method.get('name')
  if (name === undefined) throw badRequest("Import request requires a 'name' field.")
  const known = IMPORT_METHODS.find((candidate) => candidate === name)
  if (known === undefined) throw badRequest(`Unknown import method name '${str(name)}'.`)
  for (const field of ['all_stores_must_succeed', 'all_stores']) {
    if (body.has(field) && typeof body.get(field) !== 'boolean')
      throw badRequest(`'${field}' must be boolean value only`)
  }
  return { body, method: known, uri: method.get('uri') ?? null, allStores: body.get('all_stores') === true }
}

/** Starts an import, which goes on over the world's time. */
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
    // There is one store, and an active image is in it.
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

/** The stores that a request names, each of which must be known; a text is read letter by letter. */
function storesOf({ body, allStores }: ImportRequest, header: string | null): string[] {
  const named = body.get('stores')
  if (allStores) {
    if (named !== undefined || header !== null)
      throw badRequest(
        "All_stores parameter can't be used with x-image-meta-store header or stores parameter",
      )
    return [STORE]
  }
  if (named !== undefined && header !== null)
    throw badRequest("Stores parameter and x-image-meta-store header can't be both specified")
  const wanted = named === undefined ? [header ?? STORE] : listed(named)
  const unknown = wanted.find((store) => !(typeof store === 'string' && isStore(store)))
  if (unknown !== undefined) throw conflict(`Store for identifier ${str(unknown)} not found`)
  return wanted.map(str)
}

function listed(named: PyValue): PyValue[] {
  if (Array.isArray(named)) return named
  if (typeof named === 'string') return Array.from(named)
  if (named instanceof Map) return [...named.keys()]
  throw glanceWouldFail(`stores that are ${repr(named)}`)
}

function checkUris({ body, method, uri }: ImportRequest): void {
  const url = body.get('url') ?? null
  if (typeof url === 'string' && /^https?:/i.test(url) && !passesFilter(url))
    throw badRequest(`URI for add location does not pass filtering: ${url}`)
  if (method !== 'web-download') return
  if (uri !== null && typeof uri !== 'string') throw glanceWouldFail('an address that is no text')
  if (!passesFilter(uri)) throw badRequest(`URI for web-download does not pass filtering: ${str(uri)}`)
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
    // Nothing is fetched from anywhere, and nothing is copied to stores that Glance keeps for itself.
    const staging = method === 'glance-direct' && image.blobId !== null
    const works = staging && isTruthy(stores) && stores.every((store) => store === STORE)
    submitJob(context, {
      type: GLANCE_IMPORT,
      flow: 'glance-import',
      projectId: caller.projectId,
      imageId: image.id,
      ...(!works && { failure: { code: 'IMG.0061', at: 0.2 } }),
    })
  })
}
