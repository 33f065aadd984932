import { createHash } from 'node:crypto'
import { StoreFailure } from '../src/database/object-store/connection.ts'
import type { S3Client, S3Object } from '../src/database/object-store/s3-client.ts'
import { CutOff } from '../src/lib/host-errors.ts'

/** An object store in memory, whose failures and pace a test decides. */
export interface MemoryStore extends S3Client {
  /** The bytes of each bucket by key. */
  readonly buckets: Map<string, Map<string, Buffer>>
  /** Classes of storage by `bucket/key`. */
  readonly classes: Map<string, string>
  /** What was asked, e.g. `GET images/a`, and `same images/a` for a copy that was still good. */
  readonly calls: string[]
  /** Every call fails while it is set. */
  broken: string | undefined
  /** Uploads wait until it resolves. */
  held: Promise<void> | undefined
}

/** @param objects the bytes by `bucket:key`. */
export function memoryStore(objects: Record<string, Uint8Array> = {}): MemoryStore {
  const buckets = new Map<string, Map<string, Buffer>>()
  const classes = new Map<string, string>()
  const calls: string[] = []
  let isClosed = false
  for (const [url, bytes] of Object.entries(objects)) {
    const [bucket = '', key = ''] = url.split(':')
    if (!buckets.has(bucket)) buckets.set(bucket, new Map())
    buckets.get(bucket)?.set(key, Buffer.from(bytes))
  }

  function asked(call: string): void {
    calls.push(call)
    if (isClosed) throw new CutOff()
    if (store.broken !== undefined) throw new StoreFailure(store.broken)
  }

  function factsOf(bucket: string, key: string, bytes: Buffer): S3Object {
    const etag = createHash('md5').update(bytes).digest('hex')
    return {
      size: bytes.length,
      etag,
      modifiedAt: 1e12,
      storageClass: classes.get(`${bucket}/${key}`) ?? null,
    }
  }

  const store: MemoryStore = {
    buckets,
    classes,
    calls,
    broken: undefined,
    held: undefined,
    async check() {
      asked('CHECK')
    },
    async hasBucket(bucket) {
      asked(`HEAD ${bucket}`)
      return buckets.has(bucket)
    },
    async head(bucket, key) {
      asked(`HEAD ${bucket}/${key}`)
      const bytes = buckets.get(bucket)?.get(key)
      return bytes && factsOf(bucket, key, bytes)
    },
    async get(bucket, key, etag) {
      asked(`GET ${bucket}/${key}`)
      if (!buckets.has(bucket)) return { found: 'no bucket' }
      const bytes = buckets.get(bucket)?.get(key)
      if (bytes === undefined) return { found: 'no object' }
      const object = factsOf(bucket, key, bytes)
      if (object.etag === etag) {
        calls.push(`same ${bucket}/${key}`)
        return { found: 'same' }
      }
      const once = async function* () {
        yield bytes
      }
      return { found: 'object', object, bytes: once(), discard: () => {} }
    },
    async put(bucket, key, size, read) {
      asked(`PUT ${bucket}/${key}`)
      const chunks: Uint8Array[] = []
      for await (const chunk of read(0, size)) chunks.push(chunk)
      await store.held
      if (isClosed) throw new CutOff()
      buckets.get(bucket)?.set(key, Buffer.concat(chunks))
    },
    close() {
      isClosed = true
    },
  }
  return store
}
