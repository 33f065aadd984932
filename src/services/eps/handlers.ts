import type { EnterpriseProjectRow } from '../../accounts/tables.ts'
import { contextOf, created, handle, noContent, type Operation, ok } from '../../contract/operation.ts'
import { wireSeconds } from '../../lib/time.ts'
import * as contract from './contract.ts'
import {
  createEnterpriseProject,
  enterpriseProjectQuota,
  listEnterpriseProjects,
  ownEnterpriseProject,
  setEnterpriseProjectEnabled,
  updateEnterpriseProject,
} from './projects.ts'
import { type ImageResource, listResources, migrateImage } from './resources.ts'

/** The calls of the enterprise project service that clients of images need. */
export const epsOperations: readonly Operation[] = [
  handle(contract.listEnterpriseProject, (call, { query }) => {
    const { id, name, status, sort_key: sortKey, sort_dir, offset, limit, type } = query
    if (type === 'poc') return ok({ enterprise_projects: [], total_count: 0 })
    const enabled = status === undefined ? undefined : status === '1'
    const listing = { id, name, enabled, sortKey, descending: sort_dir === 'desc', offset, limit }
    const { items, total } = listEnterpriseProjects(contextOf(call), listing)
    return ok({ enterprise_projects: items.map(renderEnterpriseProject), total_count: total })
  }),

  handle(contract.createEnterpriseProject, (call, { body }) =>
    created(renderOne(createEnterpriseProject(contextOf(call), body))),
  ),

  handle(contract.showEnterpriseProjectQuota, (call) => {
    const quota = enterpriseProjectQuota(contextOf(call))
    return ok({ quotas: { resources: [{ type: 'enterprise_project', ...quota }] } })
  }),

  handle(contract.showEnterpriseProject, (call, { params }) =>
    ok(renderOne(ownEnterpriseProject(contextOf(call), params.enterprise_project_id))),
  ),

  handle(contract.updateEnterpriseProject, (call, { params, body }) =>
    ok(renderOne(updateEnterpriseProject(contextOf(call), params.enterprise_project_id, body))),
  ),

  handle(contract.enableEnterpriseProject, (call, { params, body: { action } }) => {
    setEnterpriseProjectEnabled(contextOf(call), params.enterprise_project_id, action === 'enable')
    return noContent()
  }),

  handle(contract.showResourceBindEnterpriseProject, (call, { params, body }) => {
    const { projects: projectIds, offset, limit, matches } = body
    const listing = { projectIds, names: matches.map(({ value }) => value), offset, limit }
    const { items, total } = listResources(contextOf(call), params.enterprise_project_id, listing)
    return ok({ resources: items.map(renderResource), errors: [], total_count: total })
  }),

  handle(
    contract.migrateResource,
    (call, { params, body: { resource_id: imageId, project_id: projectId } }) => {
      migrateImage(contextOf(call), { target: params.enterprise_project_id, projectId, imageId })
      return noContent()
    },
  ),
]

function renderEnterpriseProject(project: EnterpriseProjectRow): contract.EnterpriseProjectWire {
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

function renderOne(project: EnterpriseProjectRow): { enterprise_project: contract.EnterpriseProjectWire } {
  return { enterprise_project: renderEnterpriseProject(project) }
}

function renderResource(resource: ImageResource): contract.ResourceWire {
  const { imageId, name, project, enterpriseProjectId } = resource
  return {
    resource_id: imageId,
    resource_name: name,
    resource_type: 'images',
    resource_detail: null,
    project_id: project.id,
    project_name: project.name,
    enterprise_project_id: enterpriseProjectId,
  }
}
