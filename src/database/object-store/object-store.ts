import { openSync } from 'node:fs'
import { openBlobs } from '../blobs.ts'
import { type BucketFolder, byBytes } from '../bucket-folder.ts'
import type { ReadPart, S3Client, S3Object } from './s3-client.ts'

/** How an upload ended: `taken` when the store has another object of the key. */
type Upload = 'stored' | 'taken' | 'no bucket'

/**
 * The buckets of an S3-compatible server, as all worlds see them. What is found there is what the latest `look` or `pull`
 * found: the emulated cloud is synchronous, so it is asked before a request is decided.
 */
export interface ObjectStore extends Pick<BucketFolder, 'list' | 'has' | 'find' | 'open' | 'keys'> {
  /** Asks the store for a bucket and an object in it. @throws StoreFailure */
  look(bucket: string, key: string): Promise<void>
  /**
   * Fetches the bytes of an object, unless its earlier copy is still the same or it has more than `largest` bytes. They can be
   * opened until the result is disposed of.
   * @throws StoreFailure
   */
  pull(bucket: string, key: string, largest: number): Promise<Disposable>
  /**
   * Uploads an object, never in place of another one. One that has the same bytes already was uploaded by a process that
   * crashed before it could say so.
   * @throws StoreFailure
   */
  push(bucket: string, key: string, bytes: { size: number; etag: string; read: ReadPart }): Promise<Upload>
  /** Ends every transfer under way. */
  close(): void
}

/** An object that the store had when it was last asked. */
interface Known extends S3Object {
  bucket: string
  key: string
  /** The blob of its bytes, while there is one. */
  blobId: string | undefined
  /** How many need the bytes now. */
  users: number
}

/** Copies that no request is reading are kept up to this many bytes, for the next import of the same object. */
const KEPT_BYTES = 4 * 2 ** 30

/** The classes of S3 that have another name in the cloud. All others are for frequent access. */
const CLASSES: ReadonlyMap<string | null, string> = new Map([
  ['STANDARD_IA', 'WARM'],
  ['WARM', 'WARM'],
  ['GLACIER', 'COLD'],
  ['COLD', 'COLD'],
  ['DEEP_ARCHIVE', 'DEEP_ARCHIVE'],
])

