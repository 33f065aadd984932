import { ControlError } from '../lib/errors.ts'
import { hintFor, nearest } from '../lib/nearest.ts'
import type { World } from '../simulation/world.ts'
import { hashPassword } from './credentials.ts'
import type { PolicyDocument } from './policy/document.ts'
import { findSystemRole, systemRoles } from './policy/system-roles.ts'
import { findEnterpriseProject, listAgencies } from './queries/enterprise.ts'
import {
  deletePolicy,
  findGroup,
  findPolicy,
  listGroups,
  listPolicies,
  putPolicy,
  replaceGroupUsers,
  updateGroup,
} from './queries/groups-and-policies.ts'
import { findUser, listUsers, updateUser } from './queries/identity.ts'
import { findDomain, findProject, listDomains } from './queries/projects.ts'
import { checkGrants } from './roles.ts'
import type { Grant, GroupRow, PolicyRow, UserRow } from './tables.ts'

/** Changes to a user; undefined fields stay as they are. */
export interface UserChange {
  enabled?: boolean | undefined
  roles?: readonly Grant[] | undefined
  password?: string | undefined
}

/**
 * Changes a user, with effect on its next request.
 *
 * @throws ControlError 404 for an unknown user, 400 for a role that would have no effect
 */
export function changeUser(world: World, id: string, { enabled, roles, password }: UserChange): UserRow {
  const user = findUser(world.db, id)
  if (user === undefined) throw unknownId('user', id, listUsers(world.db))
  if (roles !== undefined) checkRoles(world, user.domainId, roles, `user ${user.name}`)
  updateUser(world.db, id, {
    ...(enabled !== undefined && { enabled }),
    ...(roles !== undefined && { grants: [...roles] }),
    ...(password !== undefined && { password: hashPassword(world.chance, password) }),
  })
  return findUser(world.db, id) ?? user
}

/** Changes to a group; undefined fields stay as they are. */
export interface GroupChange {
  roles?: readonly Grant[] | undefined
  /** Ids of all users of the group after the change. */
  users?: readonly string[] | undefined
}

/**
 * Changes a group, with effect on the next request of each of its users.
 *
 * @throws ControlError 404 for an unknown group, 400 for a role that would have no effect or a user that cannot be in it
 */
export function changeGroup(world: World, id: string, { roles, users }: GroupChange): GroupRow {
  const { db } = world
  const group = findGroup(db, id)
  if (group === undefined) throw unknownId('group', id, listGroups(db))
  if (roles !== undefined) checkRoles(world, group.domainId, roles, `group ${group.name}`)
  for (const userId of users ?? []) checkMember(world, group, userId)
  db.transaction(() => {
    if (roles !== undefined) updateGroup(db, id, { grants: [...roles] })
    if (users !== undefined) replaceGroupUsers(db, id, [...new Set(users)])
  })
  return findGroup(db, id) ?? group
}

function checkMember({ db }: World, group: GroupRow, userId: string): void {
  const user = findUser(db, userId)
  if (user === undefined) throw unknownId('user', userId, listUsers(db), 400)
  if (user.domainId !== group.domainId)
    throw new ControlError(
      400,
      `user ${user.name} (${userId}) is of the domain ${user.domainId}; group ${group.name} takes users of its own, ${group.domainId}`,
    )
}

/**
 * Creates or replaces a policy of a domain; returns true for a new one.
 *
 * @throws ControlError 404 for an unknown domain, 409 for the name of a system role
 */
export function writePolicy(world: World, domainId: string, name: string, document: PolicyDocument): boolean {
  checkDomain(world, domainId)
  if (findSystemRole(name) !== undefined)
    throw new ControlError(
      409,
      `${name} is a system role, which no policy can stand for; choose another name`,
    )
  const isNew = findPolicy(world.db, domainId, name) === undefined
  putPolicy(world.db, { domainId, name, document })
  return isNew
}

