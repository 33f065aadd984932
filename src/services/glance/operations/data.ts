import { rawBytes } from '../../../contract/media-type.ts'
import { type Answer, noContent } from '../../../contract/operation.ts'
import type { ReceivedBytes } from '../../../database/blobs.ts'
import { abandonUpload, beginUpload, completeUpload } from '../../ims/images/upload.ts'
import { GlanceError } from '../errors.ts'
import { findBytes } from '../rules/download.ts'
import type { Part } from '../rules/range.ts'
import { conflict, forbidden } from '../rules/refusals.ts'
import { checkOwner, owns, visibleImage } from '../rules/rights.ts'
import { checkStore } from '../rules/stores.ts'
import {
  abandonStockUpload,
  beginStockUpload,
  completeStockUpload,
  type UploadKind,
} from '../rules/upload.ts'
import { done, type GlanceCall, glanceOperation } from './glance-operation.ts'
import { imageId } from './images.ts'
import { mediaType, unsupportedMediaType } from './media-type.ts'
import { useStores } from './stores.ts'

export const uploadImage = glanceOperation({
  id: 'GlanceUploadImage',
  method: 'PUT',
  path: '/v2/images/{image_id}/file',
  summary: 'Upload the bytes of an image',
  actions: ['ims:images:get', 'ims:images:update', 'ims:images:upload'],
  body: 'bytes',
  responses: { 204: null },
  handle: (call) => receive(call, 'file'),
})

export const stageImage = glanceOperation({
  id: 'GlanceStageImage',
  method: 'PUT',
  path: '/v2/images/{image_id}/stage',
  summary: 'Put the bytes of an image aside for an import',
  edition: 'stock',
  body: 'bytes',
  responses: { 204: null },
  handle: (call) => receive(call, 'stage'),
})

/** Bytes first, then the one transaction that makes them true. */
async function receive(call: GlanceCall, kind: UploadKind): Promise<Answer> {
  const { world, edition, headers } = call
  const id = imageId(call)
  if (mediaType(headers) !== 'application/octet-stream') throw unsupportedMediaType(headers)
  if (edition === 'stock') {
    if (kind === 'file') checkStore(headers.get('x-image-meta-store') ?? 'fs')
    beginStockUpload(call, id, kind)
  } else beginCloudUpload(call, id)
  const blobId = world.chance.uuid('blob')
  try {
    const received = await world.blobs.receive(blobId, call.bytes)
    if (!complete(call, id, kind, { ...received, blobId }))
      throw new GlanceError(
        410,
        `Image ${id} could not be found after upload. The image may have been deleted during the upload.`,
      )
  } catch (error) {
    if (edition === 'stock') abandonStockUpload(world, id, kind)
    else abandonUpload(world, id)
    throw brokeOff(error) ? new GlanceError(400, `The upload of image ${id} broke off`) : error
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

function complete(
  { world, edition }: GlanceCall,
  id: string,
  kind: UploadKind,
  bytes: ReceivedBytes & { blobId: string },
): boolean {
  return edition === 'stock' ? completeStockUpload(world, id, kind, bytes) : completeUpload(world, id, bytes)
}

/** Whether a stream ended because the client went away. */
function brokeOff(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR'
}

export const downloadImage = glanceOperation({
  id: 'GlanceDownloadImage',
  method: 'GET',
  path: '/v2/images/{image_id}/file',
  summary: 'Download the bytes of an image, whole or a range of them',
  actions: ['ims:images:get'],
  body: 'none',
  responses: { 200: rawBytes, 204: null, 206: rawBytes },
  handle(call) {
    const { world, caller, edition, headers } = call
    const id = imageId(call)
    if (edition === 'huawei' && !owns(caller, visibleImage(call, id)))
      throw forbidden(`Only the owner of image ${id} may download it`)
    const found = findBytes(call, id, {
      range: headers.get('range'),
      contentRange: headers.get('content-range'),
    })
    if (found === undefined) return noContent()
    const { blobId, size, image } = found
    const { start, end }: Part = found.part ?? { start: 0, end: size }
    return {
      status: found.part ? 206 : 200,
      bytes: world.blobs.read(blobId, start, end),
      headers: {
        'Content-Type': 'application/octet-stream',
        'Content-Length': String(end - start),
        ...(edition === 'huawei' && { 'Accept-Ranges': 'bytes' }),
        ...(image.checksum !== null && { 'Content-MD5': image.checksum }),
        ...(found.part && { 'Content-Range': `bytes ${start}-${end - 1}/${size}` }),
      },
    }
  },
})
