import { z } from 'zod'
import { bucketCall, serviceCall, xml } from './obs-contract.ts'

export const showApiVersion = serviceCall({
  id: 'GetApiVersion',
  method: 'HEAD',
  part: 'apiversion',
  summary: 'Ask which dialect the service speaks',
  actions: [],
  query: {},
  responses: { 200: null },
})

export const showBucketApiVersion = bucketCall({
  id: 'GetBucketApiVersion',
  method: 'HEAD',
  part: 'apiversion',
  summary: 'Ask which dialect the host of a bucket speaks',
  actions: [],
  query: {},
  responses: { 200: null },
})

export const listBuckets = serviceCall({
  id: 'ListBuckets',
  method: 'GET',
  summary: 'List the buckets of the account',
  actions: ['obs:bucket:ListAllMyBuckets'],
  query: {},
  responses: { 200: xml },
})

export const createBucket = bucketCall({
  id: 'CreateBucket',
  method: 'PUT',
  summary: 'Make a bucket',
  actions: ['obs:bucket:CreateBucket'],
  query: {},
  responses: { 200: null },
})

export const headBucket = bucketCall({
  id: 'HeadBucket',
  method: 'HEAD',
  summary: 'Look whether a bucket is there, and where',
  actions: ['obs:bucket:HeadBucket'],
  query: {},
  responses: { 200: null },
})

export const deleteBucket = bucketCall({
  id: 'DeleteBucket',
  method: 'DELETE',
  summary: 'Delete an empty bucket',
  actions: ['obs:bucket:DeleteBucket'],
  query: {},
  responses: { 204: null },
})

/** A number of things on a page. */
const Limit = z
  .string()
  .regex(/^\d{1,10}$/, 'is no number')
  .transform(Number)
  .optional()
const Text = z.string().optional()

export const listObjects = bucketCall({
  id: 'ListObjects',
  method: 'GET',
  summary: 'List the objects of a bucket; with list-type=2 as the second version does',
  actions: ['obs:bucket:ListBucket'],
  query: {
    prefix: Text,
    delimiter: Text,
    marker: Text,
    'max-keys': Limit,
    'encoding-type': Text,
    'list-type': Text,
    'start-after': Text,
    'continuation-token': Text,
    'fetch-owner': Text,
  },
  responses: { 200: xml },
})

export const listObjectVersions = bucketCall({
  id: 'ListObjectVersions',
  method: 'GET',
  part: 'versions',
  summary: 'List the versions of objects; each has one',
  actions: ['obs:bucket:ListBucketVersions'],
  query: {
    prefix: Text,
    delimiter: Text,
    'key-marker': Text,
    'version-id-marker': Text,
    'max-keys': Limit,
    'encoding-type': Text,
  },
  responses: { 200: xml },
})

export const listUploads = bucketCall({
  id: 'ListMultipartUploads',
  method: 'GET',
  part: 'uploads',
  summary: 'List the multipart uploads that are not completed',
  actions: ['obs:bucket:ListBucketMultipartUploads'],
  query: {
    prefix: Text,
    delimiter: Text,
    'key-marker': Text,
    'upload-id-marker': Text,
    'max-uploads': Limit,
    'encoding-type': Text,
  },
  responses: { 200: xml },
})

export const deleteObjects = bucketCall({
  id: 'DeleteObjects',
  method: 'POST',
  part: 'delete',
  summary: 'Delete up to 1000 objects',
  actions: ['obs:object:DeleteObject'],
  query: {},
  responses: { 200: xml },
})

export const showLocation = bucketCall({
  id: 'GetBucketLocation',
  method: 'GET',
  part: 'location',
  summary: 'Show the region of a bucket',
  actions: ['obs:bucket:GetBucketLocation'],
  query: {},
  responses: { 200: xml },
})

export const showStorageInfo = bucketCall({
  id: 'GetBucketStorageInfo',
  method: 'GET',
  part: 'storageinfo',
  summary: 'Count the objects of a bucket and their bytes',
  actions: ['obs:bucket:GetBucketStorage'],
  query: {},
  responses: { 200: xml },
})

export const postObject = bucketCall({
  id: 'PostObject',
  method: 'POST',
  summary: 'Put an object with a form of a browser',
  actions: ['obs:object:PutObject'],
  query: {},
  responses: { 200: null, 201: xml, 204: null, 303: null },
})
