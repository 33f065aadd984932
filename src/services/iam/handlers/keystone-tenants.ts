import { findUser } from '../../../accounts/queries/identity.ts'
import type { DomainRow, ProjectRow } from '../../../accounts/tables.ts'
import {
  type Call,
  callerOf,
  created,
  handle,
  noContent,
  type Operation,
  ok,
} from '../../../contract/operation.ts'
import { listAuthDomains } from '../contract/accounts.ts'
import * as contract from '../contract/keystone-tenants.ts'
import { changeDomain, createDomain, domainOf, findDomains, removeDomain } from '../keystone/domains.ts'
import {
  changeProject,
  createProject,
  findProjects,
  isOwnProject,
  projectOf,
  projectsForUser,
  removeProject,
} from '../keystone/projects.ts'
import { userOf } from '../keystone/users.ts'
import { linksOfList, linkTo } from './catalog.ts'

/** Operations of Keystone about domains. */
export const domainOperations: readonly Operation[] = [
  handle(contract.listDomains, (call, { query }) =>
    ok({
      domains: findDomains(call.world, query).map((domain) => renderDomain(call, domain)),
      links: linksOfList(call, '/v3/domains'),
    }),
  ),
  handle(contract.createDomain, (call, { body }) =>
    created({ domain: renderDomain(call, createDomain(call.world, body.domain)) }),
  ),
  handle(contract.showDomain, (call, { params: { domain_id: id } }) => {
    if (id !== callerOf(call).domainId) call.authorize('iam:domains:getDomain')
    return ok({ domain: renderDomain(call, domainOf(call.world, id)) })
  }),
  handle(contract.updateDomain, (call, { params, body }) =>
    ok({ domain: renderDomain(call, changeDomain(call.world, params.domain_id, body.domain)) }),
  ),
  handle(contract.deleteDomain, (call, { params }) => {
    removeDomain(call.world, params.domain_id)
    return noContent()
  }),
  handle(listAuthDomains, (call) => {
    const { domainId: id, domainName: name } = callerOf(call)
    return ok({
      domains: [{ id, name, description: '', enabled: true, links: linkTo(call, 'domains', id) }],
      links: linksOfList(call, '/v3/auth/domains'),
    })
  }),
]

/** Operations of Keystone about projects. */
export const projectOperations: readonly Operation[] = [
  handle(contract.listProjects, (call, { query }) => {
    const { domain_id: domainId, parent_id: parentId, name, enabled } = query
    const found =
      query.is_domain === true ? [] : findProjects(call.world, { name, domainId, parentId, enabled })
    return ok(renderProjects(call, '/v3/projects', found))
  }),
  handle(contract.listAuthProjects, (call) => {
    const user = findUser(call.world.db, callerOf(call).userId)
    return ok(
      renderProjects(call, '/v3/auth/projects', user === undefined ? [] : projectsForUser(call.world, user)),
    )
  }),
  handle(contract.listUserProjects, (call, { params: { user_id: id } }) => {
    if (id !== callerOf(call).userId) call.authorize('iam:projects:listProjectsForUser')
    const found = projectsForUser(call.world, userOf(call.world, id))
    return ok(renderProjects(call, `/v3/users/${id}/projects`, found))
  }),
  handle(contract.createProject, (call, { body: { project } }) => {
    const { domain_id, parent_id, name, description, enabled } = project
    const made = createProject(call.world, domain_id ?? callerOf(call).domainId, {
      name,
      description,
      enabled,
      parentId: parent_id ?? undefined,
    })
    return created({ project: renderProject(call, made) })
  }),
  handle(contract.showProject, (call, { params: { project_id: id } }) => {
    const { userId } = callerOf(call)
    const project = projectOf(call.world, id)
    if (!isOwnProject(call.world, userId, project)) call.authorize('iam:projects:getProject')
    return ok({ project: renderProject(call, project) })
  }),
  handle(contract.updateProject, (call, { params, body }) =>
    ok({ project: renderProject(call, changeProject(call.world, params.project_id, body.project)) }),
  ),
  handle(contract.deleteProject, (call, { params }) => {
    removeProject(call.world, params.project_id)
    return noContent()
  }),
]

function renderDomain(call: Call, { id, name, description, enabled }: DomainRow): contract.DomainWire {
  return { id, name, description, enabled, tags: [], options: {}, links: linkTo(call, 'domains', id) }
}

function renderProject(
  call: Call,
  { id, name, description, domainId, enabled }: ProjectRow,
): contract.KeystoneProjectWire {
  return {
    id,
    name,
    description,
    domain_id: domainId,
    parent_id: domainId,
    enabled,
    is_domain: false,
    tags: [],
    options: {},
    links: linkTo(call, 'projects', id),
  }
}

function renderProjects(call: Call, path: string, projects: readonly ProjectRow[]) {
  return {
    projects: projects.map((project) => renderProject(call, project)),
    links: linksOfList(call, path),
  }
}
