import { z } from 'zod'
import { idsOf } from '../database/statements.ts'
import { type FixtureAdding, FixtureMistake, fixtureSection, Id, record } from '../simulation/fixtures.ts'
import type { World } from '../simulation/world.ts'
import { hashPassword, sealSecretKey } from './credentials.ts'
import { organizationFixtures } from './organizations.ts'
import { PolicyDocument } from './policy/document.ts'
import { findAgency, insertAgency, insertEnterpriseProjects } from './queries/enterprise.ts'
import { findPolicy, insertGroup, putPolicy } from './queries/groups-and-policies.ts'
import { findIdentity, insertCredential, insertUser } from './queries/identity.ts'
import { findDomain, findProject, insertDomain, insertProject } from './queries/projects.ts'
import { checkGrants } from './roles.ts'
import { domains, enterpriseProjects, type Grant, groups, projects, users } from './tables.ts'
import { hashToken } from './tokens.ts'

const Domain = record({ id: Id, name: Id })

/** A domain that does not exist yet is made by the first project that names it together with `domain_name`. */
const Project = record({ id: Id, name: Id, region: Id, domain_id: Id, domain_name: Id.optional() })

/** A system role or a policy of the domain: for all of the domain, for one project, or for one enterprise project. */
const Role = z
  .union([Id, record({ role: Id, project: Id.optional(), enterprise_project: Id.optional() })])
  .transform((role): Grant => {
    if (typeof role === 'string') return { role }
    return { role: role.role, project: role.project, enterpriseProject: role.enterprise_project }
  })

const Roles = z.array(Role).default([])

/** `project_id` is the project that the access key speaks for when a request names none. */
const User = record({
  id: Id,
  name: Id,
  project_id: Id,
  enabled: z.boolean().default(true),
  roles: Roles,
  password: Id.optional(),
  token: Id.optional(),
  access_key: Id.optional(),
  secret_key: Id.optional(),
})

const Group = record({ id: Id, name: Id, domain_id: Id, roles: Roles, users: z.array(Id).default([]) })

const Policy = record({ name: Id, domain_id: Id, document: PolicyDocument })

const EnterpriseProject = record({
  id: z.guid(),
  domain_id: Id,
  name: Id,
  description: z.string().default(''),
  enabled: z.boolean().default(true),
})

/**
 * `projects`: the projects in which the agency counts; all of the domain when left out. `trusted_domain_id`: the account
 * whose users may assume it; without one only the image service itself acts through it.
 */
const Agency = record({
  name: Id,
  domain_id: Id,
  projects: z.array(Id).optional(),
  trusted_domain_id: Id.optional(),
  roles: Roles,
})

/** Adds the items of a section one by one. */
function each<Item>(add: (adding: FixtureAdding, item: Item) => void) {
  return (adding: FixtureAdding, items: readonly Item[]) => {
    for (const item of items) add(adding, item)
  }
}

/** The sections of fixture files about accounts: who exists, and what each may do. */
export const accountFixtures = {
  domains: fixtureSection({
    item: Domain,
    after: [],
    ids: { domain: (db) => idsOf(db, domains) },
    add: each((adding, { id, name }) => addDomain(adding, id, name)),
  }),
  projects: fixtureSection({
    item: Project,
    after: ['domains'],
    ids: { project: (db) => idsOf(db, projects) },
    add: each(addProject),
  }),
  policies: fixtureSection({
    item: Policy,
    after: ['projects'],
    add: each(addPolicy),
  }),
  users: fixtureSection({
    item: User,
    after: ['projects', 'policies'],
    ids: { user: (db) => idsOf(db, users) },
    add: each(addUser),
  }),
  groups: fixtureSection({
    item: Group,
    after: ['users'],
    ids: { group: (db) => idsOf(db, groups) },
    add: each(addGroup),
  }),
  enterprise_projects: fixtureSection({
    item: EnterpriseProject,
    after: ['projects'],
    ids: { 'enterprise project': (db) => idsOf(db, enterpriseProjects) },
    add: addEnterpriseProjects,
  }),
  agencies: fixtureSection({
    item: Agency,
    after: ['projects', 'policies'],
    add: each(addAgency),
  }),
  ...organizationFixtures,
} as const

function addDomain({ world, ids }: FixtureAdding, id: string, name: string): void {
  ids.claim('domain', id)
  insertDomain(world.db, { id, name })
}

