import { z } from 'zod'
import { rawBytes } from '../../contract/media-type.ts'
import { contract, nothing } from '../../contract/operation.ts'

const StorageClass = z.enum(['STANDARD', 'WARM', 'COLD'])

const BucketWire = z.strictObject({
  name: z.string(),
  /** The account that owns it; null for a bucket of every account. */
  domain_id: z.string().nullable(),
  /** Null for a bucket that is in every region. */
  region: z.string().nullable(),
  storage_class: z.string(),
})
export type BucketWire = z.output<typeof BucketWire>

export const listBuckets = contract({
  id: 'ControlListBuckets',
  method: 'GET',
  path: '/_ims/buckets',
  summary: 'The buckets of the world',
  request: nothing,
  responses: { 200: z.strictObject({ buckets: z.array(BucketWire) }) },
})

const BucketParams = z.object({ bucket: z.string() })

export const makeBucket = contract({
  id: 'ControlMakeBucket',
  method: 'PUT',
  path: '/_ims/buckets/{bucket}',
  summary:
    'Make a bucket; without an account it belongs to all of them, without a region it is in every region',
  request: z.object({
    params: BucketParams,
    body: z
      .strictObject({
        domain_id: z.string().optional(),
        region: z.string().optional(),
        storage_class: StorageClass.optional(),
      })
      .default({}),
  }),
  responses: { 201: BucketWire },
})

export const deleteBucket = contract({
  id: 'ControlDeleteBucket',
  method: 'DELETE',
  path: '/_ims/buckets/{bucket}',
  summary: 'Delete a bucket with all objects in it',
  request: z.object({ params: BucketParams }),
  responses: { 204: null },
})

const ObjectWire = z.strictObject({
  key: z.string(),
  /** Bytes. */
  size: z.int(),
  /** The MD5 in hex; null for a file of --buckets, whose MD5 is never computed. */
  etag: z.string().nullable(),
  content_type: z.string().nullable(),
  storage_class: z.string(),
  last_modified: z.string(),
})
export type ObjectWire = z.output<typeof ObjectWire>

export const listObjects = contract({
  id: 'ControlListObjects',
  method: 'GET',
  path: '/_ims/buckets/{bucket}/objects',
  summary:
    'The objects of a bucket in the order of their keys, those whose key begins with prefix; 1000 at a time',
  request: z.object({
    params: BucketParams,
    query: z.strictObject({ prefix: z.string().default(''), after: z.string().default('') }),
  }),
  responses: {
    200: z.strictObject({
      objects: z.array(ObjectWire),
      /** The last key of this page, to ask for those `after` it; null at the end. */
      next: z.string().nullable(),
    }),
  },
})

const ObjectParams = z.object({ bucket: z.string(), key: z.string() })

export const putObject = contract({
  id: 'ControlPutObject',
  method: 'PUT',
  path: '/_ims/buckets/{bucket}/objects/{key}',
  openEnd: true,
  summary:
    'Put an object into a bucket, which is made if need be: the bytes of the body, or with disk=qcow2&size=1GiB an empty disk',
  takes: 'bytes',
  request: z.object({
    params: ObjectParams,
    query: z.strictObject({
      disk: z.enum(['qcow2', 'raw']).optional(),
      size: z.string().optional(),
      storage_class: StorageClass.optional(),
    }),
  }),
  responses: { 201: ObjectWire },
})

export const getObject = contract({
  id: 'ControlGetObject',
  method: 'GET',
  path: '/_ims/buckets/{bucket}/objects/{key}',
  openEnd: true,
  summary: 'The bytes of an object',
  request: z.object({ params: ObjectParams }),
  responses: { 200: rawBytes },
})

export const deleteObject = contract({
  id: 'ControlDeleteObject',
  method: 'DELETE',
  path: '/_ims/buckets/{bucket}/objects/{key}',
  openEnd: true,
  summary: 'Delete an object; a file of --buckets stays on the disk and is no longer seen in this world',
  request: z.object({ params: ObjectParams }),
  responses: { 204: null },
})
