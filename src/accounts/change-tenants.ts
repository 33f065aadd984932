import type { GroupRow, PolicyRow, UserRow } from '../database/tables.ts'
import { ControlError } from '../lib/errors.ts'
import { nearest } from '../lib/nearest.ts'
import type { World } from '../simulation/world.ts'
import { hashPassword } from './passwords.ts'
import type { PolicyDocument } from './policy/document.ts'
import { hintFor } from './policy/mistakes.ts'
import { findSystemRole, systemRoles } from './policy/system-roles.ts'
import { findEnterpriseProject, listAgencies } from './queries/enterprise.ts'
import type { Grant } from './queries/grant.ts'
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

/** What may be changed of a user; what is undefined stays. */
export interface UserChange {
  enabled?: boolean | undefined
  roles?: readonly Grant[] | undefined
  password?: string | undefined
}

/** Changes a user; its next request counts by it. @throws ControlError when there is none, or a role does not fit. */
export function changeUser(world: World, id: string, { enabled, roles, password }: UserChange): UserRow {
  const user = findUser(world.db, id)
  if (user === undefined) throw noneWithId('user', id, listUsers(world.db))
  if (roles !== undefined) checkRoles(world, user.domainId, roles, `user ${user.name}`)
  updateUser(world.db, id, {
    ...(enabled !== undefined && { enabled }),
    ...(roles !== undefined && { grants: [...roles] }),
    ...(password !== undefined && { password: hashPassword(world.chance, password) }),
  })
  return findUser(world.db, id) ?? user
}

/** What may be changed of a group; what is undefined stays. */
export interface GroupChange {
  roles?: readonly Grant[] | undefined
  /** Ids of those who are in it from then on. */
  users?: readonly string[] | undefined
}

/** Changes a group; the next requests of those in it count by it. @throws ControlError */
export function changeGroup(world: World, id: string, { roles, users }: GroupChange): GroupRow {
  const { db } = world
  const group = findGroup(db, id)
  if (group === undefined) throw noneWithId('group', id, listGroups(db))
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
  if (user === undefined) throw noneWithId('user', userId, listUsers(db), 400)
  if (user.domainId !== group.domainId)
    throw new ControlError(
      400,
      `user ${user.name} (${userId}) is of the domain ${user.domainId}; group ${group.name} takes users of its own, ${group.domainId}`,
    )
}

/** Writes a policy of a domain; answers whether it is a new one. @throws ControlError */
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

/** Takes a policy away that nobody is granted any more. @throws ControlError */
export function removePolicy(world: World, domainId: string, name: string): void {
  checkDomain(world, domainId)
  const policies = listPolicies(world.db).filter((policy) => policy.domainId === domainId)
  if (!policies.some((policy) => policy.name === name)) throw noPolicy(domainId, name, policies)
  const holders = holdersOf(world, domainId, name)
  if (holders.length > 0)
    throw new ControlError(
      409,
      `policy ${name} is granted to ${holders.join(', ')}; take it from them before deleting it`,
    )
  deletePolicy(world.db, domainId, name)
}

function noPolicy(domainId: string, name: string, policies: readonly PolicyRow[]): ControlError {
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
  if (findDomain(db, id) === undefined) throw noneWithId('domain', id, listDomains(db))
}

/** Says what was most likely meant: the one whose name was given for its id, or the nearest id. */
function noneWithId(
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

/** What is longer than any name of a role is not compared with all of them. */
const LONGEST_NAME = 128

/** Refuses roles that would never count: unknown ones, and those in projects that are not the domain's. */
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
