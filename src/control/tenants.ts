import { z } from 'zod'
import { changeGroup, changeUser, removePolicy, writePolicy } from '../accounts/change-tenants.ts'
import { urnOf } from '../accounts/organizations.ts'
import { PolicyDocument } from '../accounts/policy/document.ts'
import { allEnterpriseProjects, listAgencies } from '../accounts/queries/enterprise.ts'
import { groupsOf, listGroups, listPolicies, usersInGroup } from '../accounts/queries/groups-and-policies.ts'
import { listUsers } from '../accounts/queries/identity.ts'
import { accountsAt, listOrganizationNodes } from '../accounts/queries/organizations.ts'
import { listDomains, listProjects } from '../accounts/queries/projects.ts'
import type { Grant, GroupRow, UserRow } from '../accounts/tables.ts'
import { created, handle, noContent, ok } from '../contract/operation.ts'
import { elementsOf } from '../lib/nearest.ts'
import { wireSeconds } from '../lib/time.ts'
import type { World } from '../simulation/world.ts'
import { Fixture } from '../worlds/fixtures/fixture.ts'
import { type ControlCall, withBody } from './call.ts'
import { ShortText } from './contract/authorize.ts'
import * as contract from './contract/tenants.ts'

const showTenants = handle(contract.showTenants, ({ world }: ControlCall) => {
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
    organizations: listOrganizationNodes(db).map((node) => {
      return {
        urn: urnOf(node),
        ...(node.name !== null && { name: node.name }),
        accounts: accountsAt(db, node.id),
      }
    }),
  })
})

/** Roles, in the format of fixtures. */
const Roles = Fixture.shape.agencies.unwrap().element.shape.roles.unwrap()

/** The schema of a change: at least one field; an unknown field is refused with the nearest known one. */
function changeOf<Shape extends z.ZodRawShape>(what: string, shape: Shape) {
  const fields = Object.keys(shape)
  return z
    .strictObject(shape, elementsOf(`a change of ${what}`, fields))
    .refine(
      (change) => Object.values(change).some((value) => value !== undefined),
      `nothing is to be changed; send at least one of ${fields.join(', ')}`,
    )
}

const UserChange = changeOf('a user', {
  enabled: z.boolean().optional(),
  roles: Roles.optional(),
  password: z.string().min(1, 'is empty; write a password').optional(),
})

const patchUser = handle(
  withBody(contract.patchUser, UserChange),
  ({ world }: ControlCall, { params, body }) =>
    ok(renderUser(world, changeUser(world, params.user_id, body))),
)

const GroupChange = changeOf('a group', { roles: Roles.optional(), users: z.array(ShortText).optional() })

const patchGroup = handle(
  withBody(contract.patchGroup, GroupChange),
  ({ world }: ControlCall, { params, body }) =>
    ok(renderGroup(world, changeGroup(world, params.group_id, body))),
)

const putPolicy = handle(
  withBody(contract.putPolicy, PolicyDocument),
  ({ world }: ControlCall, { params: { domain_id, name }, body }) => {
    const isNew = writePolicy(world, domain_id, name, body)
    const written = { domain_id, name, document: body }
    return isNew ? created(written) : ok(written)
  },
)

const deletePolicy = handle(
  contract.deletePolicy,
  ({ world }: ControlCall, { params: { domain_id, name } }) => {
    removePolicy(world, domain_id, name)
    return noContent()
  },
)

export const tenantOperations = [showTenants, patchUser, patchGroup, putPolicy, deletePolicy]

function renderRole({ role, project, enterpriseProject }: Grant): contract.RoleWire {
  if (project === undefined && enterpriseProject === undefined) return role
  return {
    role,
    ...(project !== undefined && { project }),
    ...(enterpriseProject !== undefined && { enterprise_project: enterpriseProject }),
  }
}

/** Renders a user without its credentials. */
function renderUser({ db }: World, user: UserRow): contract.UserWire {
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

/** Renders a group with the ids of its users. */
function renderGroup({ db }: World, { id, name, domainId, grants }: GroupRow): contract.GroupWire {
  return { id, name, domain_id: domainId, roles: grants.map(renderRole), users: usersInGroup(db, id) }
}