/**
 * Deletes a policy that is not granted.
 *
 * @throws ControlError 404 for an unknown domain or policy, 409 for a policy that a user, group or agency is granted
 */
export function removePolicy(world: World, domainId: string, name: string): void {
  checkDomain(world, domainId)
  const policies = listPolicies(world.db).filter((policy) => policy.domainId === domainId)
  if (!policies.some((policy) => policy.name === name)) throw unknownPolicy(domainId, name, policies)
  const holders = holdersOf(world, domainId, name)
  if (holders.length > 0)
    throw new ControlError(
      409,
      `policy ${name} is granted to ${holders.join(', ')}; take it from them before deleting it`,
    )
  deletePolicy(world.db, domainId, name)
}

function unknownPolicy(domainId: string, name: string, policies: readonly PolicyRow[]): ControlError {
  const names = policies.map((policy) => policy.name)
  const meant = hintFor(nearest(name, names), 'GET /_ims/tenants lists those there are')
  return new ControlError(404, `domain ${domainId} has no policy ${name}; ${meant}`)
}

function holdersOf({ db }: World, domainId: string, name: string): string[] {
  const holds = ({ domainId: own, grants }: { domainId: string; grants: readonly Grant[] }) =>
    own === domainId && grants.some(({ role }) => role === name)
  return [
    ...listUsers(db).flatMap((user) => (holds(user) ? [`user ${user.name}`] : [])),
    ...listGroups(db).flatMap((group) => (holds(group) ? [`group ${group.name}`] : [])),
    ...listAgencies(db).flatMap((agency) => (holds(agency) ? [`agency ${agency.name}`] : [])),
  ]
}

function checkDomain({ db }: World, id: string): void {
  if (findDomain(db, id) === undefined) throw unknownId('domain', id, listDomains(db))
}

/** Makes the error for an unknown id. It suggests the id of the entry with this text as its name, or else the nearest id. */
function unknownId(
  kind: string,
  found: string,
  known: readonly { id: string; name: string }[],
  status = 404,
): ControlError {
  const named = known.find(({ name }) => name === found)?.id
  const meant =
    named ??
    nearest(
      found,
      known.map(({ id }) => id),
    )
  const hint = hintFor(meant, 'GET /_ims/tenants lists those there are')
  return new ControlError(status, `no ${kind} has the id ${found}; ${hint}`)
}

/** A longer text is not compared with the names of all roles: no name is near to it. */
const LONGEST_NAME = 128

/** Refuses roles that would have no effect: unknown roles, and roles in projects of other domains. */
function checkRoles(world: World, domainId: string, grants: readonly Grant[], by: string): void {
  for (const grant of grants) {
    const { role, project, enterpriseProject } = grant
    const mistake = checkGrants(world, domainId, [grant])
    if (mistake !== undefined) {
      const meant = role.length > LONGEST_NAME ? undefined : nearest(role, roleNames(world, domainId))
      const hint = hintFor(meant, 'GET /_ims/tenants lists the policies')
      throw new ControlError(400, `${by} ${mistake}; ${hint}`)
    }
    if (project !== undefined && findProject(world.db, project)?.domainId !== domainId)
      throw new ControlError(400, `${by} is granted ${role} in ${project}, which is no project of its domain`)
    const inAnother =
      enterpriseProject !== undefined &&
      enterpriseProject !== '0' &&
      findEnterpriseProject(world.db, enterpriseProject)?.domainId !== domainId
    if (inAnother)
      throw new ControlError(
        400,
        `${by} is granted ${role} in ${enterpriseProject}, which is no enterprise project of its domain`,
      )
  }
}

function roleNames({ db }: World, domainId: string): string[] {
  const policies = listPolicies(db).filter((policy) => policy.domainId === domainId)
  return [
    ...systemRoles.flatMap(({ displayName, name }) => [displayName, name]),
    ...policies.map(({ name }) => name),
  ]
}
