import { aclOfHeaders } from '../acl.ts'
import { accountOf } from '../answers.ts'
import type { Bucket } from '../buckets.ts'
import { obsError } from '../errors.ts'
import { etagOf } from '../etags.ts'
import {
  findObject,
  type ObjectBytes,
  type ObjectFields,
  type ObjectUrl,
  putObject,
  receiveObject,
} from '../objects.ts'
import type { ObsCall } from '../obs-call.ts'
import { bytesIn } from '../queries/usage.ts'
import { classIn, storedFields } from '../stored-headers.ts'
import { tagsOfHeader } from '../tags.ts'
import { checked } from '../wire/checksums.ts'
import { checkConditions, readConditions } from '../wire/conditions.ts'
import { dialectHeader } from '../wire/dialect.ts'
import { childText, parseXml } from '../wire/xml.ts'
import { existingBucket } from './existing.ts'

/** Largest object that is put at once, bytes. */
const LARGEST = 5 * 2 ** 30

/** Receives the bytes of a request into a blob, and checks them against what the client says about them. */
export async function receiveBytes(call: ObsCall): Promise<ObjectBytes> {
  const { headers, world, promised } = call
  const announced = headers.get('x-amz-decoded-content-length')
  const length = Number(announced ?? headers.get('content-length') ?? 0)
  if (length > LARGEST) throw obsError('EntityTooLarge', { length })
  const received = await receiveObject(world, checked(call.bytes, promised))
  if (announced === null || Number(announced) === received.size) return received
  world.blobs.remove(received.blobId)
  throw obsError('IncompleteBody', { announced, received: received.size })
}

/** What the headers of a request say about a new object in a bucket. */
export function fieldsOfNew(call: ObsCall, bucketClass: string): ObjectFields {
  const { headers, dialect, caller } = call
  const ownerId = accountOf(caller)
  const acl = aclOfHeaders(headers, dialect, ownerId)
  return {
    ...storedFields(headers, dialect),
    storageClass: classIn(headers, dialect) ?? bucketClass,
    ownerId,
    acl: acl === undefined ? null : JSON.stringify(acl),
    tags: tagsOfHeader(dialectHeader(headers, dialect, 'tagging')),
  }
}

/** Checks the conditions under which a request puts an object. @throws CodedRefusal PreconditionFailed, NoSuchKey */
export function checkPutConditions({ world, headers }: ObsCall, url: ObjectUrl): void {
  const conditions = readConditions((name) => headers.get(name))
  if (conditions.ifMatch === undefined && conditions.ifNoneMatch === undefined) return
  const before = findObject(world, url)
  if (before === undefined) {
    if (conditions.ifMatch !== undefined) throw obsError('NoSuchKey', { ...url })
    return
  }
  const version = { etag: etagOf(before), modifiedAt: before.modifiedAt }
  if (checkConditions(conditions, version) !== undefined) throw obsError('PreconditionFailed', { ...url })
}

/** @throws CodedRefusal InsufficientStorageSpace when a bucket has no room for more bytes. */
function checkQuota({ world }: ObsCall, { name, settings }: Bucket, size: number): void {
  if (settings.quota === undefined) return
  const quota = Number(childText(parseXml(settings.quota), 'StorageQuota') ?? 0)
  if (quota > 0 && bytesIn(world.db, name) + size > quota)
    throw obsError('InsufficientStorageSpace', { bucket: name, quota })
}

/**
 * Makes an object of received bytes in one transaction. The bytes are dropped when the bucket went away meanwhile, or another
 * request fulfilled the conditions first.
 */
export function commitObject(
  call: ObsCall,
  url: ObjectUrl,
  bytes: ObjectBytes,
  fields: ObjectFields,
  check = () => checkPutConditions(call, url),
): void {
  const { world } = call
  try {
    world.db.transaction(() => {
      checkQuota(call, existingBucket(call, url.bucket), bytes.size)
      check()
      putObject(world, url, bytes, fields)
    })
  } catch (error) {
    world.blobs.remove(bytes.blobId)
    throw error
  }
}
