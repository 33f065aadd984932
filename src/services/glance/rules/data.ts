import type { RequestContext } from '../../../contract/call.ts'
import type { ReceivedBytes } from '../../../database/blobs.ts'
import { openByteSource } from '../../../lib/disk-image/byte-source.ts'
import { type ByteSource, inspectDiskImage } from '../../../lib/disk-image/inspect.ts'
import type { World } from '../../../simulation/world.ts'
import { findImage, type Image, updateImage } from '../../ims/queries/images.ts'
import { badRequest, conflict, forbidden, GlanceError, glanceWouldFail } from '../errors.ts'
import { stamp, writeGlanceExtras } from '../queries.ts'
import { checkOwner, isAdmin, visibleImage } from './rights.ts'

/** `file`: the bytes of an image; `stage`: bytes that an import will read. */
export type UploadKind = 'file' | 'stage'

const STATUS: Readonly<Record<UploadKind, string>> = { file: 'saving', stage: 'uploading' }

/** Starts an upload to a queued image, which refuses further uploads from now on (409). */
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

/**
 * Records bytes that have arrived completely.
 * @returns false when the image was deleted during the upload; the bytes are removed then.
 */
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

/** Ends an aborted upload: the image is queued again. */
export function abandonStockUpload(world: World, id: string, kind: UploadKind): void {
  world.db.transaction(() => {
    if (findImage(world.db, id)?.status === STATUS[kind])
      updateImage(world.db, id, { status: 'queued', updatedAt: stamp(world) })
  })
}

/** Bytes in which every header that Glance reads starts. */
const HEADER = 512

/**
 * The size of the disk in a file, in bytes, as Glance's format inspector finds it: for bare images, by the declared disk
 * format. Null when the file does not have that format.
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

/** Longest descriptor that Glance reads, bytes. */
const LONGEST_DESCRIPTOR = 2 ** 20 - 1
/** Offset of grain tables at the end of the file, which Glance does not follow. */
const TABLES_AT_END = 2n ** 64n - 1n

/** Reads sparse files with the descriptor in the usual place and a type that has the whole disk in one file. */
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
  if (!hasData(image) || image.blobId === null || !world.blobs.has(image.blobId)) {
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
