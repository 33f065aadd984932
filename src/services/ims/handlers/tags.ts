import { contextOf, handle, noContent, type Operation, ok } from '../../../contract/operation.ts'
import {
  addImageTag,
  batchAddOrDeleteTags,
  batchDeleteTags,
  createOrUpdateTags,
  deleteImageTag,
  listImageByTags,
  listImagesTags,
  listImageTags,
  listTags,
  renderResource,
  toTagQuery,
} from '../contract/tags.ts'
import { contextIn } from '../own-projects.ts'
import { putTags, removeTag, removeTags } from '../tags/change.ts'
import {
  countImagesByTags,
  findImagesByTags,
  tagsOfImage,
  tagsOfImages,
  tagsOfProject,
} from '../tags/search.ts'
import { formatTag, parseDottedTag } from '../tags/tag.ts'
import { readFilters } from './filters.ts'

export const tagOperations: readonly Operation[] = [
  handle(createOrUpdateTags, (call, { body: { image_id, tag, image_tag } }) => {
    const given = tag === undefined ? image_tag : parseDottedTag(tag)
    putTags(contextOf(call), image_id, given === undefined ? [] : [given])
    return noContent()
  }),
  handle(listTags, (call, { query }) =>
    ok({ tags: tagsOfImages(contextOf(call), readFilters(call, query)).map(formatTag) }),
  ),
  handle(addImageTag, (call, { params, body }) => {
    putTags(contextIn(call, params.project_id), params.image_id, [body.tag])
    return noContent()
  }),
  handle(listImageTags, (call, { params }) =>
    ok({ tags: tagsOfImage(contextIn(call, params.project_id), params.image_id) }),
  ),
  handle(deleteImageTag, (call, { params }) => {
    removeTag(contextIn(call, params.project_id), params.image_id, params.key)
    return noContent()
  }),
  handle(batchAddOrDeleteTags, (call, { params, body }) => {
    const context = contextIn(call, params.project_id)
    if (body.action === 'create') putTags(context, params.image_id, body.tags)
    else removeTags(context, params.image_id, body.tags)
    return noContent()
  }),
  handle(batchDeleteTags, (call, { params, body }) => {
    removeTags(contextIn(call, params.project_id), params.image_id, body.tags)
    return noContent()
  }),
  handle(listImagesTags, (call, { params }) =>
    ok({ tags: tagsOfProject(contextIn(call, params.project_id)) }),
  ),
  handle(listImageByTags, (call, { params, body }) => {
    const context = contextIn(call, params.project_id)
    const query = toTagQuery(body)
    if (body.action === 'count') return ok({ total_count: countImagesByTags(context, query) })
    const { total, images } = findImagesByTags(context, query, body)
    return ok({ total_count: total, resources: images.map(renderResource) })
  }),
]
