import type { Ledger } from '../database/id-registry.ts'
import type { World } from '../simulation/world.ts'
import type { Fixture } from '../worlds/fixtures/format.ts'
import { FixtureMistake } from '../worlds/fixtures/mistake.ts'
import { findAgency, insertAgency, insertEnterpriseProjects } from './queries/enterprise.ts'
import { findPolicy, insertGroup, putPolicy } from './queries/groups-and-policies.ts'
import { findIdentity, insertCredential, insertUser } from './queries/identity.ts'
import { findDomain, findProject, insertDomain, insertProject } from './queries/projects.ts'
import { checkGrants } from './roles.ts'
import { hashPassword, sealSecretKey } from './secrets.ts'
import type { Grant } from './tables.ts'
import { hashToken } from './tokens.ts'

type One<Kind extends keyof Fixture> = Extract<Fixture[Kind], readonly unknown[]>[number]

/** Puts into a world who there is: accounts, projects, policies, users, groups, enterprise projects, agencies. */
export function addTenants(world: World, ledger: Ledger, fixture: Fixture): void {
  for (const domain of fixture.domains) addDomain(world, ledger, domain.id, domain.name)
  for (const project of fixture.projects) addProject(world, ledger, project)
  for (const policy of fixture.policies) addPolicy(world, ledger, policy)
  for (const user of fixture.users) addUser(world, ledger, user)
  for (const group of fixture.groups) addGroup(world, ledger, group)
  addEnterpriseProjects(world, ledger, fixture.enterprise_projects)
  for (const agency of fixture.agencies) addAgency(world, ledger, agency)
}

function addDomain(world: World, ledger: Ledger, id: string, name: string): void {
  ledger.claim('domain', id)
  insertDomain(world.db, { id, name })
}

function addProject(world: World, ledger: Ledger, project: One<'projects'>): void {
  const { id, name, region, domain_id: domainId, domain_name: domainName } = project
  ledger.claim('project', id)
  const domain = findDomain(world.db, domainId)
  if (domain === undefined && domainName !== undefined) addDomain(world, ledger, domainId, domainName)
  else if (domainName !== undefined && domain?.name !== domainName)
    throw new FixtureMistake(
      `project ${id} calls the domain ${domainId} ${domainName}, but it is ${domain?.name}`,
    )
  ledger.require('domain', domainId, `project ${id}`)
  insertProject(world.db, { id, name, region, domainId })
}

function addPolicy(world: World, ledger: Ledger, { name, domain_id, document }: One<'policies'>): void {
  ledger.require('domain', domain_id, `policy ${name}`)
  if (findPolicy(world.db, domain_id, name) !== undefined)
    throw new FixtureMistake(`policy ${name} of domain ${domain_id} is there already`, true)
  putPolicy(world.db, { name, domainId: domain_id, document })
}

function addUser(world: World, ledger: Ledger, user: One<'users'>): void {
  const { id, name, enabled, roles, project_id: projectId } = user
  ledger.claim('user', id)
  ledger.require('project', projectId, `user ${id}`)
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

function addGroup(world: World, ledger: Ledger, group: One<'groups'>): void {
  const { id, name, domain_id: domainId, roles, users } = group
  ledger.claim('group', id)
  ledger.require('domain', domainId, `group ${id}`)
  for (const user of users) ledger.require('user', user, `group ${id}`)
  checkRoles(world, domainId, roles, `group ${id}`)
  insertGroup(world.db, { id, name, domainId, grants: roles }, users)
}

function addEnterpriseProjects(world: World, ledger: Ledger, projects: Fixture['enterprise_projects']): void {
  for (const { id } of projects) ledger.claim('enterprise project', id)
  const now = world.clock.now()
  insertEnterpriseProjects(
    world.db,
    projects.map(({ id, name, description, enabled, domain_id: domainId }) => {
      return { id, name, description, enabled, domainId, createdAt: now, updatedAt: now }
    }),
  )
}

function addAgency(world: World, ledger: Ledger, agency: One<'agencies'>): void {
  const { name, domain_id: domainId, trusted_domain_id: trustedDomainId = null, roles } = agency
  if (findAgency(world.db, domainId, name) !== undefined)
    throw new FixtureMistake(`agency ${name} of domain ${domainId} is there already`, true)
  for (const id of agency.projects ?? []) ledger.require('project', id, `agency ${name}`)
  ledger.require('domain', trustedDomainId ?? undefined, `agency ${name}`)
  checkRoles(world, domainId, roles, `agency ${name}`)
  insertAgency(world.db, {
    name,
    domainId,
    projects: agency.projects ?? null,
    trustedDomainId,
    grants: roles,
  })
}

/** A role that nobody knows would never allow anything: it is taken for a slip of the pen. */
function checkRoles(world: World, domainId: string, grants: readonly Grant[], by: string): void {
  const mistake = checkGrants(world, domainId, grants)
  if (mistake !== undefined) throw new FixtureMistake(`${by} ${mistake}`)
}
