import { findDomain } from '../accounts/queries/projects.ts'
import { handle, noContent, ok, reply } from '../contract/operation.ts'
import { StoreFailure } from '../database/object-store/connection.ts'
import { ControlError } from '../lib/errors.ts'
import { wireMillis } from '../lib/time.ts'
import {
  type Bucket,
  bucketNameMistake,
  findBucket,
  listBuckets,
  STANDARD,
  writeBucket,
} from '../services/obs/buckets.ts'
import { emptyDisk } from '../services/obs/empty-disk.ts'
import {
  deleteBucketAndObjects,
  deleteObject,
  findObject,
  isReadable,
  listObjects,
  type ObjectBytes,
  type ObjectUrl,
  putObject,
  readObject,
  receiveObject,
  type StoredObject,
} from '../services/obs/objects.ts'
import { pullObject } from '../services/obs/pull-object.ts'
import type { OpenWorld } from '../worlds/open-world.ts'
import type { ControlCall } from './call.ts'
import * as contract from './contract/buckets.ts'

function renderBucket({ name, ownerId, region, storageClass }: Bucket): contract.BucketWire {
  return { name, domain_id: ownerId, region, storage_class: storageClass }
}

function renderObject(object: StoredObject): contract.ObjectWire {
  const { key, size, etag, contentType, storageClass, modifiedAt } = object
  return {
    key,
    size,
    etag,
    content_type: contentType,
    storage_class: storageClass,
    last_modified: wireMillis(modifiedAt),
  }
}

const list = handle(contract.listBuckets, ({ world }: ControlCall) =>
  ok({ buckets: listBuckets(world).map(renderBucket) }),
)

const make = handle(contract.makeBucket, ({ world }: ControlCall, { params: { bucket: name }, body }) => {
  checkBucketName(name)
  if (findBucket(world, name) !== undefined)
    throw new ControlError(409, `a bucket is called ${name} already; DELETE it first`)
  const { domain_id: ownerId = null, region = null, storage_class: storageClass = STANDARD } = body
  if (ownerId !== null && findDomain(world.db, ownerId) === undefined)
    throw new ControlError(400, `domain_id: there is no account ${ownerId} in this world`)
  return reply(201, { body: renderBucket(writeBucket(world, { name, ownerId, region, storageClass })) })
})

function checkBucketName(name: string): void {
  const mistake = bucketNameMistake(name)
  if (mistake !== undefined) throw new ControlError(400, mistake)
}

/** @throws ControlError 404 when there is no such bucket. */
function existing(world: OpenWorld, name: string): Bucket {
  const bucket = findBucket(world, name)
  if (bucket !== undefined) return bucket
  const names = listBuckets(world).map((each) => each.name)
  throw new ControlError(404, `no bucket is called ${name}; there are: ${names.join(', ') || 'none'}`)
}

const remove = handle(contract.deleteBucket, ({ world }: ControlCall, { params }) => {
  deleteBucketAndObjects(world, existing(world, params.bucket).name)
  return noContent()
})

/** Objects on one page of a list. */
const PAGE = 1000

const listOfBucket = handle(contract.listObjects, ({ world }: ControlCall, { params, query }) => {
  const { objects, truncated } = listObjects(world, existing(world, params.bucket).name, {
    ...query,
    limit: PAGE,
  })
  return ok({
    objects: objects.map(renderObject),
    next: truncated ? (objects.at(-1)?.key ?? null) : null,
  })
})

/** Longest key, bytes. */
const LONGEST_KEY = 1024

const put = handle(contract.putObject, async ({ world, bytes, headers }: ControlCall, { params, query }) => {
  const { disk: format, size, storage_class: storageClass = STANDARD } = query
  checkBucketName(params.bucket)
  if (Buffer.byteLength(params.key) > LONGEST_KEY)
    throw new ControlError(400, `key: it has more than ${LONGEST_KEY} bytes`)
  if ((format === undefined) !== (size === undefined))
    throw new ControlError(400, 'disk and size belong together; write disk=qcow2&size=1GiB')
  const contentType = headers.get('content-type')
  const received =
    format !== undefined && size !== undefined
      ? keptDisk(world, { format, size })
      : await receiveObject(world, bytes)
  writeReceived(world, params, received, { storageClass, contentType })
  return reply(201, { body: renderObject(existingObject(world, params)) })
})

function keptDisk(world: OpenWorld, disk: Parameters<typeof emptyDisk>[0]): ObjectBytes {
  const made = emptyDisk(disk)
  if ('mistake' in made) throw new ControlError(400, `size: ${made.mistake}`)
  const blobId = world.chance.uuid('blob')
  const { size, md5 } = world.blobs.keep(blobId, made.bytes)
  return { blobId, size, etag: md5 }
}

function writeReceived(
  world: OpenWorld,
  url: ObjectUrl,
  bytes: ObjectBytes,
  fields: Pick<StoredObject, 'storageClass' | 'contentType'>,
): void {
  try {
    world.db.transaction(() => {
      if (findBucket(world, url.bucket) === undefined)
        writeBucket(world, { name: url.bucket, ownerId: null, region: null })
      putObject(world, url, bytes, fields)
    })
  } catch (error) {
    world.blobs.remove(bytes.blobId)
    throw error
  }
}

/** @throws ControlError 404 when there is no such object. */
function existingObject(world: OpenWorld, { bucket, key }: ObjectUrl): StoredObject {
  existing(world, bucket)
  const object = findObject(world, { bucket, key })
  if (object === undefined)
    throw new ControlError(
      404,
      `there is no object ${key} in the bucket ${bucket}; GET /_ims/buckets/${bucket}/objects lists them`,
    )
  return object
}

/** Fetches an object from the object store, where there is one. @throws ControlError 502 when the store fails. */
async function pullStored(world: OpenWorld, url: ObjectUrl): Promise<void> {
  try {
    using _pulled = await pullObject(world, url)
  } catch (error) {
    throw error instanceof StoreFailure ? new ControlError(502, error.message) : error
  }
}

const get = handle(contract.getObject, async ({ world }: ControlCall, { params }) => {
  await pullStored(world, params)
  const object = existingObject(world, params)
  if (!isReadable(world, object))
    throw new ControlError(404, `the bytes of the object ${params.key} are missing, or cannot be read`)
  return reply(200, {
    bytes: readObject(world, object),
    headers: {
      'Content-Type': object.contentType ?? 'application/octet-stream',
      'Content-Length': String(object.size),
      ...(object.etag !== null && { ETag: `"${object.etag}"` }),
    },
  })
})

const removeObject = handle(contract.deleteObject, ({ world }: ControlCall, { params: { bucket, key } }) => {
  existingObject(world, { bucket, key })
  deleteObject(world, { bucket, key })
  return noContent()
})

export const bucketOperations = [list, make, remove, listOfBucket, put, get, removeObject]
