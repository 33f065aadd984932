import { z } from 'zod'
import { contract } from '../../../contract/operation.ts'
import { orFail } from '../errors.ts'
import type { Image } from '../queries/images.ts'
import type { TagQuery } from '../tags/search.ts'
import { KeyValueTag } from './fields.ts'
import { filterQuery } from './images.ts'
import { imsTrace } from './trace.ts'

const TagWire = z.object({ key: z.string(), value: z.string() })

const ProjectParams = z.object({ project_id: z.string() })
const ImageParams = ProjectParams.extend({ image_id: z.string() })

/**
 * Adds a tag to an image, or changes its value.
 * @see https://support.huaweicloud.com/intl/en-us/api-ims/ims_03_0612.html Adding or Modifying a Tag
 */
export const createOrUpdateTags = contract({
  id: 'CreateOrUpdateTags',
  method: 'PUT',
  path: '/v1/cloudimages/tags',
  summary: 'Add a tag to an image, or replace its value',
  trace: imsTrace('addTag'),
  actions: ['ims:images:get', 'ims:images:update'],
  request: z.object({
    /** Exactly one of `tag` (`key.value`) and `image_tag`. */
    body: z
      .object({
        image_id: z.string(orFail('IMG.0066')),
        tag: z.string(orFail('IMG.0115')).optional(),
        image_tag: KeyValueTag.optional(),
      })
      .refine(({ tag, image_tag }) => (tag === undefined) !== (image_tag === undefined), orFail('IMG.0115')),
  }),
  responses: { 204: null },
})

export const listTags = contract({
  id: 'ListTags',
  method: 'GET',
  path: '/v1/cloudimages/tags',
  summary: 'List the different tags of the images that filters find',
  actions: ['ims:images:list'],
  ignores: ['offset', 'sort_key', 'sort_dir'],
  request: z.object({ query: filterQuery('page') }),
  responses: { 200: z.object({ tags: z.array(z.string()) }) },
})

export const addImageTag = contract({
  id: 'AddImageTag',
  method: 'POST',
  path: '/v2/{project_id}/images/{image_id}/tags',
  summary: 'Add a tag to an image',
  trace: imsTrace('addTag'),
  actions: ['ims:images:update'],
  request: z.object({ params: ImageParams, body: z.object({ tag: KeyValueTag }) }),
  responses: { 204: null },
})

export const listImageTags = contract({
  id: 'ListImageTags',
  method: 'GET',
  path: '/v2/{project_id}/images/{image_id}/tags',
  summary: 'List the tags of an image',
  actions: ['ims:images:list'],
  request: z.object({ params: ImageParams }),
  responses: { 200: z.object({ tags: z.array(TagWire) }) },
})

export const deleteImageTag = contract({
  id: 'DeleteImageTag',
  method: 'DELETE',
  path: '/v2/{project_id}/images/{image_id}/tags/{key}',
  summary: 'Delete a tag of an image',
  trace: imsTrace('deleteTag'),
  actions: ['ims:images:update'],
  request: z.object({ params: ImageParams.extend({ key: z.string() }) }),
  responses: { 204: null },
})

/** A deletion names keys; a value may stand beside each and is not compared. */
const TagsToDelete = z
  .array(
    z.object(
      { key: z.string(orFail('IMG.0115')), value: z.string(orFail('IMG.0115')).optional() },
      orFail('IMG.0115'),
    ),
    orFail('IMG.0001'),
  )
  .min(1, orFail('IMG.0001'))

/**
 * Adds, changes or deletes several tags of an image.
 * @see https://support.huaweicloud.com/intl/en-us/api-ims/ims_03_0617.html Adding or Deleting Image Tags in a Batch
 */
export const batchAddOrDeleteTags = contract({
  id: 'BatchAddOrDeleteTags',
  method: 'POST',
  path: '/v2/{project_id}/images/{image_id}/tags/action',
  summary: 'Add tags to an image, or delete tags of it',
  trace: { ...imsTrace('addTag'), unless: { field: 'action', value: 'delete', name: 'deleteTag' } },
  actions: ['ims:images:update'],
  request: z.object({
    params: ImageParams,
    body: z.discriminatedUnion(
      'action',
      [
        z.object({
          action: z.literal('create'),
          tags: z.array(KeyValueTag, orFail('IMG.0001')).min(1, orFail('IMG.0001')),
        }),
        z.object({ action: z.literal('delete'), tags: TagsToDelete }),
      ],
      orFail('IMG.0001'),
    ),
  }),
  responses: { 204: null },
})

