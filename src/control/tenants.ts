import { z } from 'zod'
import { allEnterpriseProjects, listAgencies } from '../accounts/queries/enterprise.ts'
import { groupsOf, listGroups, listPolicies, usersInGroup } from '../accounts/queries/groups-and-policies.ts'
import { listUsers } from '../accounts/queries/identity.ts'
import { listDomains, listProjects } from '../accounts/queries/projects.ts'
import type { Grant, GroupRow, UserRow } from '../accounts/tables.ts'
import { nothing, ok } from '../contract/operation.ts'
import { wireSeconds } from '../lib/time.ts'
import type { World } from '../simulation/world.ts'
import { controlOperation } from './operation.ts'

/** A role as fixtures write it: its name, or an object when it counts in one place only. */
const RoleWire = z.union([
  z.string(),
  z.strictObject({
    role: z.string(),
    project: z.string().optional(),
    enterprise_project: z.string().optional(),
  }),
])

export const UserWire = z.strictObject({
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

export const GroupWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  domain_id: z.string(),
  roles: z.array(RoleWire),
  /** Ids of those in it. */
  users: z.array(z.string()),
})

export const PolicyWire = z.strictObject({ domain_id: z.string(), name: z.string(), document: z.unknown() })

const TenantsWire = z.strictObject({
  domains: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  projects: z.array(
    z.strictObject({ id: z.string(), name: z.string(), region: z.string(), domain_id: z.string() }),
  ),
  users: z.array(UserWire),
  groups: z.array(GroupWire),
  policies: z.array(PolicyWire),
  agencies: z.array(
    z.strictObject({
      name: z.string(),
      domain_id: z.string(),
      /** Where it is good for; null is all of the domain. */
      projects: z.array(z.string()).nullable(),
      trusted_domain_id: z.string().nullable(),
      roles: z.array(RoleWire),
    }),
  ),
  enterprise_projects: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      domain_id: z.string(),
      description: z.string(),
      enabled: z.boolean(),
      created_at: z.string(),
      updated_at: z.string(),
    }),
  ),
})

function renderRole({ role, project, enterpriseProject }: Grant): z.input<typeof RoleWire> {
  if (project === undefined && enterpriseProject === undefined) return role
  return {
    role,
    ...(project !== undefined && { project }),
    ...(enterpriseProject !== undefined && { enterprise_project: enterpriseProject }),
  }
}

/** A user as the control plane shows it: nothing of what it proves itself with. */
export function renderUser({ db }: World, user: UserRow): z.input<typeof UserWire> {
  const { id, name, domainId, projectId, enabled, grants } = user
  const groups = groupsOf(db, id).map((group) => group.name)
  return {
    id,
    name,
    domain_id: domainId,
    project_id: projectId,
    enabled,
    roles: grants.map(renderRole),
    groups,
  }
}

/** A group with the ids of those in it. */
export function renderGroup(
  { db }: World,
  { id, name, domainId, grants }: GroupRow,
): z.input<typeof GroupWire> {
  return { id, name, domain_id: domainId, roles: grants.map(renderRole), users: usersInGroup(db, id) }
}

export const showTenants = controlOperation({
  id: 'ControlShowTenants',
  method: 'GET',
  path: '/_ims/tenants',
  summary: 'Who there is and what they were granted; no password, token or key is shown',
  request: nothing,
  responses: { 200: TenantsWire },
  handle({ world }) {
    const { db } = world
    return ok({
      domains: listDomains(db).map(({ id, name }) => ({ id, name })),
      projects: listProjects(db).map(({ id, name, region, domainId }) => {
        return { id, name, region, domain_id: domainId }
      }),
      users: listUsers(db).map((user) => renderUser(world, user)),
      groups: listGroups(db).map((group) => renderGroup(world, group)),
      policies: listPolicies(db).map(({ domainId, name, document }) => {
        return { domain_id: domainId, name, document }
      }),
      agencies: listAgencies(db).map(({ name, domainId, projects, trustedDomainId, grants }) => {
        const roles = grants.map(renderRole)
        return { name, domain_id: domainId, projects, trusted_domain_id: trustedDomainId, roles }
      }),
      enterprise_projects: allEnterpriseProjects(db).map((project) => {
        const { id, name, domainId, description, enabled, createdAt, updatedAt } = project
        const times = { created_at: wireSeconds(createdAt), updated_at: wireSeconds(updatedAt) }
        return { id, name, domain_id: domainId, description, enabled, ...times }
      }),
    })
  },
})
