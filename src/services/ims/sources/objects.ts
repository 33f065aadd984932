import { createReadStream } from 'node:fs'
import type { RequestContext } from '../../../contract/call.ts'
import type { Obstacle } from '../../../database/buckets.ts'
import { type ByteSource, byteSourceOf, windowOf } from '../../../lib/disk-image/byte-source.ts'
import { type DiskFormat, type DiskImage, inspectDiskImage } from '../../../lib/disk-image/inspect.ts'
import { type OvaDisk, ovaDisks } from '../../../lib/disk-image/ova.ts'
import type { World } from '../../../simulation/world.ts'
import { bucketRegion } from '../../obs/tables.ts'
import { fail } from '../errors.ts'

/** `bucket:object` */
export interface ObjectUrl {
  bucket: string
  key: string
}

/** The cloud's own formats. They have no public description, so the name of a file decides. */
type OwnFormat = 'zvhd' | 'zvhd2'

/** The properties of the disk in a file. */
export interface FileDisk extends Omit<DiskImage, 'format' | 'version' | 'virtualSize'> {
  format: DiskFormat | OwnFormat
  /** Bytes; null when the format does not tell. */
  virtualSize: number | null
}

/** A disk in an object, or in a part of one, in bytes; `end` is exclusive. */
export interface LocatedDisk {
  source: ObjectUrl
  start: number
  end: number
  disk: FileDisk
}

const GIB = 2 ** 30
/** Largest file for everything but fast import and fast export. */
export const LARGEST_FILE = 128 * GIB
/** Largest file of all. */
export const LARGEST_QUICK_FILE = 1024 * GIB

/**
 * Checks that a bucket exists in the caller's region.
 * @throws CodedRefusal IMG.0069 for an unknown bucket, IMG.0058 for one of another region.
 */
export function checkBucket(context: RequestContext, bucket: string): void {
  const { world, caller } = context
  if (!world.buckets.exists(bucket)) throw fail('IMG.0069', { bucket })
  const region = bucketRegion(world.db, bucket)
  if (region !== undefined && region !== caller.region) throw fail('IMG.0058', { bucket, region })
}

/**
 * Inspects the disk in an object.
 * @param largest bytes that the object may have.
 * @throws CodedRefusal IMG.0069 and IMG.0058 for the bucket, IMG.0057 for an unknown object and for one that is no disk image,
 * IMG.0059 for one that is too large.
 */
export function diskInObject(context: RequestContext, url: ObjectUrl, largest = LARGEST_FILE): LocatedDisk {
  using file = readObject(context, url)
  if (file.size > largest) throw fail('IMG.0059', { ...url, size: file.size, largest })
  const inspection = inspectDiskImage(file)
  const own = file.size > 0 ? ownFormat(url.key) : undefined
  if (own !== undefined && (!inspection.ok || inspection.image.format === 'raw')) {
    const disk: FileDisk = { format: own, virtualSize: null, encrypted: false, backingFile: null }
    return { source: url, start: 0, end: file.size, disk }
  }
  if (!inspection.ok) throw fail('IMG.0057', { ...url, found: inspection.reason })
  return { source: url, start: 0, end: file.size, disk: inspection.image }
}

function ownFormat(key: string): OwnFormat | undefined {
  if (/\.zvhd2$/i.test(key)) return 'zvhd2'
  return /\.zvhd$/i.test(key) ? 'zvhd' : undefined
}

/** True for an OVA, an archive with several disks; the name decides. */
export function isOva({ key }: ObjectUrl): boolean {
  return /\.ova$/i.test(key)
}

/**
 * Inspects the disks in an OVA. The limits of other files apply to the whole archive.
 * @throws CodedRefusal as `diskInObject`
 */
export function disksInOva(context: RequestContext, url: ObjectUrl): LocatedDisk[] {
  using file = readObject(context, url)
  if (file.size > LARGEST_FILE) throw fail('IMG.0059', { ...url, size: file.size })
  const disks = ovaDisks(file)
  if (disks === undefined) throw fail('IMG.0057', { ...url, found: 'no OVA with disks' })
  return disks.map(({ name, offset, size }: OvaDisk) => {
    const inspection = inspectDiskImage(windowOf(file, offset, size))
    if (!inspection.ok) throw fail('IMG.0057', { ...url, name, found: inspection.reason })
    return { source: url, start: offset, end: offset + size, disk: inspection.image }
  })
}

/** True when the bitmap of a raw file lies beside it, under the same name with the ending `.mf`. */
export function hasBitmap(world: World, { bucket, key }: ObjectUrl): boolean {
  const name = key.replace(/\.[^./]*$/, '')
  return world.buckets.find(bucket, `${name}.mf`) !== undefined
}

function readObject(context: RequestContext, url: ObjectUrl): ByteSource & Disposable {
  const { world } = context
  checkBucket(context, url.bucket)
  return byteSourceOf(openObject(world, url))
}

/** @throws CodedRefusal IMG.0057 for an object that does not exist or cannot be read. */
function openObject({ buckets }: World, url: ObjectUrl): number {
  const file = buckets.open(url.bucket, url.key)
  if (file === undefined) throw fail('IMG.0057', { ...url, found: 'no such object' })
  return file
}

/**
 * Reads the bytes of a disk.
 * @throws CodedRefusal IMG.0057 when its object has been removed meanwhile.
 */
export function readDisk(world: World, { source, start, end }: LocatedDisk): AsyncIterable<Uint8Array> {
  return createReadStream('', { fd: openObject(world, source), start, end: end - 1 })
}

/** The error code of an export by what is in the way of its object. */
export const TARGET_ERROR = {
  'no bucket': 'IMG.0069',
  outside: 'IMG.0069',
  'name too long': 'IMG.0074',
  taken: 'IMG.0070',
  'below a file': 'IMG.0070',
} as const satisfies Record<Obstacle, string>
