import { z } from 'zod'
import type { PolicyDocument } from '../../accounts/policy/document.ts'
import { contract, nothing } from '../../contract/operation.ts'

/** A role as fixtures write it: its name, or an object when it counts in one place only. */
const RoleWire = z.union([
  z.string(),
  z.strictObject({
    role: z.string(),
    project: z.string().optional(),
    enterprise_project: z.string().optional(),
  }),
])
export type RoleWire = z.input<typeof RoleWire>

const UserWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  domain_id: z.string(),
  /** The project that its access keys speak for when a request names none. */
  project_id: z.string(),
  enabled: z.boolean(),
  roles: z.array(RoleWire),
  /** Names of the groups that it is in. */
  groups: z.array(z.string()),
})
export type UserWire = z.input<typeof UserWire>

const GroupWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  domain_id: z.string(),
  roles: z.array(RoleWire),
  /** Ids of its users. */
  users: z.array(z.string()),
})
export type GroupWire = z.input<typeof GroupWire>

const PolicyWire = z.strictObject({ domain_id: z.string(), name: z.string(), document: z.unknown() })

const AgencyWire = z.strictObject({
  name: z.string(),
  domain_id: z.string(),
  /** Projects in which it is valid; null is the whole domain. */
  projects: z.array(z.string()).nullable(),
  trusted_domain_id: z.string().nullable(),
  roles: z.array(RoleWire),
})

const OrganizationNodeWire = z.strictObject({
  /** The name by which images are shared with it. */
  urn: z.string(),
  /** Undefined for the organisation itself, for its root, and for units without one. */
  name: z.string().optional(),
  /** Ids of the accounts directly at it. */
  accounts: z.array(z.string()),
})

const EnterpriseProjectWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  domain_id: z.string(),
  description: z.string(),
  enabled: z.boolean(),
  created_at: z.string(),
  updated_at: z.string(),
})

export const showTenants = contract({
  id: 'ControlShowTenants',
  method: 'GET',
  path: '/_ims/tenants',
  summary:
    'Domains, projects, users, groups, policies, agencies and organisations; no password, token or key is shown',
  request: nothing,
  responses: {
    200: z.strictObject({
      domains: z.array(z.strictObject({ id: z.string(), name: z.string() })),
      projects: z.array(
        z.strictObject({ id: z.string(), name: z.string(), region: z.string(), domain_id: z.string() }),
      ),
      users: z.array(UserWire),
      groups: z.array(GroupWire),
      policies: z.array(PolicyWire),
      agencies: z.array(AgencyWire),
      enterprise_projects: z.array(EnterpriseProjectWire),
      /** The nodes of organisations, each before those below it. */
      organizations: z.array(OrganizationNodeWire),
    }),
  },
})

/** Fields of a user to change; the others stay. */
export interface UserChange {
  enabled?: boolean | undefined
  roles?: RoleWire[] | undefined
  password?: string | undefined
}

export const patchUser = contract({
  id: 'ControlUpdateUser',
  remembered: true,
  method: 'PATCH',
  path: '/_ims/users/{user_id}',
  summary: 'Enable or disable a user, grant it other roles, give it another password',
  request: z.object({ params: z.object({ user_id: z.string() }), body: z.custom<UserChange>() }),
  responses: { 200: UserWire },
})

/** Fields of a group to change; the others stay. */
export interface GroupChange {
  roles?: RoleWire[] | undefined
  /** Ids of all its users. */
  users?: string[] | undefined
}

export const patchGroup = contract({
  id: 'ControlUpdateGroup',
  remembered: true,
  method: 'PATCH',
  path: '/_ims/groups/{group_id}',
  summary: 'Grant a group other roles, put other users into it',
  request: z.object({ params: z.object({ group_id: z.string() }), body: z.custom<GroupChange>() }),
  responses: { 200: GroupWire },
})

const PolicyParams = z.object({
  domain_id: z.string(),
  name: z.string().max(64, 'a policy has a name of at most 64 characters'),
})

export const putPolicy = contract({
  id: 'ControlPutPolicy',
  remembered: true,
  method: 'PUT',
  path: '/_ims/policies/{domain_id}/{name}',
  summary: "Create or replace a policy of a domain; the body is IAM's own JSON",
  request: z.object({ params: PolicyParams, body: z.custom<z.input<typeof PolicyDocument>>() }),
  responses: { 200: PolicyWire, 201: PolicyWire },
})

export const deletePolicy = contract({
  id: 'ControlDeletePolicy',
  remembered: true,
  method: 'DELETE',
  path: '/_ims/policies/{domain_id}/{name}',
  summary: 'Delete a policy of a domain that is granted to no user or group',
  request: z.object({ params: PolicyParams }),
  responses: { 204: null },
})