export const batchDeleteTags = contract({
  id: 'BatchDeleteTags',
  method: 'DELETE',
  path: '/v1/{project_id}/cloudimages/{image_id}/tags/delete',
  summary: 'Delete several tags of an image',
  trace: imsTrace('deleteTag'),
  actions: ['ims:images:update'],
  request: z.object({ params: ImageParams, body: z.object({ tags: TagsToDelete }) }),
  responses: { 204: null },
})

export const listImagesTags = contract({
  id: 'ListImagesTags',
  method: 'GET',
  path: '/v2/{project_id}/images/tags',
  summary: 'List every tag key of the project with its different values',
  actions: ['ims:images:list'],
  request: z.object({ params: ProjectParams }),
  responses: {
    200: z.object({ tags: z.array(z.object({ key: z.string(), values: z.array(z.string()) })) }),
  },
})

const different = (list: readonly unknown[]) => new Set(list).size === list.length

/** Keys with values, each once; which characters they contain is not checked. */
const TagFilters = z
  .array(
    z.object(
      {
        key: z.string(orFail('IMG.0115')).min(1, orFail('IMG.0115')).max(128, orFail('IMG.0115')),
        values: z
          .array(z.string(orFail('IMG.0115')).max(255, orFail('IMG.0115')), orFail('IMG.0115'))
          .max(10, orFail('IMG.0115'))
          .refine(different, orFail('IMG.0115')),
      },
      orFail('IMG.0115'),
    ),
    orFail('IMG.0115'),
  )
  .min(1, orFail('IMG.0115'))
  .max(10, orFail('IMG.0115'))
  .refine((list) => different(list.map(({ key }) => key)), orFail('IMG.0115'))

const Matches = z
  .array(
    z.object(
      {
        key: z.enum(['resource_name', 'resource_id'], orFail('IMG.0001')),
        value: z.string(orFail('IMG.0001')).min(1, orFail('IMG.0001')).max(255, orFail('IMG.0001')),
      },
      orFail('IMG.0001'),
    ),
    orFail('IMG.0001'),
  )
  .min(1, orFail('IMG.0001'))
  .refine((list) => different(list.map(({ key }) => key)), orFail('IMG.0001'))

/** A whole number, or its decimal digits as the cloud documents it: clients send both. */
const whole = (from: number, to: number) =>
  z
    .union([z.string().regex(/^\d{1,9}$/), z.int()], orFail('IMG.0001'))
    .transform(Number)
    .pipe(z.int().min(from, orFail('IMG.0001')).max(to, orFail('IMG.0001')))

const FilterBody = z.object({
  action: z.literal('filter'),
  tags: TagFilters.optional(),
  tags_any: TagFilters.optional(),
  not_tags: TagFilters.optional(),
  not_tags_any: TagFilters.optional(),
  without_any_tag: z.boolean(orFail('IMG.0001')).default(false),
  matches: Matches.optional(),
  limit: whole(1, 1000).default(10),
  offset: whole(0, Number.MAX_SAFE_INTEGER).default(0),
})

/** A count takes the same filters and ignores the bounds of a page. */
const CountBody = FilterBody.extend({
  action: z.literal('count'),
  limit: z.unknown().optional(),
  offset: z.unknown().optional(),
})

/** The conditions of a parsed search by tags. */
export function toTagQuery(body: z.output<typeof CountBody> | z.output<typeof FilterBody>): TagQuery {
  const { tags, tags_any, not_tags, not_tags_any, without_any_tag, matches } = body
  const match = (name: string) => matches?.find(({ key }) => key === name)?.value
  return {
    tags,
    tagsAny: tags_any,
    notTags: not_tags,
    notTagsAny: not_tags_any,
    withoutAnyTag: without_any_tag,
    id: match('resource_id'),
    nameContains: match('resource_name'),
  }
}

const Resource = z.object({
  resource_id: z.string(),
  resource_name: z.string(),
  resource_detail: z.object({ status: z.string() }),
  tags: z.array(TagWire),
})

/** Renders an image as a search by tags shows it. */
export function renderResource({ id, name, status, tags }: Image): z.input<typeof Resource> {
  return { resource_id: id, resource_name: name ?? '', resource_detail: { status }, tags }
}

export const listImageByTags = contract({
  id: 'ListImageByTags',
  method: 'POST',
  path: '/v2/{project_id}/images/resource_instances/action',
  summary: 'Find or count the images of the project by their tags',
  actions: ['ims:images:list'],
  request: z.object({
    params: ProjectParams,
    body: z.discriminatedUnion('action', [FilterBody, CountBody], orFail('IMG.0001')),
  }),
  responses: {
    200: z.object({ total_count: z.int(), resources: z.array(Resource).optional() }),
  },
})
