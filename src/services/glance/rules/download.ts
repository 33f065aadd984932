import type { RequestContext } from '../../../contract/call.ts'
import type { Image } from '../../ims/queries/images.ts'
import { type Part, readContentRange, readRange } from './range.ts'
import { forbidden, glanceWouldFail } from './refusals.ts'
import { isAdmin, visibleImage } from './rights.ts'
import { hasData } from './view.ts'

/** What of an image a caller is given: bytes, a part of them when one was asked for, or none because there are none. */
export interface Download {
  image: Image
  blobId: string
  size: number
  part: Part | undefined
}

/** Finds the bytes of an image that a caller may fetch; undefined when it has none. */
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
