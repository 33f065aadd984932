import { z } from 'zod'
import { ok } from '../../../contract/operation.ts'
import { wireMillis } from '../../../lib/time.ts'
import { deleteImage as deleteCloudImage } from '../../ims/images/delete.ts'
import type { Image } from '../../ims/queries/images.ts'
import { listGlanceImages } from '../rules/list.ts'
import { visibleImage } from '../rules/rights.ts'
import { done, glanceOperation } from './glance-operation.ts'
import { imageId } from './images.ts'
import { readQuery } from './query.ts'

/** `2016-05-22T06:04:20.425000`: here times have microseconds and no zone. */
function time(ms: number): string {
  return `${wireMillis(ms).slice(0, -1)}000`
}

const V1ImageWire = z.strictObject({
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

function v1View(image: Image): z.input<typeof V1ImageWire> {
  return {
    id: image.id,
    name: image.name ?? '',
    status: image.status,
    is_public: image.visibility === 'public',
    protected: image.protected,
    deleted: false,
    deleted_at: null,
    owner: image.owner,
    container_format: image.containerFormat,
    disk_format: image.diskFormat,
    min_disk: image.minDisk,
    min_ram: image.minRam,
    size: image.size ?? 0,
    virtual_size: image.virtualSize,
    checksum: image.checksum,
    created_at: time(image.createdAt),
    updated_at: time(image.updatedAt),
    properties: image.attributes,
  }
}

export const headImage = glanceOperation({
  id: 'HeadImageV1',
  edition: 'huawei',
  method: 'HEAD',
  path: '/v1/images/{image_id}',
  summary: 'An image in headers, as the first version of the API has it (deprecated)',
  actions: ['ims:images:get'],
  body: 'ignored',
  responses: { 200: null },
  handle(call) {
    const { properties, deleted_at: _, ...fields } = v1View(visibleImage(call, imageId(call)))
    const headers: Record<string, string> = { 'Content-Type': 'text/html; charset=UTF-8' }
    for (const [name, value] of Object.entries(fields))
      if (value !== null) headers[`X-Image-Meta-${capitalised(name)}`] = headerText(value)
    for (const [name, value] of Object.entries(properties))
      headers[`X-Image-Meta-Property-${name}`] = headerText(value)
    if (fields.checksum !== null) headers.Etag = fields.checksum
    return { status: 200, headers }
  },
})

function capitalised(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1)
}

/** Booleans as Python writes them, texts in the bytes of UTF-8. */
function headerText(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return Buffer.from(String(value).replace(/[\r\n\0]+/g, ' ')).toString('latin1')
}

/** Filters of the first version, by what they are called now. */
const FILTERS: Readonly<Record<string, string>> = {
  name: 'name',
  container_format: 'container_format',
  disk_format: 'disk_format',
  status: 'status',
  size_min: 'size_min',
  size_max: 'size_max',
}

export const listImagesInDetail = glanceOperation({
  id: 'ListImagesV1',
  edition: 'huawei',
  method: 'GET',
  path: '/v1.1/images/detail',
  summary: 'Images as the first version of the API lists them (deprecated)',
  actions: ['ims:images:list'],
  body: 'ignored',
  query: z.object({
    name: z.string().optional(),
    container_format: z.string().optional(),
    disk_format: z.string().optional(),
    status: z.string().optional(),
    size_min: z.string().optional(),
    size_max: z.string().optional(),
    'changes-since': z.string().optional(),
  }),
  responses: { 200: z.strictObject({ images: z.array(V1ImageWire) }) },
  handle(call) {
    const query: [string, string][] = [['limit', '1000']]
    for (const [name, value] of readQuery(call.search)) {
      const filter = FILTERS[name]
      if (filter !== undefined) query.push([filter, value])
      else if (name === 'changes-since') query.push(['updated_at', `gte:${value}`])
    }
    const { images } = listGlanceImages(call, query, 'huawei')
    return ok({ images: images.map(v1View) })
  },
})

export const deleteImageV1 = glanceOperation({
  id: 'DeleteImageV1',
  edition: 'huawei',
  method: 'DELETE',
  path: '/v1.1/images/{image_id}',
  summary: 'Delete an image, as in the first version of the API (deprecated)',
  actions: ['ims:images:delete'],
  body: 'ignored',
  responses: { 200: null },
  handle(call) {
    deleteCloudImage(call, visibleImage(call, imageId(call)))
    return done(200)
  },
})
