import { closeSync, createReadStream, fstatSync, openSync } from 'node:fs'
import { afterCommit } from '../../database/after-commit.ts'
import { byBytes } from '../../database/bucket-folder.ts'
import { chunkMemory } from '../../lib/chunk-memory.ts'
import type { World } from '../../simulation/world.ts'
import { removeBucket, STANDARD } from './buckets.ts'
import {
  deleteObjectRow,
  findObjectRow,
  hiddenKeys,
  hideFile,
  insertObjectRow,
  isHidden,
  type KeyRange,
  objectRows,
} from './queries/objects.ts'
import type { ObjectRow } from './tables.ts'

/** `bucket:object` */
export interface ObjectUrl {
  bucket: string
  key: string
}

/**
 * An object as it is read: one of the world, whose bytes are a blob, or a file: of `--buckets`, whose ETag nobody has computed,
 * or the copy of an object of the object store.
 */
export interface StoredObject extends Omit<ObjectRow, 'blobId' | 'etag'> {
  etag: string | null
  /** Where the bytes are; they may be gone by the time that they are opened. */
  bytes: { blobId: string } | { file: string }
}

function fromRow({ blobId, ...row }: ObjectRow): StoredObject {
  return { ...row, bytes: { blobId } }
}

function fromFile({ bucketFolder }: World, { bucket, key }: ObjectUrl): StoredObject | undefined {
  const file = bucketFolder.find(bucket, key)
  if (file === undefined) return undefined
  return {
    bucket,
    key,
    size: file.size,
    etag: file.etag ?? null,
    modifiedAt: file.modifiedAt,
    ...PLAIN,
    storageClass: file.storageClass ?? STANDARD,
    bytes: { file: file.path },
  }
}

/** The fields of an object that nothing was said about. */
const PLAIN = {
  storageClass: STANDARD,
  contentType: null,
  headers: {},
  metadata: {},
  ownerId: null,
  acl: null,
  tags: [],
}

/** Finds an object: one of the world, or else a file of `--buckets` that the world has not deleted. */
export function findObject(world: World, url: ObjectUrl): StoredObject | undefined {
  const row = findObjectRow(world.db, url.bucket, url.key)
  if (row !== undefined) return fromRow(row)
  return isHidden(world.db, url.bucket, url.key) ? undefined : fromFile(world, url)
}

/**
 * Opens the bytes of an object and returns their file descriptor; undefined when they are gone. They stay readable when the
 * object is replaced or deleted.
 */
export function openObject({ blobs, bucketFolder }: World, object: StoredObject): number | undefined {
  if ('file' in object.bytes) return bucketFolder.open(object.bucket, object.key)
  try {
    return openSync(blobs.path(object.bytes.blobId), 'r')
  } catch {
    return undefined
  }
}

/** True when the bytes of an object are all there: a world that was downloaded without its blobs has none. */
export function isReadable(world: World, object: StoredObject): boolean {
  const file = openObject(world, object)
  if (file === undefined) return false
  const { size } = fstatSync(file)
  closeSync(file)
  return size >= object.size
}

/** Streams bytes of an object; `end` is exclusive. The object is opened when the first of them are read. */
export async function* readObject(
  world: World,
  object: StoredObject,
  start = 0,
  end = object.size,
): AsyncGenerator<Uint8Array> {
  if (start >= end) return
  const file = openObject(world, object)
  if (file === undefined) throw new Error(`the object ${object.bucket}:${object.key} cannot be read any more`)
  const collectChunks = chunkMemory()
  for await (const chunk of createReadStream('', { fd: file, start, end: end - 1 })) {
    yield chunk
    collectChunks(chunk)
  }
}

/** Streams the bytes of a new object into a blob. */
export async function receiveObject(
  { chance, blobs }: World,
  bytes: AsyncIterable<Uint8Array>,
): Promise<ObjectBytes> {
  const blobId = chance.uuid('blob')
  const { size, md5 } = await blobs.receive(blobId, bytes)
  return { blobId, size, etag: md5 }
}

