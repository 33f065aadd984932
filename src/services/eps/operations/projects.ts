import { z } from 'zod'
import type { EnterpriseProjectRow } from '../../../accounts/tables.ts'
import { callerOf, noContent, nothing, ok, operation } from '../../../contract/operation.ts'
import { wireSeconds } from '../../../lib/time.ts'
import { orFail } from '../errors.ts'
import {
  createEnterpriseProject,
  enterpriseProjectQuota,
  renameEnterpriseProject,
  setEnterpriseProjectEnabled,
} from '../rules/change.ts'
import { ownEnterpriseProject } from '../rules/find.ts'
import { listOwnEnterpriseProjects } from '../rules/list.ts'
import {
  EnterpriseProjectDescription,
  EnterpriseProjectName,
  EnterpriseProjectParams,
  LimitText,
  OffsetText,
} from './fields.ts'

const Time = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)

const EnterpriseProjectWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** 1 is in use, 2 is out of use. */
  status: z.literal([1, 2]),
  /** Projects for trials, which can never be disabled, are not emulated. */
  type: z.literal('prod'),
  created_at: Time,
  updated_at: Time,
  delete_flag: z.literal(false),
})

function renderEnterpriseProject(project: EnterpriseProjectRow): z.input<typeof EnterpriseProjectWire> {
  const { id, name, description, enabled, createdAt, updatedAt } = project
  return {
    id,
    name,
    description,
    status: enabled ? 1 : 2,
    type: 'prod',
    created_at: wireSeconds(createdAt),
    updated_at: wireSeconds(updatedAt),
    delete_flag: false,
  }
}

const OneEnterpriseProject = z.strictObject({ enterprise_project: EnterpriseProjectWire })
const renderOne = (project: EnterpriseProjectRow) => ({
  enterprise_project: renderEnterpriseProject(project),
})

const ListQuery = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  status: z.enum(['1', '2'], orFail('EPS.0002')).optional(),
  limit: LimitText,
  offset: OffsetText,
  sort_key: z.enum(['created_at', 'updated_at', 'name'], orFail('EPS.0002')).default('created_at'),
  sort_dir: z.enum(['asc', 'desc'], orFail('EPS.0002')).default('desc'),
  type: z.enum(['prod', 'poc'], orFail('EPS.0002')).optional(),
})

export const listEnterpriseProject = operation({
  id: 'ListEnterpriseProject',
  method: 'GET',
  path: '/v1.0/enterprise-projects',
  summary: 'List the enterprise projects of the account, the default one too',
  actions: ['eps:enterpriseProjects:list'],
  byEnterpriseProject: true,
  request: z.object({ query: ListQuery }),
  responses: {
    200: z.strictObject({ enterprise_projects: z.array(EnterpriseProjectWire), total_count: z.int() }),
  },
  handle(call, { query }) {
    const { id, name, status, sort_key: sortKey, sort_dir, offset, limit, type } = query
    if (type === 'poc') return ok({ enterprise_projects: [], total_count: 0 })
    const enabled = status === undefined ? undefined : status === '1'
    const listing = { id, name, enabled, sortKey, descending: sort_dir === 'desc', offset, limit }
    const { items, total } = listOwnEnterpriseProjects(call.world, callerOf(call), listing)
    return ok({ enterprise_projects: items.map(renderEnterpriseProject), total_count: total })
  },
})

export const showEnterpriseProject = operation({
  id: 'ShowEnterpriseProject',
  method: 'GET',
  path: '/v1.0/enterprise-projects/{enterprise_project_id}',
  summary: 'Show an enterprise project of the account',
  actions: ['eps:enterpriseProjects:get'],
  byEnterpriseProject: true,
  request: z.object({ params: EnterpriseProjectParams }),
  responses: { 200: OneEnterpriseProject },
  handle: (call, { params }) =>
    ok(renderOne(ownEnterpriseProject(call.world, callerOf(call), params.enterprise_project_id))),
})

const EnterpriseProjectBody = z.object({
  name: EnterpriseProjectName,
  description: EnterpriseProjectDescription.optional(),
  type: z.literal('prod', orFail('EPS.0002')).optional(),
})

export const makeEnterpriseProject = operation({
  id: 'CreateEnterpriseProject',
  method: 'POST',
  path: '/v1.0/enterprise-projects',
  summary: 'Make an enterprise project in the account',
  actions: ['eps:enterpriseProjects:create'],
  request: z.object({ body: EnterpriseProjectBody }),
  responses: { 201: OneEnterpriseProject },
  handle: (call, { body }) => ({
    status: 201,
    body: renderOne(createEnterpriseProject(call.world, callerOf(call), body)),
  }),
})

export const updateEnterpriseProject = operation({
  id: 'UpdateEnterpriseProject',
  method: 'PUT',
  path: '/v1.0/enterprise-projects/{enterprise_project_id}',
  summary: 'Give an enterprise project another name or description',
  actions: ['eps:enterpriseProjects:update'],
  byEnterpriseProject: true,
  request: z.object({ params: EnterpriseProjectParams, body: EnterpriseProjectBody }),
  responses: { 200: OneEnterpriseProject },
  handle: (call, { params, body }) =>
    ok(renderOne(renameEnterpriseProject(call.world, callerOf(call), params.enterprise_project_id, body))),
})

export const actOnEnterpriseProject = operation({
  id: 'EnableEnterpriseProject',
  method: 'POST',
  path: '/v1.0/enterprise-projects/{enterprise_project_id}/action',
  summary: 'Put an enterprise project into use, or out of it (DisableEnterpriseProject)',
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
  handle(call, { params, body: { action } }) {
    const id = params.enterprise_project_id
    setEnterpriseProjectEnabled(call.world, callerOf(call), id, action === 'enable')
    return noContent()
  },
})

const QuotaWire = z.strictObject({
  type: z.literal('enterprise_project'),
  used: z.int().nonnegative(),
  quota: z.int().nonnegative(),
})

/** Everybody may look at it: the documents name no action. */
export const showEnterpriseProjectQuota = operation({
  id: 'ShowEnterpriseProjectQuota',
  method: 'GET',
  path: '/v1.0/enterprise-projects/quotas',
  summary: 'Show how many enterprise projects the account has and may have',
  request: nothing,
  responses: { 200: z.strictObject({ quotas: z.strictObject({ resources: z.array(QuotaWire) }) }) },
  handle(call) {
    const quota = enterpriseProjectQuota(call.world, callerOf(call))
    return ok({ quotas: { resources: [{ type: 'enterprise_project', ...quota }] } })
  },
})
