import { hashPassword, matchesPassword } from '../../../accounts/credentials.ts'
import {
  deleteCredentialsOf,
  deleteUser,
  findUser,
  findUserNamed,
  insertUser,
  listUsers,
  updateUser,
} from '../../../accounts/queries/identity.ts'
import type { UserRow } from '../../../accounts/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { IamError, notFound } from '../errors.ts'
import { domainAsProject, domainOf } from './domains.ts'
import { projectOf } from './projects.ts'
import { unauthenticated } from './rights.ts'

/** Filters of a list of users. */
export interface UserFilters {
  name?: string | undefined
  domainId?: string | undefined
  enabled?: boolean | undefined
}

/** Lists the users of all domains. */
export function findUsers({ db }: World, { name, domainId, enabled }: UserFilters): UserRow[] {
  return listUsers(db)
    .filter((user) => name === undefined || user.name === name)
    .filter((user) => domainId === undefined || user.domainId === domainId)
    .filter((user) => enabled === undefined || user.enabled === enabled)
}

/** @throws IamError 404 */
export function userOf({ db }: World, id: string): UserRow {
  const user = findUser(db, id)
  if (user === undefined) throw notFound('user', id)
  return user
}

/** What can be set of a user; undefined fields keep their value, and null takes it away. */
export interface UserFields {
  name?: string | undefined
  password?: string | undefined
  defaultProjectId?: string | null | undefined
  description?: string | null | undefined
  email?: string | null | undefined
  enabled?: boolean | undefined
}

/** @throws IamError 404 for an unknown domain or project, 409 when the domain has a user of the name. */
export function createUser(world: World, domainId: string, fields: UserFields & { name: string }): UserRow {
  const { name, enabled = true, description, email = null } = fields
  domainOf(world, domainId)
  checkName(world, domainId, name)
  const id = world.chance.hexId('user')
  const { db } = world
  db.transaction(() => {
    insertUser(db, {
      id,
      name,
      domainId,
      enabled,
      email,
      description: description ?? '',
      projectId: homeOf(world, domainId, fields.defaultProjectId),
      password: hashed(world, fields.password),
      grants: [],
    })
  })
  return userOf(world, id)
}

/** Changes a user. Disabling it, or another password, revokes its tokens. @throws IamError 404, 409 */
export function changeUser(world: World, id: string, fields: UserFields): UserRow {
  const before = userOf(world, id)
  const { name, password, defaultProjectId, description, email, enabled } = fields
  if (name !== undefined && name !== before.name) checkName(world, before.domainId, name)
  const { db } = world
  db.transaction(() => {
    updateUser(db, id, {
      ...(name !== undefined && { name }),
      ...(enabled !== undefined && { enabled }),
      ...(description !== undefined && { description: description ?? '' }),
      ...(email !== undefined && { email }),
      ...(password !== undefined && { password: hashed(world, password) }),
      ...(defaultProjectId !== undefined && { projectId: homeOf(world, before.domainId, defaultProjectId) }),
    })
    if (enabled === false || password !== undefined) deleteCredentialsOf(db, { userId: id }, 'token')
  })
  return userOf(world, id)
}

/**
 * Changes a password by the old one. A lenient world takes any old password.
 * @throws IamError 401 for an unknown user, or when the old password is wrong.
 */
export function changePassword(world: World, id: string, old: string, password: string): void {
  const user = findUser(world.db, id)
  const right = user !== undefined && user.password !== null && matchesPassword(user.password, old)
  if (user === undefined || (world.auth.mode === 'strict' && !right)) throw unauthenticated()
  changeUser(world, id, { password })
}

/** Deletes a user with its credentials, its roles and its places in groups. @throws IamError 404 */
export function removeUser(world: World, id: string): void {
  userOf(world, id)
  world.db.transaction(() => deleteUser(world.db, id))
}

function hashed({ chance }: World, password: string | undefined): string | null {
  return password === undefined ? null : hashPassword(chance, password)
}

/** The project of a user: its default one, else its domain as a project. */
function homeOf(world: World, domainId: string, projectId: string | null | undefined): string {
  return projectId ? projectOf(world, projectId).id : domainAsProject(world, domainId)
}

function checkName({ db }: World, domainId: string, name: string): void {
  if (findUserNamed(db, domainId, name) === undefined) return
  throw new IamError(
    409,
    `Conflict occurred attempting to store user - Duplicate entry found with name ${name} at domain ID ${domainId}.`,
  )
}
