import { z } from 'zod'
import { contract, nothing } from '../../../contract/operation.ts'
import { imageTrace } from '../../ims/contract/trace.ts'
import { Parameters } from '../python/query.ts'
import { type ImageListQuery, readImageListQuery } from '../rules/list.ts'
import { glanceContract, ImageParams, inBoth, NoParams, queryReader } from './glance-contract.ts'

const VersionsWire = z.strictObject({
  versions: z.array(
    z.strictObject({
      id: z.string(),
      status: z.enum(['CURRENT', 'SUPPORTED', 'DEPRECATED']),
      links: z.array(z.strictObject({ href: z.string(), rel: z.literal('self') })),
    }),
  ),
})

export const listVersions = contract({
  id: 'ListVersions',
  method: 'GET',
  path: '/',
  summary: 'List the versions of the image API',
  authenticated: false,
  request: nothing,
  responses: { 300: VersionsWire },
})

/** Where `openstack versions show` and glanceclient look; Glance answers the same list with 200 there. */
export const listVersionsAtPath = contract({
  id: 'ListVersionsAtPath',
  method: 'GET',
  path: '/versions',
  summary: 'List the versions of the image API',
  authenticated: false,
  request: nothing,
  responses: { 200: VersionsWire },
})

export const showVersion = contract({
  id: 'ShowVersion',
  method: 'GET',
  path: '/{version}',
  summary: 'Show one version of the image API',
  authenticated: false,
  request: z.object({ params: z.object({ version: z.string() }) }),
  responses: { 300: VersionsWire },
})

/** An image as the first version of the API shows it. */
export const V1ImageWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  is_public: z.boolean(),
  protected: z.boolean(),
  deleted: z.literal(false),
  deleted_at: z.null(),
  owner: z.string().nullable(),
  container_format: z.string().nullable(),
  disk_format: z.string().nullable(),
  min_disk: z.int(),
  min_ram: z.int(),
  size: z.int(),
  virtual_size: z.int().nullable(),
  checksum: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  properties: z.record(z.string(), z.string()),
})

export const headImage = glanceContract({
  id: 'HeadImageV1',
  edition: 'huawei',
  method: 'HEAD',
  path: '/v1/images/{image_id}',
  summary: 'Show an image in headers, in version 1 (deprecated)',
  actions: ['ims:images:get'],
  body: 'ignored',
  params: ImageParams,
  responses: { 200: null },
})

/** Filters of the first version that the second version has under the same name. */
const FILTERS = ['name', 'container_format', 'disk_format', 'status', 'size_min', 'size_max'] as const
const text = z.string().optional()

/** A list of the first version has one page, which is as long as a page can be. */
function readV1Query(parameters: Parameters): ImageListQuery {
  const filters = FILTERS.flatMap((name) =>
    parameters.takeAll(name).map((value): [string, string] => [name, value]),
  )
  const times = parameters
    .takeAll('changes-since')
    .map((value): [string, string] => ['updated_at', `gte:${value}`])
  return readImageListQuery(new Parameters([['limit', '1000'], ...filters, ...times]), 'huawei')
}

export const listImagesInDetail = glanceContract({
  id: 'ListImagesV1',
  edition: 'huawei',
  method: 'GET',
  path: '/v1.1/images/detail',
  summary: 'List images, in version 1 (deprecated)',
  actions: ['ims:images:list'],
  body: 'ignored',
  params: NoParams,
  query: inBoth(
    queryReader(
      z.object({
        name: text,
        container_format: text,
        disk_format: text,
        status: text,
        size_min: text,
        size_max: text,
        'changes-since': text.describe('A time: images that have changed since then'),
      }),
      readV1Query,
    ),
  ),
  responses: { 200: z.strictObject({ images: z.array(V1ImageWire) }) },
})

export const deleteImageV1 = glanceContract({
  id: 'DeleteImageV1',
  edition: 'huawei',
  method: 'DELETE',
  path: '/v1.1/images/{image_id}',
  summary: 'Delete an image, in version 1 (deprecated)',
  trace: imageTrace('deleteImage'),
  actions: ['ims:images:delete'],
  body: 'ignored',
  params: ImageParams,
  responses: { 200: null },
})
