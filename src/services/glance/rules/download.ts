import type { RequestContext } from '../../../contract/call.ts'
import type { Image } from '../../ims/queries/images.ts'
import { badRequest, forbidden, GlanceError, glanceWouldFail } from '../errors.ts'
import { isAdmin, visibleImage } from './rights.ts'

/** The bytes of a download. */
export interface Download {
  image: Image
  blobId: string
  size: number
  part: Part | undefined
}

/**
 * Finds the bytes of an image, or the part of them that a request asks for.
 * @returns undefined when the image has no bytes.
 * @throws GlanceError 403 for a deactivated image, 416 for a range outside of the bytes.
 */
export function findBytes(
  context: RequestContext,
  id: string,
  headers: { range: string | null; contentRange: string | null },
): Download | undefined {
  const { world, caller } = context
  const image = visibleImage(context, id)
  if (image.status === 'deactivated' && !isAdmin(caller))
    throw forbidden('The requested image has been deactivated. Image data download is forbidden.')
  const asked =
    headers.range !== null
      ? readRange(headers.range)
      : headers.contentRange !== null
        ? readContentRange(headers.contentRange)
        : undefined
  if (!hasData(image) || image.blobId === null) {
    if (asked === undefined) return undefined
    if (image.size === null) throw glanceWouldFail('a part of an image without data')
    asked(image.size)
    return undefined
  }
  const size = world.blobs.size(image.blobId)
  return { image, blobId: image.blobId, size, part: asked?.(size) }
}

/** A part of the bytes of an image, as offsets in bytes; `end` is exclusive. */
interface Part {
  start: number
  end: number
}

function unsatisfiable(detail: string): GlanceError {
  return new GlanceError(416, undefined, { detail })
}

/** Parses a `Range` header. The function that it returns computes the part of bytes of a size. */
function readRange(header: string): (size: number) => Part {
  if (header.includes(','))
    throw badRequest(
      'Requests with multiple ranges are not supported in Glance. You may make multiple single-range requests instead.',
    )
  const match = /^bytes *= *(\d*) *- *(\d*)/i.exec(header)
  if (match === null) throw unsatisfiable('Invalid Range header.')
  const [, first = '', last = ''] = match
  if (first === '' && last === '') throw glanceWouldFail('a Range without ends')
  if (first !== '' && last !== '' && Number(first) > Number(last))
    throw unsatisfiable('Invalid Range header.')
  return (size) => {
    if (first === '') return { start: Number(last) === 0 ? 0 : Math.max(0, size - Number(last)), end: size }
    if (Number(first) >= size) throw badStart('Range', size)
    return { start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) }
  }
}

function badStart(header: string, size: number): GlanceError {
  return unsatisfiable(
    `Invalid start position in ${header} header. Start position MUST be in the inclusive range [0, ${size - 1}].`,
  )
}

/** Parses a `Content-Range` header, with which old clients ask for a part. */
function readContentRange(header: string): (size: number) => Part {
  const match = /^bytes (?:(\d+)-(\d+)|[*])\/(?:(\d+)|[*])/.exec(header)
  const [, first, last, length] = match ?? []
  if (match === null) throw unsatisfiable('Invalid Content-Range header.')
  if (first === undefined || last === undefined) throw glanceWouldFail('a Content-Range without ends')
  const [start, stop] = [Number(first), Number(last)]
  if (start > stop || (length !== undefined && stop >= Number(length)))
    throw unsatisfiable('Invalid Content-Range header.')
  return (size) => {
    if (length === undefined && stop >= size)
      throw unsatisfiable(
        `Invalid stop position in Content-Range header. The stop position MUST be in the inclusive range [0, ${size - 1}].`,
      )
    if (start >= size) throw badStart('Content-Range', size)
    return { start, end: Math.min(size, stop + 1) }
  }
}

/** Tells if an image has bytes that can be downloaded. Staged bytes cannot. */
export function hasData({ blobId, status }: Pick<Image, 'blobId' | 'status'>): boolean {
  return blobId !== null && status !== 'uploading' && status !== 'importing'
}
