import { z } from 'zod'
import { abandonUpload, beginUpload, completeUpload } from '../../cloud/images/upload.ts'
import { GlanceError } from '../../kernel/errors.ts'
import { type Answer, type Call, callerOf, noContent, operation } from '../../operations/operation.ts'
import type { Image } from '../../store/images.ts'
import { visibleImage } from './images.ts'

const ImageParams = z.object({ image_id: z.string() })

export const uploadImage = operation({
  id: 'GlanceUploadImage',
  face: 'openstack',
  method: 'PUT',
  path: '/v2/images/{image_id}/file',
  summary: 'Upload the bytes of an image',
  action: 'ims:images:upload',
  takes: 'bytes',
  request: z.object({ params: ImageParams }),
  responses: { 204: null },
  async handle(call, { params }) {
    const { world } = call
    const image = visibleImage(call, params.image_id)
    if (image.owner !== callerOf(call).projectId)
      throw new GlanceError(403, `Not allowed to upload image data for image ${image.id}`)
    const type = call.headers.get('content-type')?.split(';')[0]?.trim()
    if (type !== 'application/octet-stream')
      throw new GlanceError(415, `Unsupported Content-Type: ${type ?? 'none'}; send application/octet-stream`)
    if (!beginUpload(world, image))
      throw new GlanceError(409, `Image ${image.id} in status ${image.status} takes no data`)
    const blobId = world.chance.uuid('blob')
    try {
      const received = await world.blobs.receive(blobId, call.bytes)
      if (!completeUpload(world, image.id, { ...received, blobId })) {
        throw new GlanceError(410, `Image ${image.id} was deleted while its data was uploaded`)
      }
    } catch (error) {
      abandonUpload(world, image.id)
      throw brokeOff(error) ? new GlanceError(400, `The upload of image ${image.id} broke off`) : error
    }
    return noContent()
  },
})

/** Whether a stream ended because the client went away. */
function brokeOff(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR'
}

export const downloadImage = operation({
  id: 'GlanceDownloadImage',
  face: 'openstack',
  method: 'GET',
  path: '/v2/images/{image_id}/file',
  summary: 'Download the bytes of an image, whole or a range of them',
  action: 'ims:images:get',
  request: z.object({ params: ImageParams }),
  responses: { 200: null, 204: null, 206: null },
  handle(call, { params }) {
    const image = visibleImage(call, params.image_id)
    if (image.owner !== callerOf(call).projectId)
      throw new GlanceError(403, `Only the owner of image ${image.id} may download it`)
    if (image.blobId === null || image.status !== 'active') return noContent()
    return sendBytes(call, image, image.blobId)
  },
})

function sendBytes(call: Call, image: Image, blobId: string): Answer {
  const size = call.world.blobs.size(blobId)
  const range = requestedRange(call.headers.get('range'), size)
  const { start, end } = range ?? { start: 0, end: size }
  return {
    status: range ? 206 : 200,
    bytes: call.world.blobs.read(blobId, start, end),
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Length': String(end - start),
      'Accept-Ranges': 'bytes',
      ...(range
        ? { 'Content-Range': `bytes ${start}-${end - 1}/${size}` }
        : image.checksum !== null && { 'Content-MD5': image.checksum }),
    },
  }
}

/** The part of a file that a Range header asks for, end exclusive; undefined for the whole. One range only (416 otherwise). */
function requestedRange(header: string | null, size: number): { start: number; end: number } | undefined {
  if (header === null) return undefined
  const match = /^bytes=(\d*)-(\d*)$/.exec(header.trim())
  const [first = '', last = ''] = match?.slice(1) ?? []
  if (match === null || (first === '' && last === '')) throw unsatisfiable(header, size)
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1)
  if (start >= end) throw unsatisfiable(header, size)
  return { start, end }
}

function unsatisfiable(header: string, size: number): GlanceError {
  return new GlanceError(416, `Range ${header} cannot be satisfied: the image has ${size} bytes`)
}
