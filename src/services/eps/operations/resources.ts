import { z } from 'zod'
import { callerOf, noContent, ok, operation } from '../../../contract/operation.ts'
import { type EpsCode, orFail } from '../errors.ts'
import { type ImageResource, listResources, migrateImage } from '../rules/resources.ts'
import { EnterpriseProjectParams, Limit, Offset } from './fields.ts'

/** The one type of resource that there is here. */
const IMAGES = 'images'

/** A list without anything twice; the codes are for one that is missing, and for one that names something twice. */
function listOf<Item extends z.ZodType<string>>(item: Item, empty: EpsCode, twice: EpsCode) {
  return z
    .array(item, empty)
    .min(1, empty)
    .refine((list) => new Set(list).size === list.length, twice)
}

const Match = z.object(
  {
    key: z.literal('resource_name', orFail('EPS.0002')),
    value: z.string(orFail('EPS.0002')).max(255, orFail('EPS.0002')),
  },
  orFail('EPS.0002'),
)

/** Images are of a region, so the projects have to be said. */
const FilterBody = z.object({
  projects: listOf(z.string(orFail('EPS.0026')), orFail('EPS.0020'), orFail('EPS.0021')),
  resource_types: listOf(z.literal(IMAGES, orFail('EPS.0025')), orFail('EPS.0023'), orFail('EPS.0024')),
  offset: Offset,
  limit: Limit,
  matches: z.array(Match, orFail('EPS.0002')).default([]),
})

const ResourceWire = z.strictObject({
  resource_id: z.string(),
  resource_name: z.string(),
  resource_type: z.literal(IMAGES),
  resource_detail: z.null(),
  project_id: z.string(),
  project_name: z.string(),
  enterprise_project_id: z.string(),
})

function renderResource(resource: ImageResource): z.input<typeof ResourceWire> {
  const { imageId, name, project, enterpriseProjectId } = resource
  return {
    resource_id: imageId,
    resource_name: name,
    resource_type: IMAGES,
    resource_detail: null,
    project_id: project.id,
    project_name: project.name,
    enterprise_project_id: enterpriseProjectId,
  }
}

/** Clients read page after page until one is empty. */
export const showResourceBindEnterpriseProject = operation({
  id: 'ShowResourceBindEnterpriseProject',
  method: 'POST',
  path: '/v1.0/enterprise-projects/{enterprise_project_id}/resources/filter',
  summary: 'List the images in an enterprise project',
  actions: ['eps:resources:list'],
  byEnterpriseProject: true,
  request: z.object({ params: EnterpriseProjectParams, body: FilterBody }),
  responses: {
    200: z.strictObject({
      resources: z.array(ResourceWire),
      errors: z.array(z.never()),
      total_count: z.int(),
    }),
  },
  handle(call, { params, body: { projects: projectIds, offset, limit, matches } }) {
    const names = matches.map(({ value }) => value)
    const listing = { projectIds, names, offset, limit }
    const id = params.enterprise_project_id
    const { items, total } = listResources(call.world, callerOf(call), id, listing)
    return ok({ resources: items.map(renderResource), errors: [], total_count: total })
  },
})

/** `region_id` and `associated` mean something for buckets and servers only. */
const MigrateBody = z.object({
  resource_type: z.literal(IMAGES, orFail('EPS.0025')),
  resource_id: z.string(orFail('EPS.0002')).min(1, orFail('EPS.0002')),
  project_id: z.string(orFail('EPS.0022')).min(1, orFail('EPS.0022')),
  region_id: z.string(orFail('EPS.0002')).optional(),
  associated: z.boolean(orFail('EPS.0002')).optional(),
})

export const migrateResource = operation({
  id: 'MigrateResource',
  method: 'POST',
  path: '/v1.0/enterprise-projects/{enterprise_project_id}/resources-migrate',
  summary: 'Move an image into an enterprise project',
  actions: ['eps:resources:add', 'eps:resources:remove'],
  byEnterpriseProject: true,
  request: z.object({ params: EnterpriseProjectParams, body: MigrateBody }),
  responses: { 204: null },
  handle(call, { params, body: { resource_id: imageId, project_id: projectId } }) {
    migrateImage(call.world, callerOf(call), { target: params.enterprise_project_id, projectId, imageId })
    return noContent()
  },
})