/** Bytes that have arrived in a blob, which the object owns from now on. */
export interface ObjectBytes {
  blobId: string
  size: number
  /** MD5 in hex, or for an object of several parts the MD5 of theirs with their number. */
  etag: string
}

/** The fields of an object beside its name and its bytes. */
export type ObjectFields = Partial<Omit<ObjectRow, 'bucket' | 'key' | 'blobId' | 'size' | 'etag'>>

/** Makes an object of a blob in place of an earlier one. Call it inside the transaction that decides about it. */
export function putObject(world: World, url: ObjectUrl, bytes: ObjectBytes, fields: ObjectFields = {}): void {
  const { db, clock } = world
  db.transaction(() => {
    removeRow(world, url)
    insertObjectRow(db, { ...url, ...bytes, ...PLAIN, modifiedAt: clock.now(), ...fields })
  })
}

function removeRow({ db, blobs }: World, { bucket, key }: ObjectUrl): void {
  const before = findObjectRow(db, bucket, key)
  if (before === undefined) return
  deleteObjectRow(db, bucket, key)
  afterCommit(db, () => blobs.remove(before.blobId))
}

/** Deletes an object in the world: a file of `--buckets` is hidden. @returns false when there was none. */
export function deleteObject(world: World, url: ObjectUrl): boolean {
  return world.db.transaction(() => {
    if (findObject(world, url) === undefined) return false
    removeRow(world, url)
    if (world.bucketFolder.find(url.bucket, url.key) !== undefined) hideFile(world.db, url.bucket, url.key)
    return true
  })
}

/** Some objects of a bucket in the order of the UTF-8 bytes of their keys. */
export interface ObjectPage {
  objects: StoredObject[]
  /** True when there are more after them. */
  truncated: boolean
}

/** Lists objects of the world and the files of `--buckets` beneath them. */
export function listObjects(world: World, bucket: string, range: KeyRange): ObjectPage {
  const { prefix, after, limit } = range
  const rows = objectRows(world.db, bucket, { ...range, limit: limit + 1 })
  const found = new Map(rows.map((row) => [row.key, fromRow(row)]))
  const hidden = hiddenKeys(world.db, bucket)
  const files = world.bucketFolder
    .keys(bucket)
    .filter((key) => key.startsWith(prefix) && byBytes(key, after) > 0 && !found.has(key) && !hidden.has(key))
    .slice(0, limit + 1)
  for (const key of files) {
    const file = fromFile(world, { bucket, key })
    if (file !== undefined) found.set(key, file)
  }
  const inOrder = [...found.values()].sort((one, other) => byBytes(one.key, other.key))
  return { objects: inOrder.slice(0, limit), truncated: inOrder.length > limit }
}

/**
 * True for an object that could be no file beside the others of the world: its key is a folder of another one, or one of its
 * folders is the key of another.
 */
export function isAmongFolders({ db }: World, { bucket, key }: ObjectUrl): boolean {
  if (objectRows(db, bucket, { prefix: `${key}/`, after: '', limit: 1 }).length > 0) return true
  const folders = key.split('/').slice(0, -1)
  return folders.some((_, n) => findObjectRow(db, bucket, folders.slice(0, n + 1).join('/')) !== undefined)
}

/** Deletes a bucket with all that is in it. */
export function deleteBucketAndObjects(world: World, bucket: string): void {
  const { db, bucketFolder } = world
  db.transaction(() => {
    for (const { key } of objectRows(db, bucket, EVERY_KEY)) removeRow(world, { bucket, key })
    for (const key of bucketFolder.keys(bucket)) hideFile(db, bucket, key)
    removeBucket(world, bucket)
  })
}

const EVERY_KEY: KeyRange = { prefix: '', after: '', limit: Number.MAX_SAFE_INTEGER }
