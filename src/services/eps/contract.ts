import { z } from 'zod'
import { contract, nothing } from '../../contract/operation.ts'
import { type EpsCode, orFail } from './errors.ts'

/*
 * Requests and replies of the enterprise project service. The message of every rule is the EPS code that breaking it causes:
 * the pipeline answers the code of the first broken rule, in the order of the fields.
 */

const EnterpriseProjectParams = z.object({ enterprise_project_id: z.string() })

const LARGEST_PAGE = 1000

const digits = (code: EpsCode) =>
  z
    .string(code)
    .regex(/^\d{1,9}$/, code)
    .transform(Number)

const Time = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)

const EnterpriseProjectWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** 1 is enabled, 2 is disabled. */
  status: z.literal([1, 2]),
  /** Projects for trials (`poc`), which can never be disabled, are not emulated. */
  type: z.literal('prod'),
  created_at: Time,
  updated_at: Time,
  delete_flag: z.literal(false),
})
export type EnterpriseProjectWire = z.input<typeof EnterpriseProjectWire>

const OneEnterpriseProject = z.strictObject({ enterprise_project: EnterpriseProjectWire })

export const listEnterpriseProject = contract({
  id: 'ListEnterpriseProject',
  method: 'GET',
  path: '/v1.0/enterprise-projects',
  summary: 'List the enterprise projects of the account, the default one too',
  actions: ['eps:enterpriseProjects:list'],
  byEnterpriseProject: true,
  request: z.object({
    query: z.object({
      id: z.string().optional(),
      name: z.string().optional(),
      status: z.enum(['1', '2'], orFail('EPS.0002')).optional(),
      /** A page of 0 shows only the total number. */
      limit: digits('EPS.0017')
        .refine((limit) => limit <= LARGEST_PAGE, orFail('EPS.0017'))
        .default(LARGEST_PAGE),
      offset: digits('EPS.0018').default(0),
      sort_key: z.enum(['created_at', 'updated_at', 'name'], orFail('EPS.0002')).default('created_at'),
      sort_dir: z.enum(['asc', 'desc'], orFail('EPS.0002')).default('desc'),
      type: z.enum(['prod', 'poc'], orFail('EPS.0002')).optional(),
    }),
  }),
  responses: {
    200: z.strictObject({ enterprise_projects: z.array(EnterpriseProjectWire), total_count: z.int() }),
  },
})

export const showEnterpriseProject = contract({
  id: 'ShowEnterpriseProject',
  method: 'GET',
  path: '/v1.0/enterprise-projects/{enterprise_project_id}',
  summary: 'Show an enterprise project of the account',
  actions: ['eps:enterpriseProjects:get'],
  byEnterpriseProject: true,
  request: z.object({ params: EnterpriseProjectParams }),
  responses: { 200: OneEnterpriseProject },
})

const EnterpriseProjectBody = z.object({
  /** Han, letters, digits, `_` and `-`; `default`, in any letter case, is the name of the one that every account has. */
  name: z
    .string(orFail('EPS.0007'))
    .regex(/^[\p{Script=Han}\w-]{1,255}$/u, orFail('EPS.0007'))
    .refine((name) => name.toLowerCase() !== 'default', orFail('EPS.0007')),
  description: z.string(orFail('EPS.0008')).max(512, orFail('EPS.0008')).optional(),
  type: z.literal('prod', orFail('EPS.0002')).optional(),
})

export const createEnterpriseProject = contract({
  id: 'CreateEnterpriseProject',
  method: 'POST',
  path: '/v1.0/enterprise-projects',
  summary: 'Create an enterprise project in the account',
  actions: ['eps:enterpriseProjects:create'],
  request: z.object({ body: EnterpriseProjectBody }),
  responses: { 201: OneEnterpriseProject },
})

export const updateEnterpriseProject = contract({
  id: 'UpdateEnterpriseProject',
  method: 'PUT',
  path: '/v1.0/enterprise-projects/{enterprise_project_id}',
  summary: 'Change the name or the description of an enterprise project',
  actions: ['eps:enterpriseProjects:update'],
  byEnterpriseProject: true,
  request: z.object({ params: EnterpriseProjectParams, body: EnterpriseProjectBody }),
  responses: { 200: OneEnterpriseProject },
})

