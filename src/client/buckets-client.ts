import type { z } from 'zod'
import {
  deleteBucket,
  deleteObject,
  getObject,
  listBuckets,
  listObjects,
  makeBucket,
  putObject,
} from '../control/contract/buckets.ts'
import { type ControlClient, silence } from './control-client.ts'

/** A bucket of the world. */
type BucketFacts = z.output<(typeof makeBucket.responses)[201]>
/** An object of a bucket. */
export type ObjectFacts = z.output<(typeof putObject.responses)[201]>
/** The account, region and storage class of a new bucket. */
export type BucketInput = NonNullable<z.input<typeof makeBucket.request>['body']>

/** An empty disk: `{ disk: 'qcow2', size: '1GiB' }`. */
export interface DiskInput {
  disk: 'qcow2' | 'raw'
  size: string
}

/** The bytes of an object; `tiny` is an empty qcow2 disk of 1 MiB, which every import takes. */
export type ObjectInput =
  | Uint8Array<ArrayBuffer>
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | DiskInput
  | 'tiny'

/** The buckets of one world, and the objects in them. */
export interface BucketsClient {
  /** Makes a bucket. Without an account it belongs to all of them, without a region it is in every region. */
  make(bucket: string, how?: BucketInput): Promise<BucketFacts>
  /**
   * Puts an object into a bucket, which is made if need be.
   * @example await world.buckets.put('images', 'a.qcow2', 'tiny')
   */
  put(
    bucket: string,
    key: string,
    bytes: ObjectInput,
    how?: { contentType?: string; storageClass?: 'STANDARD' | 'WARM' | 'COLD' },
  ): Promise<ObjectFacts>
  /** Returns the bytes of an object in one piece. */
  get(bucket: string, key: string): Promise<Uint8Array<ArrayBuffer>>
  /** Streams the bytes of an object. */
  stream(bucket: string, key: string): Promise<ReadableStream<Uint8Array>>
  /** Lists the objects of a bucket, those whose key begins with the prefix. */
  list(bucket: string, prefix?: string): Promise<ObjectFacts[]>
  /** Lists the buckets of the world. */
  all(): Promise<BucketFacts[]>
  /** Deletes an object; without a key the bucket with all that is in it. */
  delete(bucket: string, key?: string): Promise<void>
}

const TINY: DiskInput = { disk: 'qcow2', size: '1MiB' }

/** Creates the client of the buckets of a world. */
export function bucketsClient(control: ControlClient): BucketsClient {
  const stream = (bucket: string, key: string) => control.download(getObject, { params: { bucket, key } })

  return {
    make: (bucket, how = {}) =>
      control.call(makeBucket, makeBucket.responses[201], { params: { bucket }, body: how }),
    put(bucket, key, bytes, { contentType, storageClass } = {}) {
      const disk = bytes === 'tiny' ? TINY : 'disk' in bytes ? bytes : undefined
      const query = { ...disk, ...(storageClass !== undefined && { storage_class: storageClass }) }
      const body = bytes === 'tiny' || 'disk' in bytes ? undefined : bodyOf(bytes)
      const sent = { params: { bucket, key }, query }
      return control.upload(putObject, putObject.responses[201], sent, body, contentType)
    },
    get: async (bucket, key) => new Uint8Array(await new Response(await stream(bucket, key)).arrayBuffer()),
    stream,
    async list(bucket, prefix = '') {
      const found: ObjectFacts[] = []
      for (let after: string | null = ''; after !== null; ) {
        const sent: z.input<typeof listObjects.request> = { params: { bucket }, query: { prefix, after } }
        const page: z.output<(typeof listObjects.responses)[200]> = await control.call(
          listObjects,
          listObjects.responses[200],
          sent,
        )
        found.push(...page.objects)
        after = page.next
      }
      return found
    },
    all: async () => (await control.call(listBuckets, listBuckets.responses[200])).buckets,
    delete: (bucket, key) =>
      key === undefined
        ? control.call(deleteBucket, silence, { params: { bucket } })
        : control.call(deleteObject, silence, { params: { bucket, key } }),
  }
}

/** The body of a request for bytes of any form. */
function bodyOf(
  bytes: Exclude<ObjectInput, DiskInput | 'tiny'>,
): Uint8Array<ArrayBuffer> | Blob | ReadableStream<Uint8Array> {
  if (bytes instanceof Uint8Array || bytes instanceof Blob || bytes instanceof ReadableStream) return bytes
  return ReadableStream.from(bytes)
}
