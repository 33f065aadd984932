import { z } from 'zod'
import { sentAs } from '../../../contract/media-type.ts'
import { Time } from '../../ims/contract/fields.ts'
import { ImageWire as CloudImageWire } from '../../ims/contract/images.ts'
import { imageTrace } from '../../ims/contract/trace.ts'
import { badRequest } from '../errors.ts'
import { newImage } from '../rules/image-document.ts'
import { readImageListQuery } from '../rules/list.ts'
import { PATCH, patchDocument } from '../rules/patch-document.ts'
import {
  type DocumentReader,
  type Edition,
  glanceContract,
  ImageParams,
  NoParams,
  noDocument,
  optionalDocument,
  queryReader,
} from './glance-contract.ts'

/**
 * An image in a reply of a stock Glance. Custom properties are texts or null; their schema takes `unknown`, because
 * TypeScript cannot give other keys than the declared ones a type of their own.
 */
export const StockImageWire = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    status: z
      .string()
      .pipe(
        z.enum([
          'queued',
          'saving',
          'uploading',
          'importing',
          'active',
          'deactivated',
          'killed',
          'pending_delete',
        ]),
      ),
    visibility: z.enum(['public', 'private', 'shared', 'community']),
    protected: z.boolean(),
    os_hidden: z.boolean(),
    owner: z.string().nullable(),
    tags: z.array(z.string()),
    container_format: z.string().nullable(),
    disk_format: z.string().nullable(),
    min_disk: z.int(),
    min_ram: z.int(),
    size: z.int().nullable(),
    virtual_size: z.int().nullable(),
    checksum: z.string().nullable(),
    os_hash_algo: z.string().nullable(),
    os_hash_value: z.string().nullable(),
    created_at: Time,
    updated_at: Time,
    self: z.string(),
    file: z.string(),
    schema: z.literal('/v2/schemas/image'),
  })
  .catchall(z.unknown().pipe(z.string().nullable()))

/** An image in a reply of the cloud: these calls leave out the one attribute that is no text. */
const NativeImageWire = CloudImageWire.omit({ __system_support_market: true })

/** An image in a reply of either edition. */
export const ImageWire = z.union([CloudImageWire, StockImageWire])

/** The replies of each edition with an image, or with whatever an image is put into. */
function imageReplies(status: number, wrap: (image: z.ZodType) => z.ZodType = (image) => image) {
  return { stock: { [status]: wrap(StockImageWire) }, huawei: { [status]: wrap(NativeImageWire) } }
}

function pageOf<Image extends z.ZodType>(image: Image) {
  return z.strictObject({
    images: z.array(image),
    first: z.string(),
    next: z.string().optional(),
    schema: z.literal('/v2/schemas/images'),
  })
}

const text = z.string().optional()
const texts = z.union([z.string(), z.array(z.string())]).optional()
const described = (description: string) => z.string().optional().meta({ description })

const parameters = {
  limit: described('Images of a page: 25 unless it says otherwise, at most 1000'),
  marker: described('Id of the image after which the page starts'),
  sort: described('`name:asc,size:desc`; excludes `sort_key` and `sort_dir`'),
  sort_key: texts,
  sort_dir: texts,
  visibility: text,
  member_status: described('`pending`, `accepted`, `rejected` or `all`'),
  tag: texts,
  id: described('A value, or `in:` and several'),
  name: described('A value, or `in:` and several'),
  owner: text,
  status: described('A value, or `in:` and several'),
  protected: described('`true` or `false`'),
  os_hidden: described('`true` or `false`'),
  container_format: described('A value, or `in:` and several'),
  disk_format: described('A value, or `in:` and several'),
  min_disk: text,
  min_ram: text,
  size: text,
  size_min: described('An integer, bytes'),
  size_max: described('An integer, bytes'),
  checksum: text,
  created_at: described('A time, or an operator and a time: `gte:2024-05-06T07:08:09Z`'),
  updated_at: described('A time, or an operator and a time: `gte:2024-05-06T07:08:09Z`'),
}

/** Filters on attributes that the documentation of the cloud names; every other attribute can be a filter too. */
const CLOUD_FILTERS = [
  '__imagetype',
  '__isregistered',
  '__os_bit',
  '__os_type',
  '__platform',
  '__support_kvm',
  '__support_kvm_gpu_type',
  '__support_kvm_infiniband',
  '__support_largememory',
  '__support_diskintensive',
  '__support_highperformance',
  '__support_xen',
  '__support_xen_gpu_type',
  '__support_xen_hana',
]
const cloudFilters = Object.fromEntries(CLOUD_FILTERS.map((name) => [name, text]))

