import type { RequestContext } from '../../../contract/call.ts'
import type { ReceivedBytes } from '../../../database/blobs.ts'
import type { World } from '../../../simulation/world.ts'
import { findImage, type Image, updateImage } from '../../ims/queries/images.ts'
import { writeGlanceExtras } from '../queries.ts'
import { badRequest, conflict } from './refusals.ts'
import { checkOwner, visibleImage } from './rights.ts'
import { stamp } from './stamp.ts'
import { virtualSizeOf } from './virtual-size.ts'

/** Bytes that come to stay, or bytes that are put aside for an import. */
export type UploadKind = 'file' | 'stage'

const STATUS: Readonly<Record<UploadKind, string>> = { file: 'saving', stage: 'uploading' }

/** Lets bytes come in for an image that waits for them; from now on it takes no others. */
export function beginStockUpload(context: RequestContext, id: string, kind: UploadKind): Image {
  const { world, caller } = context
  const image = visibleImage(context, id)
  checkOwner(caller, image, kind === 'file' ? `Not allowed to upload image data for image ${id}` : undefined)
  const status = STATUS[kind]
  if (image.status !== 'queued')
    throw conflict(`Image status transition from ${image.status} to ${status} is not allowed`)
  if (kind === 'file') checkFormats(image)
  world.db.transaction(() => updateImage(world.db, id, { status, updatedAt: stamp(world) }))
  return image
}

function checkFormats({ diskFormat, containerFormat }: Image): void {
  const missing = [
    ...(diskFormat === null ? ['disk_format'] : []),
    ...(containerFormat === null ? ['container_format'] : []),
  ]
  if (missing.length === 0) return
  const what = missing.length === 1 ? 'Property' : 'Properties'
  throw badRequest(`${what} ${missing.join(', ')} must be set prior to saving data.`)
}

/** Keeps bytes that have all arrived; false when the image was deleted meanwhile, and the bytes are dropped. */
export function completeStockUpload(
  world: World,
  id: string,
  kind: UploadKind,
  bytes: ReceivedBytes & { blobId: string },
): boolean {
  const done = world.db.transaction(() => {
    const image = findImage(world.db, id)
    if (image === undefined || image.status !== STATUS[kind]) return false
    const now = stamp(world)
    const kept = { blobId: bytes.blobId, size: bytes.size, updatedAt: now }
    if (kind === 'stage') {
      updateImage(world.db, id, kept)
      writeGlanceExtras(world.db, id, { stagedMd5: bytes.md5, stagedSha512: bytes.sha512 })
    } else {
      updateImage(world.db, id, {
        ...kept,
        status: 'active',
        activeAt: now,
        virtualSize: virtualSizeOf(world, bytes.blobId, image),
        checksum: bytes.md5,
        hashAlgorithm: 'sha512',
        hashValue: bytes.sha512,
      })
    }
    return true
  })
  if (!done) world.blobs.remove(bytes.blobId)
  return done
}

/** Ends an upload that broke off: the image waits for its bytes again. */
export function abandonStockUpload(world: World, id: string, kind: UploadKind): void {
  world.db.transaction(() => {
    if (findImage(world.db, id)?.status === STATUS[kind])
      updateImage(world.db, id, { status: 'queued', updatedAt: stamp(world) })
  })
}
