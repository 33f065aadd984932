import { noContent, ok, reply } from '../../../contract/operation.ts'
import { readSystem } from '../../ims/handlers/systems.ts'
import { deleteImage as deleteCloudImage } from '../../ims/images/states.ts'
import { mediaType } from '../contract/glance-contract.ts'
import {
  createImageMetadata,
  createTag,
  deactivateImage,
  deleteImage,
  deleteTag,
  listImages,
  reactivateImage,
  showImage,
  updateImage,
} from '../contract/images.ts'
import { badRequest } from '../errors.ts'
import type { PyValue } from '../python/json.ts'
import { pageLinks } from '../python/query.ts'
import { createCloudImage, createStockImage } from '../rules/create.ts'
import { IMPORT_METHODS } from '../rules/import-document.ts'
import { listGlanceImages, meaninglessParameters } from '../rules/list.ts'
import { patchCloudImage, patchStockImage } from '../rules/patch.ts'
import { OLDER_PATCH, PATCH } from '../rules/patch-document.ts'
import { visibleImage } from '../rules/rights.ts'
import { deleteStockImage, setCloudActive, setStockActive } from '../rules/status.ts'
import { knownStores, useStores } from '../rules/stores.ts'
import { addCloudTag, addStockTag, removeCloudTag, removeStockTag } from '../rules/tags.ts'
import { done, type GlanceCall, glanceOperation, unsupportedMediaType } from './glance-operation.ts'
import { imageView, imageViews } from './views.ts'

const list = glanceOperation(listImages, (call, { query }) => {
  const { world, edition } = call
  const wanted = query()
  for (const name of meaninglessParameters(world, call.query, wanted, edition)) call.unread(`query.${name}`)
  if (edition === 'huawei')
    for (const value of call.query.getAll('__os_version')) readSystem(call, 'query.__os_version', value)
  const page = listGlanceImages(call, wanted, edition)
  return ok({
    images: imageViews(call, page.images),
    ...pageLinks('/v2/images', call.search, page.next),
    schema: '/v2/schemas/images',
  })
})

const create = glanceOperation(createImageMetadata, async (call, { document }) => {
  const { world, edition, base } = call
  const fields = await document()
  if (edition === 'huawei') checkSystem(call, fields.get('__os_version'))
  const image =
    edition === 'stock' ? createStockImage(call, fields) : visibleImage(call, createCloudImage(call, fields))
  return reply(201, {
    body: imageView(call, image),
    headers: {
      Location: `${base}/v2/images/${image.id}`,
      ...(edition === 'stock' && {
        'OpenStack-image-import-methods': IMPORT_METHODS.join(','),
        'OpenStack-image-store-ids': knownStores(world),
      }),
    },
  })
})

/** Refuses a system that the cloud does not know (400): the other attributes of the system follow from it. */
function checkSystem(call: GlanceCall, sent: PyValue | undefined): void {
  if (typeof sent !== 'string' || readSystem(call, 'body.__os_version', sent) !== undefined) return
  throw badRequest(`Invalid value '${sent}' for parameter '__os_version': Invalid OS version.`)
}

const show = glanceOperation(showImage, (call, { params }) =>
  ok(imageView(call, visibleImage(call, params.image_id))),
)

const update = glanceOperation(updateImage, async (call, { params, document }) => {
  const { edition, headers } = call
  const type = mediaType(headers)
  const newer = type === PATCH || (edition === 'huawei' && type === 'application/json')
  if (!newer && type !== OLDER_PATCH)
    throw unsupportedMediaType(headers, { 'Accept-Patch': `${OLDER_PATCH}, ${PATCH}` })
  const patch = edition === 'stock' ? patchStockImage : patchCloudImage
  return ok(imageView(call, patch(call, params.image_id, await document())))
})

const remove = glanceOperation(deleteImage, async (call, { params, document }) => {
  const options = await document()
  const id = params.image_id
  const image = visibleImage(call, id, `Failed to find image ${id} to delete`)
  if (call.edition === 'huawei') {
    deleteCloudImage(call, image, options?.withBackup)
    return noContent()
  }
  deleteStockImage(call, image)
  useStores(call.world)
  return done()
})

const deactivate = glanceOperation(deactivateImage, (call, { params }) => {
  const set = call.edition === 'stock' ? setStockActive : setCloudActive
  set(call, params.image_id, 'deactivate')
  return call.edition === 'stock' ? done() : noContent()
})

const reactivate = glanceOperation(reactivateImage, (call, { params }) => {
  const set = call.edition === 'stock' ? setStockActive : setCloudActive
  set(call, params.image_id, 'reactivate')
  return call.edition === 'stock' ? done() : noContent()
})

const addTag = glanceOperation(createTag, (call, { params }) => {
  const add = call.edition === 'stock' ? addStockTag : addCloudTag
  add(call, params.image_id, params.tag)
  return call.edition === 'stock' ? done() : noContent()
})

const removeTag = glanceOperation(deleteTag, (call, { params }) => {
  const take = call.edition === 'stock' ? removeStockTag : removeCloudTag
  take(call, params.image_id, params.tag)
  return call.edition === 'stock' ? done() : noContent()
})

/** The operations on images. Those of one path stand in the order in which Glance names their methods. */
export const imageOperations = [list, create, show, update, remove]
export const statusOperations = [deactivate, reactivate]
export const tagOperations = [addTag, removeTag]