function addProject(adding: FixtureAdding, project: z.output<typeof Project>): void {
  const { world, ids } = adding
  const { id, name, region, domain_id: domainId, domain_name: domainName } = project
  ids.claim('project', id)
  const domain = findDomain(world.db, domainId)
  if (domain === undefined && domainName !== undefined) addDomain(adding, domainId, domainName)
  else if (domainName !== undefined && domain?.name !== domainName)
    throw new FixtureMistake(
      `project ${id} calls the domain ${domainId} ${domainName}, but it is ${domain?.name}`,
    )
  ids.require('domain', domainId, `project ${id}`)
  insertProject(world.db, { id, name, region, domainId })
}

function addPolicy({ world, ids }: FixtureAdding, policy: z.output<typeof Policy>): void {
  const { name, domain_id: domainId, document } = policy
  ids.require('domain', domainId, `policy ${name}`)
  if (findPolicy(world.db, domainId, name) !== undefined)
    throw new FixtureMistake(`policy ${name} of domain ${domainId} is there already`, true)
  putPolicy(world.db, { name, domainId, document })
}

function addUser({ world, ids }: FixtureAdding, user: z.output<typeof User>): void {
  const { id, name, enabled, roles, project_id: projectId } = user
  ids.claim('user', id)
  ids.require('project', projectId, `user ${id}`)
  const domainId = findProject(world.db, projectId)?.domainId ?? ''
  checkRoles(world, domainId, roles, `user ${id}`)
  const password = user.password === undefined ? null : hashPassword(world.chance, user.password)
  insertUser(world.db, { id, name, domainId, projectId, enabled, password, grants: roles })
  const issuedAt = world.clock.now()
  if (user.token !== undefined) {
    const hash = hashToken(user.token)
    if (findIdentity(world.db, 'token', hash) !== undefined)
      throw new FixtureMistake(`a user with the token of user ${id} is there already`, true)
    insertCredential(world.db, { id: hash, kind: 'token', userId: id, projectId, issuedAt, method: 'token' })
  }
  if (user.access_key !== undefined) {
    const accessKey = user.access_key
    if (findIdentity(world.db, 'access_key', accessKey) !== undefined)
      throw new FixtureMistake(`a user with the access key ${accessKey} is there already`, true)
    const secret = user.secret_key === undefined ? null : sealSecretKey(world, user.secret_key)
    insertCredential(world.db, { id: accessKey, kind: 'access_key', userId: id, secret, issuedAt })
  }
}

function addGroup({ world, ids }: FixtureAdding, group: z.output<typeof Group>): void {
  const { id, name, domain_id: domainId, roles, users } = group
  ids.claim('group', id)
  ids.require('domain', domainId, `group ${id}`)
  for (const user of users) ids.require('user', user, `group ${id}`)
  checkRoles(world, domainId, roles, `group ${id}`)
  insertGroup(world.db, { id, name, domainId, grants: roles }, users)
}

function addEnterpriseProjects(
  { world, ids }: FixtureAdding,
  items: readonly z.output<typeof EnterpriseProject>[],
): void {
  for (const { id } of items) ids.claim('enterprise project', id)
  const now = world.clock.now()
  insertEnterpriseProjects(
    world.db,
    items.map(({ id, name, description, enabled, domain_id: domainId }) => {
      return { id, name, description, enabled, domainId, createdAt: now, updatedAt: now }
    }),
  )
}

function addAgency({ world, ids }: FixtureAdding, agency: z.output<typeof Agency>): void {
  const { name, domain_id: domainId, trusted_domain_id: trustedDomainId = null, roles } = agency
  if (findAgency(world.db, domainId, name) !== undefined)
    throw new FixtureMistake(`agency ${name} of domain ${domainId} is there already`, true)
  for (const id of agency.projects ?? []) ids.require('project', id, `agency ${name}`)
  ids.require('domain', trustedDomainId ?? undefined, `agency ${name}`)
  checkRoles(world, domainId, roles, `agency ${name}`)
  insertAgency(world.db, {
    name,
    domainId,
    projects: agency.projects ?? null,
    trustedDomainId,
    grants: roles,
  })
}

/** Refuses roles that do not exist: a role without a definition never allows anything, so it is a typing mistake. */
function checkRoles(world: World, domainId: string, grants: readonly Grant[], by: string): void {
  const mistake = checkGrants(world, domainId, grants)
  if (mistake !== undefined) throw new FixtureMistake(`${by} ${mistake}`)
}