/** A parameter with another name is a filter on an attribute of that name. */
const listQuery = {
  stock: queryReader(z.looseObject(parameters), (sent) => readImageListQuery(sent, 'stock')),
  huawei: queryReader(z.looseObject({ ...parameters, ...cloudFilters }), (sent) =>
    readImageListQuery(sent, 'huawei'),
  ),
}

export const listImages = glanceContract({
  id: 'GlanceListImages',
  method: 'GET',
  path: '/v2/images',
  summary: 'List images page by page, filtered and sorted',
  actions: ['ims:images:list'],
  body: 'ignored',
  params: NoParams,
  query: listQuery,
  responses: { 200: pageOf(ImageWire) },
  responsesIn: imageReplies(200, pageOf),
})

export const createImageMetadata = glanceContract({
  id: 'GlanceCreateImageMetadata',
  method: 'POST',
  path: '/v2/images',
  summary: 'Create an image whose bytes are uploaded later',
  trace: imageTrace('createImage'),
  actions: ['ims:images:create'],
  body: 'document',
  params: NoParams,
  document: newImage,
  responses: { 201: ImageWire },
  responsesIn: imageReplies(201),
})

export const showImage = glanceContract({
  id: 'GlanceShowImage',
  method: 'GET',
  path: '/v2/images/{image_id}',
  summary: 'Show an image',
  actions: ['ims:images:get'],
  byEnterpriseProject: true,
  body: 'none',
  params: ImageParams,
  responses: { 200: ImageWire },
  responsesIn: imageReplies(200),
})

function patchOf(edition: Edition) {
  const reader = patchDocument(edition)
  return { ...reader, schema: reader.schema && sentAs(PATCH, reader.schema) }
}

export const updateImage = glanceContract({
  id: 'GlanceUpdateImage',
  method: 'PATCH',
  path: '/v2/images/{image_id}',
  summary: 'Change attributes of an image with a JSON patch',
  trace: imageTrace('updateImage'),
  actions: ['ims:images:update'],
  byEnterpriseProject: true,
  body: 'document',
  params: ImageParams,
  document: { stock: patchOf('stock'), huawei: patchOf('huawei') },
  responses: { 200: ImageWire },
  responsesIn: imageReplies(200),
})

interface Deletion {
  withBackup: boolean
}

const deletion: DocumentReader<Deletion | undefined> = optionalDocument({
  published: { type: 'object', properties: { delete_backup: { type: ['boolean', 'null'] } } },
  read(body) {
    if (!(body instanceof Map)) throw badRequest('Expected options in the form: {"delete_backup": true}')
    const withBackup = body.get('delete_backup') ?? false
    if (typeof withBackup !== 'boolean') throw badRequest("'delete_backup' must be boolean value only")
    return { withBackup }
  },
})

export const deleteImage = glanceContract({
  id: 'GlanceDeleteImage',
  method: 'DELETE',
  path: '/v2/images/{image_id}',
  summary: 'Delete an image',
  trace: imageTrace('deleteImage'),
  actions: ['ims:images:delete'],
  byEnterpriseProject: true,
  body: 'none',
  params: ImageParams,
  document: { stock: noDocument, huawei: deletion },
  responses: { 204: null },
})

function setActive(id: string, action: 'deactivate' | 'reactivate', summary: string) {
  return glanceContract({
    id,
    method: 'POST',
    path: `/v2/images/{image_id}/actions/${action}`,
    summary,
    actions: ['ims:images:update'],
    body: 'none',
    params: ImageParams,
    responses: { 204: null },
  })
}

export const deactivateImage = setActive(
  'GlanceDeactivateImage',
  'deactivate',
  'Deactivate an image, so that only administrators can download it',
)
export const reactivateImage = setActive('GlanceReactivateImage', 'reactivate', 'Reactivate an image')

const TagParams = z.object({ image_id: z.string(), tag: z.string() })

export const createTag = glanceContract({
  id: 'GlanceCreateTag',
  method: 'PUT',
  path: '/v2/images/{image_id}/tags/{tag}',
  summary: 'Add a tag to an image',
  trace: imageTrace('addTag'),
  actions: ['ims:images:get', 'ims:images:update'],
  body: 'none',
  params: TagParams,
  responses: { 204: null },
})

export const deleteTag = glanceContract({
  id: 'GlanceDeleteTag',
  method: 'DELETE',
  path: '/v2/images/{image_id}/tags/{tag}',
  summary: 'Remove a tag from an image',
  trace: imageTrace('deleteTag'),
  actions: ['ims:images:get', 'ims:images:update'],
  body: 'none',
  params: TagParams,
  responses: { 204: null },
})
