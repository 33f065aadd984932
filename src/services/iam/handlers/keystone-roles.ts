import { findDomain, findProject } from '../../../accounts/queries/projects.ts'
import type { UserRow } from '../../../accounts/tables.ts'
import { type Call, created, handle, noContent, type Operation, ok } from '../../../contract/operation.ts'
import * as contract from '../contract/keystone-roles.ts'
import {
  type Assignment,
  changeRole,
  checkGrant,
  createRole,
  grantedRoles,
  grantRole,
  listAssignments,
  removeRole,
  revokeRole,
} from '../keystone/grants.ts'
import { findRole, listRoles, type Role, type Target } from '../keystone/rights.ts'
import { linksOfList, linkTo } from './catalog.ts'

/** Operations of Keystone about roles, and about who has which. */
export const roleOperations: readonly Operation[] = [
  handle(contract.listRoles, (call, { query: { name, domain_id } }) => {
    // A list of the roles of one domain is empty: all roles are of all domains.
    const found = listRoles(call.world).filter(
      (role) => domain_id === undefined && (name === undefined || role.name === name),
    )
    return ok(renderRoles(call, '/v3/roles', found))
  }),
  handle(contract.createRole, (call, { body: { role } }) =>
    created({ role: renderRole(call, createRole(call.world, role.name, role.description ?? null)) }),
  ),
  handle(contract.showRole, (call, { params }) =>
    ok({ role: renderRole(call, findRole(call.world, params.role_id)) }),
  ),
  handle(contract.updateRole, (call, { params, body }) =>
    ok({ role: renderRole(call, changeRole(call.world, params.role_id, body.role)) }),
  ),
  handle(contract.deleteRole, (call, { params }) => {
    removeRole(call.world, params.role_id)
    return noContent()
  }),
  ...grantOperations(contract.onProject, 'projects', (id) => ({ project: id })),
  ...grantOperations(contract.onDomain, 'domains', (id) => ({ domain: id })),
  handle(contract.listAssignments, (call, { query }) => {
    const named = query.include_names !== undefined && query.include_names !== 'false'
    const wanted = ({ role, user, target }: Assignment) =>
      (query['role.id'] === undefined || role.id === query['role.id']) &&
      (query['user.id'] === undefined || user.id === query['user.id']) &&
      (query['scope.project.id'] === undefined ||
        ('project' in target && target.project === query['scope.project.id'])) &&
      (query['scope.domain.id'] === undefined ||
        ('domain' in target && target.domain === query['scope.domain.id']))
    return ok({
      role_assignments: listAssignments(call.world)
        .filter(wanted)
        .map((assignment) => renderAssignment(call, assignment, named)),
      links: linksOfList(call, '/v3/role_assignments'),
    })
  }),
]

function grantOperations(
  { list, check, grant, revoke }: typeof contract.onProject,
  noun: 'projects' | 'domains',
  targetOf: (id: string) => Target,
): readonly Operation[] {
  return [
    handle(list, (call, { params: { target_id, user_id } }) => {
      const found = grantedRoles(call.world, user_id, targetOf(target_id))
      return ok(renderRoles(call, `/v3/${noun}/${target_id}/users/${user_id}/roles`, found))
    }),
    handle(check, (call, { params: { target_id, user_id, role_id } }) => {
      checkGrant(call.world, user_id, targetOf(target_id), role_id)
      return noContent()
    }),
    handle(grant, (call, { params: { target_id, user_id, role_id } }) => {
      grantRole(call.world, user_id, targetOf(target_id), role_id)
      return noContent()
    }),
    handle(revoke, (call, { params: { target_id, user_id, role_id } }) => {
      revokeRole(call.world, user_id, targetOf(target_id), role_id)
      return noContent()
    }),
  ]
}

function renderRole(call: Call, { id, name, description, immutable }: Role): contract.RoleWire {
  return {
    id,
    name,
    description,
    domain_id: null,
    options: immutable ? { immutable } : {},
    links: linkTo(call, 'roles', id),
  }
}

function renderRoles(call: Call, path: string, roles: readonly Role[]) {
  return { roles: roles.map((role) => renderRole(call, role)), links: linksOfList(call, path) }
}

function renderAssignment(
  call: Call,
  { role, user, target }: Assignment,
  named: boolean,
): contract.AssignmentWire {
  const [noun, id] =
    'project' in target ? (['projects', target.project] as const) : (['domains', target.domain] as const)
  return {
    role: { id: role.id, ...(named && { name: role.name }) },
    user: { id: user.id, ...(named && { name: user.name, domain: domainWire(call, user) }) },
    scope:
      'project' in target
        ? { project: projectWire(call, target.project, named) }
        : { domain: domainScope(call, target.domain, named) },
    links: { assignment: `${call.base}/v3/${noun}/${id}/users/${user.id}/roles/${role.id}` },
  }
}

function domainWire({ world }: Call, { domainId: id }: Pick<UserRow, 'domainId'>) {
  return { id, name: findDomain(world.db, id)?.name ?? '' }
}

function domainScope(call: Call, domainId: string, named: boolean) {
  return named ? domainWire(call, { domainId }) : { id: domainId }
}

function projectWire(call: Call, id: string, named: boolean) {
  const project = findProject(call.world.db, id)
  if (!named || project === undefined) return { id }
  return { id, name: project.name, domain: domainWire(call, project) }
}
