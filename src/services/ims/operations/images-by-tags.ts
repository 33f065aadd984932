import { z } from 'zod'
import { contextOf, ok, operation } from '../../../contract/operation.ts'
import { orFail } from '../errors.ts'
import { checkProject } from '../own-projects.ts'
import type { Image } from '../queries/images.ts'
import { countImagesByTags, findImagesByTags, type TagQuery } from '../tags/find-images.ts'

const different = (list: readonly unknown[]) => new Set(list).size === list.length

/** Keys with values, each once; the characters of neither are looked at. */
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

/** A number that is documented as its decimal digits; both come. */
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

/** A count reads the same filters; where a page would begin and end does not matter to it. */
const CountBody = FilterBody.extend({
  action: z.literal('count'),
  limit: z.unknown().optional(),
  offset: z.unknown().optional(),
})

const Resource = z.object({
  resource_id: z.string(),
  resource_name: z.string(),
  resource_detail: z.object({ status: z.string() }),
  tags: z.array(z.object({ key: z.string(), value: z.string() })),
})

function renderResource({ id, name, status, tags }: Image): z.input<typeof Resource> {
  return { resource_id: id, resource_name: name ?? '', resource_detail: { status }, tags }
}

function toQuery(body: z.output<typeof CountBody> | z.output<typeof FilterBody>): TagQuery {
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

export const listImageByTags = operation({
  id: 'ListImageByTags',
  method: 'POST',
  path: '/v2/{project_id}/images/resource_instances/action',
  summary: 'Find or count the images of the project by their tags',
  actions: ['ims:images:list'],
  request: z.object({
    params: z.object({ project_id: z.string() }),
    body: z.discriminatedUnion('action', [FilterBody, CountBody], orFail('IMG.0001')),
  }),
  responses: {
    200: z.object({ total_count: z.int(), resources: z.array(Resource).optional() }),
  },
  handle(call, { params, body }) {
    const context = contextOf(call)
    checkProject(context.caller, params.project_id)
    const query = toQuery(body)
    if (body.action === 'count') return ok({ total_count: countImagesByTags(context, query) })
    const { total, images } = findImagesByTags(context, query, body)
    return ok({ total_count: total, resources: images.map(renderResource) })
  },
})
