import { createReadStream } from 'node:fs'
import type { RequestContext } from '../../../contract/call.ts'
import { type ByteSource, byteSourceOf, windowOf } from '../../../lib/disk-image/byte-source.ts'
import { type DiskImage, inspectDiskImage } from '../../../lib/disk-image/inspect.ts'
import { type OvaDisk, ovaDisks } from '../../../lib/disk-image/ova.ts'
import { AccessDenied } from '../../../lib/errors.ts'
import type { World } from '../../../simulation/world.ts'
import { type BucketAction, mayUse } from '../../obs/access.ts'
import { type Bucket, findBucket, listBuckets, STANDARD } from '../../obs/buckets.ts'
import { findObject, type ObjectUrl, openObject } from '../../obs/objects.ts'
import { isAllowed } from '../../obs/rights.ts'
import { fail, imsErrors } from '../errors.ts'

/** The cloud's own formats. Without a public description, the name of a file decides unless it is one of this emulator. */
type OwnFormat = 'zvhd' | 'zvhd2'

/** The properties of the disk in a file. */
export interface FileDisk extends Omit<DiskImage, 'version' | 'virtualSize'> {
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
 * Checks that the caller may use a bucket, which lies in the caller's region and is of the class for frequent access.
 * @throws CodedRefusal IMG.0069 for an unknown bucket, for one that the caller may not use, and for one of another class; IMG.0058
 * for one of another region.
 */
export function checkBucket(context: RequestContext, url: ObjectUrl, action: BucketAction): void {
  const { world, caller } = context
  const bucket = findBucket(world, url.bucket)
  if (bucket === undefined)
    throw fail('IMG.0069', { ...url, buckets: listBuckets(world).map(({ name }) => name) })
  checkRight(context, bucket, url, action)
  const { region, storageClass } = bucket
  if (region !== null && region !== caller.region) throw fail('IMG.0058', { ...url, region })
  if (storageClass !== STANDARD) throw fail('IMG.0069', { ...url, storageClass })
}

/**
 * Checks the right of the caller to an object. A lenient world asks for the account of the bucket or a policy of the bucket. A strict
 * one asks what the object service asks for itself: `obs:object:GetObject` to read a file, `obs:object:PutObject` to write one.
 * @throws CodedRefusal IMG.0069, whose message names the action in a strict world
 */
function checkRight(
  { world, caller }: RequestContext,
  bucket: Bucket,
  url: ObjectUrl,
  action: BucketAction,
): void {
  const found = `a bucket of the account ${bucket.ownerId}`
  if (world.auth.mode === 'lenient') {
    if (!mayUse(bucket, { action, key: url.key, caller })) throw fail('IMG.0069', { ...url, found, action })
    return
  }
  const right = `obs:object:${action}`
  if (isAllowed(world, { caller, sourceIp: undefined, userAgent: undefined }, right, url)) return
  const { message } = new AccessDenied(right)
  const text = `${imsErrors.table['IMG.0069'].message} ${message}`
  throw fail('IMG.0069', { ...url, found, action: right }, { text })
}

/**
 * Inspects the disk in an object.
 * @param limits `largest`: bytes that the object may have; `name`: by which it is inspected, in place of its key.
 * @throws CodedRefusal IMG.0069 and IMG.0058 for the bucket, IMG.0057 for an unknown object and for one that is no disk image,
 * IMG.0069 for one of a class for rare access, IMG.0059 for one that is too large.
 */
export function diskInObject(
  context: RequestContext,
  url: ObjectUrl,
  {
    largest = LARGEST_FILE,
    name = url.key,
  }: { largest?: number | undefined; name?: string | undefined } = {},
): LocatedDisk {
  using file = readObject(context, url)
  if (file.size > largest) throw fail('IMG.0059', { ...url, size: file.size, largest })
  const inspection = inspectDiskImage(file, name)
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
    const inspection = inspectDiskImage(windowOf(file, offset, size), name)
    if (!inspection.ok) throw fail('IMG.0057', { ...url, name, found: inspection.reason })
    return { source: url, start: offset, end: offset + size, disk: inspection.image }
  })
}

/** The place of the bitmap of a raw file: beside it, under the same name with the ending `.mf`. */
export function bitmapOf({ bucket, key }: ObjectUrl): ObjectUrl {
  return { bucket, key: `${key.replace(/\.[^./]*$/, '')}.mf` }
}

/** True when the bitmap of a raw file is there. */
export function hasBitmap(world: World, url: ObjectUrl): boolean {
  return findObject(world, bitmapOf(url)) !== undefined
}

function readObject(context: RequestContext, url: ObjectUrl): ByteSource & Disposable {
  const { world } = context
  checkBucket(context, url, 'GetObject')
  return byteSourceOf(opened(world, url))
}

/** @throws CodedRefusal IMG.0057 for an object that does not exist or cannot be read, IMG.0069 for one of another class. */
function opened(world: World, url: ObjectUrl): number {
  const object = findObject(world, url)
  if (object !== undefined && object.storageClass !== STANDARD)
    throw fail('IMG.0069', { ...url, storageClass: object.storageClass })
  const file = object && openObject(world, object)
  if (file === undefined) throw fail('IMG.0057', { ...url, found: 'no such object' })
  return file
}

/**
 * Reads the bytes of a disk.
 * @throws CodedRefusal IMG.0057 when its object has been removed meanwhile.
 */
export function readDisk(world: World, { source, start, end }: LocatedDisk): AsyncIterable<Uint8Array> {
  return createReadStream('', { fd: opened(world, source), start, end: end - 1 })
}
