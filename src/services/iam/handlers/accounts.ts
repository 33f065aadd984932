import type { UserRow } from '../../../accounts/tables.ts'
import {
  type Call,
  callerOf,
  contextOf,
  created,
  handle,
  type Operation,
  ok,
} from '../../../contract/operation.ts'
import {
  createProject,
  findOwnProject,
  findOwnUser,
  listProjects,
  listUsers,
  type ProjectView,
  usableProjects,
} from '../accounts.ts'
import * as contract from '../contract/accounts.ts'
import { linksOfList, linkTo } from './catalog.ts'

/** Operations about the caller's account, its projects and its users. */
export const accountOperations: readonly Operation[] = [
  handle(contract.listAuthProjects, (call) =>
    ok(renderProjects(call, '/v3/auth/projects', usableProjects(contextOf(call)))),
  ),

  handle(contract.listAuthDomains, (call) => {
    const { domainId: id, domainName: name } = callerOf(call)
    return ok({
      domains: [{ id, name, description: '', enabled: true, links: linkTo(call, 'domains', id) }],
      links: linksOfList(call, '/v3/auth/domains'),
    })
  }),

  handle(contract.listProjects, (call, { query }) => {
    const { name, domain_id: domainId, parent_id: parentId, enabled, is_domain: isDomain } = query
    const { page: number, per_page: size } = query
    const page = number === undefined || size === undefined ? undefined : { number, size }
    const filters = { name, domainId, parentId, enabled, isDomain, page }
    return ok(renderProjects(call, '/v3/projects', listProjects(contextOf(call), filters)))
  }),

  handle(contract.createProject, (call, { body }) => {
    const { name, domain_id, parent_id } = body.project
    const wanted = { name, domainId: domain_id ?? undefined, parentId: parent_id ?? undefined }
    return created({ project: renderProject(call, createProject(contextOf(call), wanted)) })
  }),

  handle(contract.showProject, (call, { params }) =>
    ok({ project: renderProject(call, findOwnProject(contextOf(call), params.project_id)) }),
  ),

  handle(contract.listUsers, (call, { query: { name, domain_id: domainId, enabled } }) => {
    const users = listUsers(contextOf(call), { name, domainId, enabled })
    return ok({ users: users.map((user) => renderUser(call, user)), links: linksOfList(call, '/v3/users') })
  }),

  handle(contract.showUser, (call, { params }) =>
    ok({ user: renderUser(call, findOwnUser(contextOf(call), params.user_id, call.authorize)) }),
  ),
]

function renderProject(call: Call, { id, name, domainId, parentId }: ProjectView): contract.ProjectWire {
  return {
    id,
    name,
    description: '',
    domain_id: domainId,
    parent_id: parentId,
    enabled: true,
    is_domain: false,
    links: linkTo(call, 'projects', id),
  }
}

function renderProjects(call: Call, path: string, projects: readonly ProjectView[]) {
  return {
    projects: projects.map((project) => renderProject(call, project)),
    links: linksOfList(call, path),
  }
}

function renderUser(call: Call, { id, name, domainId, enabled, projectId }: UserRow): contract.UserWire {
  return {
    id,
    name,
    description: '',
    domain_id: domainId,
    enabled,
    default_project_id: projectId,
    last_project_id: '',
    password_expires_at: null,
    pwd_status: false,
    links: linkTo(call, 'users', id),
  }
}
