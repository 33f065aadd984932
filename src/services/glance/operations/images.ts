import { z } from 'zod'
import { sentAs } from '../../../contract/media-type.ts'
import { noContent, ok } from '../../../contract/operation.ts'
import { deleteImage as deleteCloudImage } from '../../ims/images/delete.ts'
import { createStockImage } from '../rules/create.ts'
import { deleteStockImage } from '../rules/delete.ts'
import { createCloudImage } from '../rules/huawei/create.ts'
import { patchCloudImage } from '../rules/huawei/patch.ts'
import { IMPORT_METHODS } from '../rules/import.ts'
import { listGlanceImages } from '../rules/list.ts'
import { patchStockImage } from '../rules/patch.ts'
import { OLDER_PATCH, PATCH, readPatch } from '../rules/patch-document.ts'
import { glanceWouldFail } from '../rules/refusals.ts'
import { visibleImage } from '../rules/rights.ts'
import { done, type GlanceCall, glanceOperation } from './glance-operation.ts'
import { mediaType, unsupportedMediaType } from './media-type.ts'
import { pageLinks, readQuery } from './query.ts'
import { knownStores, useStores } from './stores.ts'
import { ImagesWire, ImageWire, imageView, imageViews } from './wire.ts'

/** Parameters that steer a list, filters that Glance knows, and those that the cloud documents beside them. */
const LIST_PARAMETERS = `limit marker sort sort_key sort_dir visibility member_status tag id name owner status protected
  os_hidden container_format disk_format min_disk min_ram size checksum created_at updated_at __imagetype __isregistered
  __os_bit __os_type __platform __support_kvm __support_kvm_gpu_type __support_kvm_infiniband __support_largememory
  __support_diskintensive __support_highperformance __support_xen __support_xen_gpu_type __support_xen_hana`

/** Any other name is a filter on an attribute of that name. */
const ListQuery = z.looseObject(
  Object.fromEntries(LIST_PARAMETERS.split(/\s+/).map((name) => [name, z.string().optional()])),
)

export const listImages = glanceOperation({
  id: 'GlanceListImages',
  method: 'GET',
  path: '/v2/images',
  summary: 'List images page by page, filtered and sorted',
  actions: ['ims:images:list'],
  body: 'ignored',
  query: ListQuery,
  responses: { 200: ImagesWire },
  handle(call) {
    const query = readQuery(call.search)
    const page = listGlanceImages(call, query, call.edition)
    return ok({
      images: imageViews(call, page.images),
      ...pageLinks('/v2/images', query, page.next),
      schema: '/v2/schemas/images',
    })
  },
})

const NewImage = z.looseObject({
  id: z.string().optional(),
  name: z.string().nullable().optional(),
  visibility: z.string().optional(),
  disk_format: z.string().nullable().optional(),
  container_format: z.string().nullable().optional(),
  min_disk: z.int().optional(),
  min_ram: z.int().optional(),
  protected: z.boolean().optional(),
  tags: z.array(z.string()).optional(),
  __os_version: z.string().optional(),
})

export const createImageMetadata = glanceOperation({
  id: 'GlanceCreateImageMetadata',
  method: 'POST',
  path: '/v2/images',
  summary: 'Describe an image whose bytes are uploaded later',
  actions: ['ims:images:create'],
  body: 'document',
  document: NewImage,
  responses: { 201: ImageWire },
  async handle(call) {
    const { world, edition, base } = call
    const fields = await call.document()
    if (!(fields instanceof Map)) throw glanceWouldFail('an image that is a list')
    const image =
      edition === 'stock'
        ? createStockImage(call, fields)
        : visibleImage(call, createCloudImage(call, fields))
    return {
      status: 201,
      body: imageView(call, image),
      headers: {
        Location: `${base}/v2/images/${image.id}`,
        ...(edition === 'stock' && {
          'OpenStack-image-import-methods': IMPORT_METHODS.join(','),
          'OpenStack-image-store-ids': knownStores(world),
        }),
      },
    }
  },
})

export const showImage = glanceOperation({
  id: 'GlanceShowImage',
  method: 'GET',
  path: '/v2/images/{image_id}',
  summary: 'Show an image',
  actions: ['ims:images:get'],
  byEnterpriseProject: true,
  body: 'none',
  responses: { 200: ImageWire },
  handle: (call) => ok(imageView(call, visibleImage(call, imageId(call)))),
})

const Patch = z.array(
  z.looseObject({
    op: z.enum(['add', 'replace', 'remove']),
    path: z.string(),
    value: z.unknown().optional(),
  }),
)

export const updateImage = glanceOperation({
  id: 'GlanceUpdateImage',
  method: 'PATCH',
  path: '/v2/images/{image_id}',
  summary: 'Change attributes of an image with a JSON patch',
  actions: ['ims:images:update'],
  byEnterpriseProject: true,
  body: 'document',
  document: sentAs(PATCH, Patch),
  responses: { 200: ImageWire },
  async handle(call) {
    const { edition, headers } = call
    const type = mediaType(headers)
    const newer = type === PATCH || (edition === 'huawei' && type === 'application/json')
    if (!newer && type !== OLDER_PATCH)
      throw unsupportedMediaType(headers, { 'Accept-Patch': `${OLDER_PATCH}, ${PATCH}` })
    const changes = readPatch(await call.document(), type === OLDER_PATCH, edition)
    const patch = edition === 'stock' ? patchStockImage : patchCloudImage
    return ok(imageView(call, patch(call, imageId(call), changes)))
  },
})

const Deletion = z.object({ delete_backup: z.boolean().optional() })

export const deleteImage = glanceOperation({
  id: 'GlanceDeleteImage',
  method: 'DELETE',
  path: '/v2/images/{image_id}',
  summary: 'Delete an image',
  actions: ['ims:images:delete'],
  byEnterpriseProject: true,
  body: 'none',
  document: Deletion.optional(),
  responses: { 204: null },
  async handle(call) {
    const { world, edition } = call
    const options = edition === 'huawei' ? await call.optionalDocument() : undefined
    const withBackup = options instanceof Map && options.get('delete_backup') === true
    const id = imageId(call)
    const image = visibleImage(call, id, `Failed to find image ${id} to delete`)
    if (edition === 'huawei') {
      deleteCloudImage(call, image, withBackup)
      return noContent()
    }
    deleteStockImage(call, image)
    useStores(world)
    return done()
  },
})

export function imageId({ params }: Pick<GlanceCall, 'params'>): string {
  return params.image_id ?? ''
}
