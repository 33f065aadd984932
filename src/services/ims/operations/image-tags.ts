import { z } from 'zod'
import { type Call, contextOf, noContent, ok, operation } from '../../../contract/operation.ts'
import { orFail } from '../errors.ts'
import { checkProject } from '../own-projects.ts'
import { putTags, removeTag, removeTags } from '../tags/change.ts'
import { tagsOfImage, tagsOfProject } from '../tags/list.ts'
import { KeyValueTag } from './fields.ts'

const ProjectParams = z.object({ project_id: z.string() })
const ImageParams = ProjectParams.extend({ image_id: z.string() })

/** The context of a call whose path names the caller's project. @throws CodedRefusal IMG.0030 */
function contextIn(call: Call, { project_id }: z.output<typeof ProjectParams>) {
  const context = contextOf(call)
  checkProject(context.caller, project_id)
  return context
}

export const addImageTag = operation({
  id: 'AddImageTag',
  method: 'POST',
  path: '/v2/{project_id}/images/{image_id}/tags',
  summary: 'Give an image a tag',
  actions: ['ims:images:update'],
  request: z.object({ params: ImageParams, body: z.object({ tag: KeyValueTag }) }),
  responses: { 204: null },
  handle(call, { params, body }) {
    putTags(contextIn(call, params), params.image_id, [body.tag])
    return noContent()
  },
})

export const listImageTags = operation({
  id: 'ListImageTags',
  method: 'GET',
  path: '/v2/{project_id}/images/{image_id}/tags',
  summary: 'List the tags of an image',
  actions: ['ims:images:list'],
  request: z.object({ params: ImageParams }),
  responses: { 200: z.object({ tags: z.array(z.object({ key: z.string(), value: z.string() })) }) },
  handle: (call, { params }) => ok({ tags: tagsOfImage(contextIn(call, params), params.image_id) }),
})

export const deleteImageTag = operation({
  id: 'DeleteImageTag',
  method: 'DELETE',
  path: '/v2/{project_id}/images/{image_id}/tags/{key}',
  summary: 'Take a tag from an image',
  actions: ['ims:images:update'],
  request: z.object({ params: ImageParams.extend({ key: z.string() }) }),
  responses: { 204: null },
  handle(call, { params }) {
    removeTag(contextIn(call, params), params.image_id, params.key)
    return noContent()
  },
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

const BatchBody = z.discriminatedUnion(
  'action',
  [
    z.object({
      action: z.literal('create'),
      tags: z.array(KeyValueTag, orFail('IMG.0001')).min(1, orFail('IMG.0001')),
    }),
    z.object({ action: z.literal('delete'), tags: TagsToDelete }),
  ],
  orFail('IMG.0001'),
)

export const batchAddOrDeleteTags = operation({
  id: 'BatchAddOrDeleteTags',
  method: 'POST',
  path: '/v2/{project_id}/images/{image_id}/tags/action',
  summary: 'Give an image several tags, or take several from it',
  actions: ['ims:images:update'],
  request: z.object({ params: ImageParams, body: BatchBody }),
  responses: { 204: null },
  handle(call, { params, body }) {
    const context = contextIn(call, params)
    if (body.action === 'create') putTags(context, params.image_id, body.tags)
    else removeTags(context, params.image_id, body.tags)
    return noContent()
  },
})

export const batchDeleteTags = operation({
  id: 'BatchDeleteTags',
  method: 'DELETE',
  path: '/v1/{project_id}/cloudimages/{image_id}/tags/delete',
  summary: 'Take several tags from an image',
  actions: ['ims:images:update'],
  request: z.object({ params: ImageParams, body: z.object({ tags: TagsToDelete }) }),
  responses: { 204: null },
  handle(call, { params, body }) {
    removeTags(contextIn(call, params), params.image_id, body.tags)
    return noContent()
  },
})

export const listImagesTags = operation({
  id: 'ListImagesTags',
  method: 'GET',
  path: '/v2/{project_id}/images/tags',
  summary: 'List every tag key of the project with its different values',
  actions: ['ims:images:list'],
  request: z.object({ params: ProjectParams }),
  responses: {
    200: z.object({ tags: z.array(z.object({ key: z.string(), values: z.array(z.string()) })) }),
  },
  handle: (call, { params }) => ok({ tags: tagsOfProject(contextIn(call, params)) }),
})
