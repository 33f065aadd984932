import { z } from 'zod'
import { contextOf, noContent, ok, operation } from '../../../contract/operation.ts'
import { orFail } from '../errors.ts'
import { putTags } from '../tags/change.ts'
import { tagsOfImages } from '../tags/list.ts'
import { formatTag, parseDottedTag } from '../tags/tag.ts'
import { KeyValueTag } from './fields.ts'
import { listQuery, toFilters } from './list-query.ts'

/** Exactly one of `tag` (`key.value`) and `image_tag`. */
const CreateOrUpdateTagsBody = z
  .object({
    image_id: z.string(orFail('IMG.0066')),
    tag: z.string(orFail('IMG.0115')).optional(),
    image_tag: KeyValueTag.optional(),
  })
  .refine(({ tag, image_tag }) => (tag === undefined) !== (image_tag === undefined), orFail('IMG.0115'))

export const createOrUpdateTags = operation({
  id: 'CreateOrUpdateTags',
  method: 'PUT',
  path: '/v1/cloudimages/tags',
  summary: 'Give an image a tag, or a tag of an image another value',
  actions: ['ims:images:get', 'ims:images:update'],
  request: z.object({ body: CreateOrUpdateTagsBody }),
  responses: { 204: null },
  handle(call, { body: { image_id, tag, image_tag } }) {
    const one = tag === undefined ? image_tag : parseDottedTag(tag)
    putTags(contextOf(call), image_id, one === undefined ? [] : [one])
    return noContent()
  },
})

export const listTags = operation({
  id: 'ListTags',
  method: 'GET',
  path: '/v1/cloudimages/tags',
  summary: 'List the different tags of the images that filters find',
  actions: ['ims:images:list'],
  ignores: ['offset', 'sort_key', 'sort_dir'],
  request: z.object({ query: listQuery('page') }),
  responses: { 200: z.object({ tags: z.array(z.string()) }) },
  handle: (call, { query }) => ok({ tags: tagsOfImages(contextOf(call), toFilters(query)).map(formatTag) }),
})
