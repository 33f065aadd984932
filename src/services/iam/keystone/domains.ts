import { deleteGroupsAndPoliciesOf } from '../../../accounts/queries/groups-and-policies.ts'
import {
  deleteCredentialsOf,
  deleteUser,
  listUsers,
  updateUser,
  usersOf,
} from '../../../accounts/queries/identity.ts'
import {
  deleteDomain,
  deleteProject,
  findDomain,
  findDomainNamed,
  findProject,
  insertDomain,
  insertProject,
  listDomains,
  listRegions,
  projectsOf,
  updateDomain,
} from '../../../accounts/queries/projects.ts'
import type { DomainRow } from '../../../accounts/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { IamError, notFound } from '../errors.ts'

/** What can be set of a domain; undefined fields keep their value. */
export interface DomainFields {
  name?: string | undefined
  description?: string | null | undefined
  enabled?: boolean | undefined
}

/** Lists the domains with a name and a state; all for undefined ones. */
export function findDomains({ db }: World, { name, enabled }: DomainFields): DomainRow[] {
  return listDomains(db)
    .filter((domain) => name === undefined || domain.name === name)
    .filter((domain) => enabled === undefined || domain.enabled === enabled)
}

/** @throws IamError 404 */
export function domainOf({ db }: World, id: string): DomainRow {
  const domain = findDomain(db, id)
  if (domain === undefined) throw notFound('domain', id)
  return domain
}

/** @throws IamError 409 when a domain has the name. */
export function createDomain(
  world: World,
  { name, description, enabled = true }: DomainFields & { name: string },
): DomainRow {
  checkName(world, name)
  const id = world.chance.hexId('domain')
  insertDomain(world.db, { id, name, description: description ?? '', enabled })
  return domainOf(world, id)
}

/** Changes a domain. Disabling it revokes the tokens of its users and projects. @throws IamError 404, 409 */
export function changeDomain(world: World, id: string, fields: DomainFields): DomainRow {
  const before = domainOf(world, id)
  const { name = before.name, description, enabled = before.enabled } = fields
  if (name !== before.name) checkName(world, name)
  const { db } = world
  db.transaction(() => {
    updateDomain(db, id, {
      name,
      enabled,
      ...(description !== undefined && { description: description ?? '' }),
    })
    if (!enabled) revokeTokensIn(world, id)
  })
  return domainOf(world, id)
}

function checkName({ db }: World, name: string): void {
  if (findDomainNamed(db, name) !== undefined)
    throw new IamError(
      409,
      `Conflict occurred attempting to store domain - Duplicate entry found with name ${name}.`,
    )
}

function revokeTokensIn({ db }: World, domainId: string): void {
  for (const { id } of usersOf(db, domainId)) deleteCredentialsOf(db, { userId: id }, 'token')
  for (const { id } of projectsOf(db, domainId)) deleteCredentialsOf(db, { projectId: id }, 'token')
}

/**
 * Deletes a domain with its users, groups and projects, and every role that somebody has there.
 * @throws IamError 403 when it is enabled, 404
 */
export function removeDomain(world: World, id: string): void {
  const { db } = world
  if (domainOf(world, id).enabled)
    throw new IamError(403, 'Cannot delete a domain that is enabled, please disable it first.')
  db.transaction(() => {
    deleteGroupsAndPoliciesOf(db, id)
    for (const user of usersOf(db, id)) deleteUser(db, user.id)
    for (const project of projectsOf(db, id)) removeProjectRow(world, project.id)
    for (const user of listUsers(db))
      if (user.grants.some(({ domain }) => domain === id))
        updateUser(db, user.id, { grants: user.grants.filter(({ domain }) => domain !== id) })
    deleteDomain(db, id)
  })
}

/** Deletes a project, its credentials and the roles in it. A user whose default project it was has none after that. */
export function removeProjectRow(world: World, id: string): void {
  const { db } = world
  deleteCredentialsOf(db, { projectId: id })
  for (const user of listUsers(db)) {
    const isHome = user.projectId === id
    if (!isHome && !user.grants.some(({ project }) => project === id)) continue
    const grants = user.grants.filter(({ project }) => project !== id)
    updateUser(db, user.id, {
      grants,
      ...(isHome && { projectId: domainAsProject(world, user.domainId) }),
    })
  }
  deleteProject(db, id)
}

/**
 * The id of the project as which a domain acts: its own id, as in Keystone. It is the home of users without a default project.
 * The row is made when it is first needed.
 */
export function domainAsProject({ db }: World, domainId: string): string {
  if (findProject(db, domainId) === undefined) {
    const name = findDomain(db, domainId)?.name ?? domainId
    insertProject(db, { id: domainId, name, region: listRegions(db)[0] ?? 'RegionOne', domainId })
  }
  return domainId
}
