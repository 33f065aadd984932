import { noContent, ok, reply } from '../../../contract/operation.ts'
import type { ReceivedBytes } from '../../../database/blobs.ts'
import { isCutOff } from '../../../lib/host-errors.ts'
import {
  abandonUpload,
  beginUpload,
  completeUpload,
  findUploadFlaw,
  killUpload,
} from '../../ims/images/upload.ts'
import {
  deleteFromStore,
  downloadImage,
  importImage,
  listStores,
  showImportInfo,
  showStores,
  showUsage,
  stageImage,
  uploadImage,
} from '../contract/data.ts'
import { mediaType } from '../contract/glance-contract.ts'
import { conflict, forbidden, GlanceError } from '../errors.ts'
import {
  abandonStockUpload,
  beginStockUpload,
  completeStockUpload,
  findBytes,
  type UploadKind,
} from '../rules/data.ts'
import { importStockImage } from '../rules/import.ts'
import { IMPORT_METHODS } from '../rules/import-document.ts'
import { checkAdmin, checkOwner, owns, visibleImage } from '../rules/rights.ts'
import { removeFromStore } from '../rules/status.ts'
import { checkStore, STORE, useStores } from '../rules/stores.ts'
import { done, type GlanceCall, glanceOperation, unsupportedMediaType } from './glance-operation.ts'

const upload = glanceOperation(uploadImage, (call, { params }) => receive(call, params.image_id, 'file'))
const stage = glanceOperation(stageImage, (call, { params }) => receive(call, params.image_id, 'stage'))

/** Receives the bytes of an image first, and then records them in one transaction. */
async function receive(call: GlanceCall, id: string, kind: UploadKind) {
  const { world, edition, headers } = call
  if (mediaType(headers) !== 'application/octet-stream') throw unsupportedMediaType(headers)
  if (edition === 'stock') {
    if (kind === 'file') checkStore(headers.get('x-image-meta-store') ?? STORE)
    beginStockUpload(call, id, kind)
  } else beginCloudUpload(call, id)
  const blobId = world.chance.uuid('blob')
  try {
    const received = await world.blobs.receive(blobId, call.bytes)
    if (edition === 'huawei') await refuseFlaw(call, id, blobId)
    if (!complete(call, id, kind, { ...received, blobId }))
      throw new GlanceError(
        410,
        `Image ${id} could not be found after upload. The image may have been deleted during the upload.`,
      )
  } catch (error) {
    if (edition === 'stock') abandonStockUpload(world, id, kind)
    else abandonUpload(world, id)
    throw isCutOff(error) ? new GlanceError(400, `The upload of image ${id} broke off`) : error
  }
  if (edition === 'huawei') return noContent()
  useStores(world)
  return done()
}

function beginCloudUpload(call: GlanceCall, id: string): void {
  const { world, caller } = call
  const image = visibleImage(call, id)
  checkOwner(caller, image, `Not allowed to upload image data for image ${id}`)
  if (!beginUpload(world, image))
    throw conflict(`Image status transition from ${image.status} to saving is not allowed`)
}

/** The cloud looks at the bytes; a plain Glance takes whatever it is given. */
async function refuseFlaw({ world }: GlanceCall, id: string, blobId: string): Promise<void> {
  const flaw = await findUploadFlaw(world, id, blobId)
  if (flaw === undefined) return
  killUpload(world, id, blobId)
  throw new GlanceError(400, `The file of image ${id} is not usable: ${flaw}`)
}

function complete(
  { world, edition }: GlanceCall,
  id: string,
  kind: UploadKind,
  bytes: ReceivedBytes & { blobId: string },
): boolean {
  return edition === 'stock' ? completeStockUpload(world, id, kind, bytes) : completeUpload(world, id, bytes)
}

const download = glanceOperation(downloadImage, (call, { params }) => {
  const { world, caller, edition, headers } = call
  const id = params.image_id
  if (edition === 'huawei' && !owns(caller, visibleImage(call, id)))
    throw forbidden(`Only the owner of image ${id} may download it`)
  const found = findBytes(call, id, {
    range: headers.get('range'),
    contentRange: headers.get('content-range'),
  })
  if (found === undefined) return noContent()
  const { blobId, size, image, part } = found
  const { start, end } = part ?? { start: 0, end: size }
  return reply(part ? 206 : 200, {
    bytes: world.blobs.read(blobId, start, end),
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Length': String(end - start),
      ...(edition === 'huawei' && { 'Accept-Ranges': 'bytes' }),
      ...(image.checksum !== null && { 'Content-MD5': image.checksum }),
      ...(part && { 'Content-Range': `bytes ${start}-${end - 1}/${size}` }),
    },
  })
})

const startImport = glanceOperation(importImage, async (call, { params, document }) => {
  const request = await document()
  const store = call.headers.get('x-image-meta-store')
  importStockImage(call, params.image_id, request, { store, requestId: call.requestId })
  useStores(call.world)
  return done(202)
})

const removeBytes = glanceOperation(deleteFromStore, (call, { params }) =>
  removeFromStore(call, params.store_id, params.image_id),
)

const importInfo = glanceOperation(showImportInfo, () =>
  ok({
    'import-methods': {
      description: 'Import methods available.',
      type: 'array',
      value: [...IMPORT_METHODS],
    },
  }),
)

const stores = glanceOperation(listStores, () => ok({ stores: [{ id: STORE, default: 'true' }] }))

/** Bytes that the recorded Glance reads at once. */
const CHUNK = 65_536

const storeDetails = glanceOperation(showStores, ({ world, caller }) => {
  checkAdmin(caller, 'stores_info_detail')
  useStores(world)
  const properties = {
    data_dir: world.blobs.folder,
    chunk_size: CHUNK,
    thin_provisioning: false,
  }
  return ok({ stores: [{ id: STORE, default: 'true', type: 'file', properties }] })
})

const usage = glanceOperation(showUsage, () => ok({ usage: {} }))

export const importOperations = [startImport]
export const dataOperations = [download, upload, stage]
export const storeOperations = [removeBytes]
export const infoOperations = [importInfo, stores, storeDetails, usage]