/** @param folder where the copies are; it is made with the first one. */
export function openObjectStore(client: S3Client, folder: string, keptBytes = KEPT_BYTES): ObjectStore {
  const blobs = openBlobs(folder)
  const buckets = new Set<string>()
  /** By bucket and key, those that were used longest ago first. */
  const objects = new Map<string, Known>()
  const pulls = new Map<string, Promise<void>>()
  const pushes = new Map<string, Promise<Upload>>()
  let received = 0

  function know(bucket: string, key: string, object: S3Object, blobId?: string): void {
    const id = idOf(bucket, key)
    const before = objects.get(id)
    if (before?.blobId !== undefined) blobs.remove(before.blobId)
    objects.delete(id)
    objects.set(id, { ...object, bucket, key, blobId, users: before?.users ?? 0 })
  }

  function forget(bucket: string, key: string): void {
    const id = idOf(bucket, key)
    const before = objects.get(id)
    if (before?.blobId !== undefined) blobs.remove(before.blobId)
    objects.delete(id)
  }

  function forgetBucket(bucket: string): void {
    buckets.delete(bucket)
    for (const known of [...objects.values()]) if (known.bucket === bucket) forget(bucket, known.key)
  }

  /** Removes copies that no request is reading, the least recently used first. The latest copy stays, because it is about to be read. */
  function makeRoom(): void {
    const copies = [...objects.values()].filter(({ blobId, users }) => blobId !== undefined && users === 0)
    let bytes = copies.reduce((sum, { size }) => sum + size, 0)
    for (const copy of copies.slice(0, -1)) {
      if (bytes <= keptBytes) return
      if (copy.blobId !== undefined) blobs.remove(copy.blobId)
      copy.blobId = undefined
      bytes -= copy.size
    }
  }

  async function look(bucket: string, key: string): Promise<void> {
    if (!(await client.hasBucket(bucket))) {
      forgetBucket(bucket)
      return
    }
    buckets.add(bucket)
    const object = await client.head(bucket, key)
    if (object === undefined) forget(bucket, key)
    else if (object.etag === '' || objects.get(idOf(bucket, key))?.etag !== object.etag)
      know(bucket, key, object)
  }

  async function download(bucket: string, key: string, largest: number): Promise<void> {
    const before = objects.get(idOf(bucket, key))
    const hasCopy = before?.blobId !== undefined && before.etag !== ''
    const got = await client.get(bucket, key, hasCopy ? before.etag : undefined)
    if (got.found === 'no bucket') {
      forgetBucket(bucket)
      return
    }
    buckets.add(bucket)
    if (got.found === 'no object') forget(bucket, key)
    if (got.found !== 'object') return
    if (got.object.size > largest) {
      got.discard()
      know(bucket, key, got.object)
      return
    }
    received += 1
    const blobId = `00000000-0000-0000-0000-${received.toString(16).padStart(12, '0')}`
    const { size } = await blobs.receive(blobId, got.bytes)
    know(bucket, key, { ...got.object, size }, blobId)
  }

  /** Downloads an object; several requests for it share one download. */
  async function pull(bucket: string, key: string, largest: number): Promise<Disposable> {
    const id = idOf(bucket, key)
    const pulling = `${largest} ${id}`
    const underWay = pulls.get(pulling) ?? download(bucket, key, largest).finally(() => pulls.delete(pulling))
    pulls.set(pulling, underWay)
    await underWay
    return lease(id)
  }

  function lease(id: string): Disposable {
    const known = objects.get(id)
    if (known !== undefined) {
      objects.delete(id)
      objects.set(id, known)
      known.users += 1
    }
    return {
      [Symbol.dispose]() {
        const now = objects.get(id)
        if (known !== undefined && now !== undefined) now.users = Math.max(0, now.users - 1)
        makeRoom()
      },
    }
  }

  async function upload(
    bucket: string,
    key: string,
    { size, etag, read }: { size: number; etag: string; read: ReadPart },
  ): Promise<Upload> {
    await look(bucket, key)
    if (!buckets.has(bucket)) return 'no bucket'
    const there = objects.get(idOf(bucket, key))
    if (there !== undefined) return there.etag === etag && there.size === size ? 'stored' : 'taken'
    await client.put(bucket, key, size, read)
    await look(bucket, key)
    return 'stored'
  }

  return {
    list: () => [...buckets].sort(),
    has: (bucket) => buckets.has(bucket),
    find(bucket, key) {
      const known = objects.get(idOf(bucket, key))
      if (known === undefined) return undefined
      const { size, etag, modifiedAt, storageClass, blobId } = known
      return {
        path: blobId === undefined ? '' : blobs.path(blobId),
        size,
        modifiedAt,
        etag,
        storageClass: CLASSES.get(storageClass),
      }
    },
    open(bucket, key) {
      const blobId = objects.get(idOf(bucket, key))?.blobId
      try {
        return blobId === undefined ? undefined : openSync(blobs.path(blobId), 'r')
      } catch {
        return undefined
      }
    },
    keys: (bucket) =>
      [...objects.values()].flatMap((known) => (known.bucket === bucket ? [known.key] : [])).sort(byBytes),
    look,
    pull,
    async push(bucket, key, bytes) {
      const id = idOf(bucket, key)
      // Worlds share the store: the second of two uploads to one key must find the first.
      while (pushes.has(id)) await Promise.allSettled([pushes.get(id)])
      const underWay = upload(bucket, key, bytes).finally(() => pushes.delete(id))
      pushes.set(id, underWay)
      return await underWay
    },
    close() {
      client.close()
      blobs.close()
    },
  }
}

/** No name of a bucket has a slash. */
function idOf(bucket: string, key: string): string {
  return `${bucket}/${key}`
}

/** The folder of buckets with an object store beneath it: a file wins over the object of its key. */
export function overObjectStore(folder: BucketFolder, store: ObjectStore): BucketFolder {
  return {
    ...folder,
    list: () => [...new Set([...folder.list(), ...store.list()])].sort(),
    has: (bucket) => folder.has(bucket) || store.has(bucket),
    find: (bucket, key) => folder.find(bucket, key) ?? store.find(bucket, key),
    open: (bucket, key) =>
      folder.find(bucket, key) === undefined ? store.open(bucket, key) : folder.open(bucket, key),
    keys: (bucket) => [...new Set([...folder.keys(bucket), ...store.keys(bucket)])].sort(byBytes),
  }
}
