import type { RequestContext } from '../../../contract/call.ts'
import type { ReceivedBytes } from '../../../database/blobs.ts'
import { openByteSource } from '../../../lib/disk-image/byte-source.ts'
import { type ByteSource, inspectDiskImage } from '../../../lib/disk-image/inspect.ts'
import type { World } from '../../../simulation/world.ts'
import { findImage, type Image, updateImage } from '../../ims/queries/images.ts'
import { badRequest, conflict } from '../errors.ts'
import { stamp, writeGlanceExtras } from '../queries.ts'
import { checkOwner, visibleImage } from './rights.ts'

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

/** Every header that Glance reads lies in the first 512 bytes, or begins there. */
const HEADER = 512

/**
 * The size of the disk in a file as Glance finds it: for bare images only, by the format that the image claims, and null
 * where the file does not look like it.
 */
export function virtualSizeOf(
  world: World,
  blobId: string,
  { containerFormat, diskFormat }: { containerFormat: string | null; diskFormat: string | null },
): number | null {
  if (containerFormat !== 'bare') return null
  using file = openByteSource(world.blobs.path(blobId))
  if (diskFormat === 'raw') return file.size === 0 ? null : file.size
  if (file.size < HEADER) return null
  if (diskFormat === 'vhdx') {
    const found = inspectDiskImage(file)
    return found.ok && found.image.format === 'vhdx' ? found.image.virtualSize : null
  }
  const size = READERS[diskFormat ?? '']?.(file)
  return size === undefined || size === 0n || size > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(size)
}

type Reader = (file: ByteSource) => bigint | undefined

const READERS: Readonly<Record<string, Reader>> = { qcow2, vhd, vdi, vmdk }

function at(file: ByteSource, offset: number, length: number): DataView {
  const bytes = file.read(offset, length)
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function text(file: ByteSource, offset: number, length: number): string {
  return Buffer.from(file.read(offset, length)).toString('latin1')
}

function qcow2(file: ByteSource): bigint | undefined {
  return text(file, 0, 4) === 'QFI\xfb' ? at(file, 24, 8).getBigUint64(0) : undefined
}

function vhd(file: ByteSource): bigint | undefined {
  return text(file, 0, 8) === 'conectix' ? at(file, 40, 8).getBigUint64(0) : undefined
}

function vdi(file: ByteSource): bigint | undefined {
  const magic = 0xbeda107f
  return at(file, 0x40, 4).getUint32(0, true) === magic ? at(file, 0x170, 8).getBigUint64(0, true) : undefined
}

/** A descriptor of more bytes is not read to its end. */
const LONGEST_DESCRIPTOR = 2 ** 20 - 1
/** Says that the tables stand at the end of the file, which Glance does not follow. */
const TABLES_AT_END = 2n ** 64n - 1n

/** Sparse files whose descriptor stands where it belongs, and says that the file holds the whole disk. */
function vmdk(file: ByteSource): bigint | undefined {
  if (text(file, 0, 4) !== 'KDMV') return undefined
  const header = at(file, 0, 64)
  const version = header.getUint32(4, true)
  const fits = version >= 1 && version <= 3 && header.getBigUint64(28, true) === 1n
  if (!fits || header.getBigUint64(56, true) === TABLES_AT_END) return undefined
  const length = Math.min(Number(header.getBigUint64(36, true)) * HEADER, LONGEST_DESCRIPTOR)
  if (file.size < HEADER + length) return undefined
  const type = /createType="([^"]{0,63})"/.exec(text(file, HEADER, length))?.[1] ?? ''
  return ['monolithicSparse', 'streamOptimized'].includes(type)
    ? header.getBigUint64(12, true) * 512n
    : undefined
}
