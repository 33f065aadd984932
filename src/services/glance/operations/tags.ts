import { noContent } from '../../../contract/operation.ts'
import { addCloudTag, removeCloudTag } from '../rules/huawei/tags.ts'
import { addStockTag, removeStockTag } from '../rules/tags.ts'
import { done, glanceOperation } from './glance-operation.ts'
import { imageId } from './images.ts'

const PATH = '/v2/images/{image_id}/tags/{tag}'

export const createTag = glanceOperation({
  id: 'GlanceCreateTag',
  method: 'PUT',
  path: PATH,
  summary: 'Add a tag to an image',
  actions: ['ims:images:get', 'ims:images:update'],
  body: 'none',
  responses: { 204: null },
  handle(call) {
    const tag = call.params.tag ?? ''
    const add = call.edition === 'stock' ? addStockTag : addCloudTag
    add(call, imageId(call), tag)
    return call.edition === 'stock' ? done() : noContent()
  },
})

export const deleteTag = glanceOperation({
  id: 'GlanceDeleteTag',
  method: 'DELETE',
  path: PATH,
  summary: 'Take a tag from an image',
  actions: ['ims:images:get', 'ims:images:update'],
  body: 'none',
  responses: { 204: null },
  handle(call) {
    const tag = call.params.tag ?? ''
    const remove = call.edition === 'stock' ? removeStockTag : removeCloudTag
    remove(call, imageId(call), tag)
    return call.edition === 'stock' ? done() : noContent()
  },
})
