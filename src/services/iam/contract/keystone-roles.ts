import { z } from 'zod'
import { contract } from '../../../contract/operation.ts'
import { LinkWire, ListLinksWire } from './catalog.ts'

const RoleName = z.string().min(1).max(255)

const RoleWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  /** Roles of one domain are not emulated. */
  domain_id: z.null(),
  /** The roles that every world has cannot be changed. */
  options: z.strictObject({ immutable: z.literal(true).optional() }),
  links: LinkWire,
})
export type RoleWire = z.input<typeof RoleWire>

const OneRole = z.strictObject({ role: RoleWire })
const RoleList = z.strictObject({ roles: z.array(RoleWire), links: ListLinksWire })
const RoleParams = z.object({ role_id: z.string() })

export const listRoles = contract({
  id: 'KeystoneListRoles',
  method: 'GET',
  path: '/v3/roles',
  summary: 'List roles',
  actions: ['iam:roles:listRoles'],
  request: z.object({ query: z.object({ name: z.string().optional(), domain_id: z.string().optional() }) }),
  responses: { 200: RoleList },
})

export const createRole = contract({
  id: 'KeystoneCreateRole',
  method: 'POST',
  path: '/v3/roles',
  summary: 'Create a role',
  actions: ['iam:roles:createRole'],
  request: z.object({
    body: z.object({ role: z.object({ name: RoleName, description: z.string().nullish() }) }),
  }),
  responses: { 201: OneRole },
})

export const showRole = contract({
  id: 'KeystoneShowRole',
  method: 'GET',
  path: '/v3/roles/{role_id}',
  summary: 'Show a role',
  actions: ['iam:roles:getRole'],
  request: z.object({ params: RoleParams }),
  responses: { 200: OneRole },
})

export const updateRole = contract({
  id: 'KeystoneUpdateRole',
  method: 'PATCH',
  path: '/v3/roles/{role_id}',
  summary: 'Change a role',
  actions: ['iam:roles:updateRole'],
  request: z.object({
    params: RoleParams,
    body: z.object({ role: z.object({ name: RoleName.optional(), description: z.string().nullish() }) }),
  }),
  responses: { 200: OneRole },
})

export const deleteRole = contract({
  id: 'KeystoneDeleteRole',
  method: 'DELETE',
  path: '/v3/roles/{role_id}',
  summary: 'Delete a role, and take it from everyone',
  actions: ['iam:roles:deleteRole'],
  request: z.object({ params: RoleParams }),
  responses: { 204: null },
})

const GrantParams = z.object({ target_id: z.string(), user_id: z.string() })
const OneGrantParams = GrantParams.extend({ role_id: z.string() })

/** The four operations on the roles of a user in a project or a domain, the target. */
function grantContracts(target: 'project' | 'domain', suffix: string) {
  const path = `/v3/${target}s/{target_id}/users/{user_id}/roles`
  return {
    list: contract({
      id: `KeystoneListRolesOn${suffix}`,
      method: 'GET',
      path,
      summary: `List the roles of a user in a ${target}`,
      actions: ['iam:roles:listGrants'],
      request: z.object({ params: GrantParams }),
      responses: { 200: RoleList },
    }),
    check: contract({
      id: `KeystoneCheckRoleOn${suffix}`,
      method: 'HEAD',
      path: `${path}/{role_id}`,
      summary: `Check whether a user has a role in a ${target}`,
      actions: ['iam:roles:checkGrant'],
      request: z.object({ params: OneGrantParams }),
      responses: { 204: null },
    }),
    grant: contract({
      id: `KeystoneGrantRoleOn${suffix}`,
      method: 'PUT',
      path: `${path}/{role_id}`,
      summary: `Grant a role to a user in a ${target}`,
      actions: ['iam:roles:createGrant'],
      request: z.object({ params: OneGrantParams }),
      responses: { 204: null },
    }),
    revoke: contract({
      id: `KeystoneRevokeRoleOn${suffix}`,
      method: 'DELETE',
      path: `${path}/{role_id}`,
      summary: `Take a role in a ${target} from a user`,
      actions: ['iam:roles:revokeGrant'],
      request: z.object({ params: OneGrantParams }),
      responses: { 204: null },
    }),
  }
}

export const onProject = grantContracts('project', 'Project')
export const onDomain = grantContracts('domain', 'Domain')

const NamedWire = z.strictObject({ id: z.string(), name: z.string().optional() })
const NamedInDomainWire = NamedWire.extend({ domain: NamedWire.optional() })

const AssignmentWire = z.strictObject({
  role: NamedWire,
  user: NamedInDomainWire,
  scope: z.union([z.strictObject({ project: NamedInDomainWire }), z.strictObject({ domain: NamedWire })]),
  links: z.strictObject({ assignment: z.string() }),
})
export type AssignmentWire = z.input<typeof AssignmentWire>

export const listAssignments = contract({
  id: 'KeystoneListRoleAssignments',
  method: 'GET',
  path: '/v3/role_assignments',
  summary: 'List which user has which role where',
  actions: ['iam:roles:listAssignments'],
  request: z.object({
    query: z.object({
      'user.id': z.string().optional(),
      'role.id': z.string().optional(),
      'scope.project.id': z.string().optional(),
      'scope.domain.id': z.string().optional(),
      include_names: z.string().optional(),
      /** Nothing is inherited here: what is assigned is what counts. */
      effective: z.string().optional(),
    }),
  }),
  responses: { 200: z.strictObject({ role_assignments: z.array(AssignmentWire), links: ListLinksWire }) },
})