export const enableEnterpriseProject = contract({
  id: 'EnableEnterpriseProject',
  method: 'POST',
  path: '/v1.0/enterprise-projects/{enterprise_project_id}/action',
  summary: 'Enable an enterprise project, or disable it (DisableEnterpriseProject)',
  conditionalActions: [
    {
      action: 'eps:enterpriseProjects:enable',
      when: 'the action is enable',
      applies: ({ body }) => body.action === 'enable',
    },
    {
      action: 'eps:enterpriseProjects:disable',
      when: 'the action is disable',
      applies: ({ body }) => body.action === 'disable',
    },
  ],
  request: z.object({
    params: EnterpriseProjectParams,
    body: z.object({ action: z.enum(['enable', 'disable'], orFail('EPS.0013')) }),
  }),
  responses: { 204: null },
})

const QuotaWire = z.strictObject({
  type: z.literal('enterprise_project'),
  used: z.int().nonnegative(),
  quota: z.int().nonnegative(),
})

/** Needs no right: the vendor's table of permissions names no action for it. */
export const showEnterpriseProjectQuota = contract({
  id: 'ShowEnterpriseProjectQuota',
  method: 'GET',
  path: '/v1.0/enterprise-projects/quotas',
  summary: 'Show how many enterprise projects the account has and may have',
  request: nothing,
  responses: { 200: z.strictObject({ quotas: z.strictObject({ resources: z.array(QuotaWire) }) }) },
})

/** Images are the only type of resource here. */
const RESOURCE_TYPE = 'images'

/** A list without duplicates: `empty` is the code of one that is missing or empty, `twice` of one with a duplicate. */
function listOf<Item extends z.ZodType<string>>(item: Item, empty: EpsCode, twice: EpsCode) {
  return z
    .array(item, empty)
    .min(1, empty)
    .refine((list) => new Set(list).size === list.length, twice)
}

const NameMatch = z.object(
  {
    key: z.literal('resource_name', orFail('EPS.0002')),
    value: z.string(orFail('EPS.0002')).max(255, orFail('EPS.0002')),
  },
  orFail('EPS.0002'),
)

const ResourceWire = z.strictObject({
  resource_id: z.string(),
  resource_name: z.string(),
  resource_type: z.literal(RESOURCE_TYPE),
  resource_detail: z.null(),
  project_id: z.string(),
  project_name: z.string(),
  enterprise_project_id: z.string(),
})
export type ResourceWire = z.input<typeof ResourceWire>

/** Clients request page after page until one is empty. Images belong to a region, so `projects` is required. */
export const showResourceBindEnterpriseProject = contract({
  id: 'ShowResourceBindEnterpriseProject',
  method: 'POST',
  path: '/v1.0/enterprise-projects/{enterprise_project_id}/resources/filter',
  summary: 'List the images in an enterprise project',
  actions: ['eps:resources:list'],
  byEnterpriseProject: true,
  request: z.object({
    params: EnterpriseProjectParams,
    body: z.object({
      projects: listOf(z.string(orFail('EPS.0026')), 'EPS.0020', 'EPS.0021'),
      resource_types: listOf(z.literal(RESOURCE_TYPE, orFail('EPS.0025')), 'EPS.0023', 'EPS.0024'),
      offset: z.int(orFail('EPS.0018')).min(0, orFail('EPS.0018')).default(0),
      limit: z
        .int(orFail('EPS.0017'))
        .min(0, orFail('EPS.0017'))
        .max(LARGEST_PAGE, orFail('EPS.0017'))
        .default(LARGEST_PAGE),
      matches: z.array(NameMatch, orFail('EPS.0002')).default([]),
    }),
  }),
  responses: {
    200: z.strictObject({
      resources: z.array(ResourceWire),
      errors: z.array(z.never()),
      total_count: z.int(),
    }),
  },
})

/** `region_id` and `associated` mean something for buckets and servers only. */
export const migrateResource = contract({
  id: 'MigrateResource',
  method: 'POST',
  path: '/v1.0/enterprise-projects/{enterprise_project_id}/resources-migrate',
  summary: 'Move an image into an enterprise project',
  actions: ['eps:resources:add', 'eps:resources:remove'],
  byEnterpriseProject: true,
  request: z.object({
    params: EnterpriseProjectParams,
    body: z.object({
      resource_type: z.literal(RESOURCE_TYPE, orFail('EPS.0025')),
      resource_id: z.string(orFail('EPS.0002')).min(1, orFail('EPS.0002')),
      project_id: z.string(orFail('EPS.0022')).min(1, orFail('EPS.0022')),
      region_id: z.string(orFail('EPS.0002')).optional(),
      associated: z.boolean(orFail('EPS.0002')).optional(),
    }),
  }),
  responses: { 204: null },
})
