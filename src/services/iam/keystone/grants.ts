import { listUsers, updateUser } from '../../../accounts/queries/identity.ts'
import { deleteRole, insertRole, updateRole } from '../../../accounts/queries/roles.ts'
import type { Grant, UserRow } from '../../../accounts/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { IamError, notFound } from '../errors.ts'
import { domainOf } from './domains.ts'
import { projectOf } from './projects.ts'
import { findRole, isFor, listRoles, type Role, type Target } from './rights.ts'
import { userOf } from './users.ts'

/** @throws IamError 409 when a role has the name. */
export function createRole(world: World, name: string, description: string | null): Role {
  checkName(world, name)
  const id = world.chance.hexId('role')
  insertRole(world.db, { id, name, description })
  return findRole(world, id)
}

/** Renames or describes a role; everybody who has it keeps it. @throws IamError 403 for a role of every world, 404, 409 */
export function changeRole(
  world: World,
  id: string,
  { name, description }: { name?: string | undefined; description?: string | null | undefined },
): Role {
  const { db } = world
  const before = changeableRole(world, id)
  if (name !== undefined && name !== before.name) checkName(world, name)
  db.transaction(() => {
    updateRole(db, id, {
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
    })
    if (name !== undefined)
      changeGrants(world, (grant) => (grant.role === before.name ? { ...grant, role: name } : grant))
  })
  return findRole(world, id)
}

/** Deletes a role and takes it from everybody. @throws IamError 403 for a role of every world, 404 */
export function removeRole(world: World, id: string): void {
  const { name } = changeableRole(world, id)
  world.db.transaction(() => {
    changeGrants(world, (grant) => (grant.role === name ? undefined : grant))
    deleteRole(world.db, id)
  })
}

function changeableRole(world: World, id: string): Role {
  const role = findRole(world, id)
  if (role.immutable)
    throw new IamError(403, `Cannot modify immutable resource: role ${id} is one that every world has.`)
  return role
}

function checkName(world: World, name: string): void {
  if (listRoles(world).some((role) => role.name === name))
    throw new IamError(
      409,
      `Conflict occurred attempting to store role - Duplicate entry found with name ${name}.`,
    )
}

function changeGrants({ db }: World, change: (grant: Grant) => Grant | undefined): void {
  for (const { id, grants } of listUsers(db)) {
    const after = grants.flatMap((grant) => change(grant) ?? [])
    if (after.length < grants.length || after.some((grant, n) => grant !== grants[n]))
      updateUser(db, id, { grants: after })
  }
}

/** Finds who is granted something, and checks that the target exists. @throws IamError 404 */
function holderOf(world: World, userId: string, target: Target): UserRow {
  if ('project' in target) projectOf(world, target.project)
  else domainOf(world, target.domain)
  return userOf(world, userId)
}

/** Lists the roles that were granted to a user for a target itself. @throws IamError 404 */
export function grantedRoles(world: World, userId: string, target: Target): Role[] {
  const names = new Set(
    holderOf(world, userId, target)
      .grants.filter((grant) => isFor(grant, target))
      .map(({ role }) => role),
  )
  return listRoles(world).filter(({ name }) => names.has(name))
}

/** Grants a role; one that the user has already stays granted. @throws IamError 404 */
export function grantRole(world: World, userId: string, target: Target, roleId: string): void {
  const { name } = findRole(world, roleId)
  const { grants } = holderOf(world, userId, target)
  if (grants.some((grant) => grant.role === name && isFor(grant, target))) return
  updateUser(world.db, userId, { grants: [...grants, { role: name, ...target }] })
}

/** @throws IamError 404 when the user does not have the role there, or something is unknown. */
export function checkGrant(world: World, userId: string, target: Target, roleId: string): void {
  findRole(world, roleId)
  if (!grantedRoles(world, userId, target).some(({ id }) => id === roleId))
    throw notFound('role assignment with role', roleId)
}

/** Takes a role from a user. @throws IamError 404 as `checkGrant` */
export function revokeRole(world: World, userId: string, target: Target, roleId: string): void {
  checkGrant(world, userId, target, roleId)
  const { name } = findRole(world, roleId)
  const { grants } = userOf(world, userId)
  updateUser(world.db, userId, {
    grants: grants.filter((grant) => grant.role !== name || !isFor(grant, target)),
  })
}

/** A role of a user in a project or a domain. */
export interface Assignment {
  role: Role
  user: UserRow
  target: Target
}

/** Lists who has which role where. A grant of fixtures for a whole domain is shown as one for the domain. */
export function listAssignments(world: World): Assignment[] {
  const roles = new Map(listRoles(world).map((role) => [role.name, role]))
  return listUsers(world.db).flatMap((user) =>
    user.grants.flatMap((grant): Assignment[] => {
      const role = roles.get(grant.role)
      if (role === undefined || grant.enterpriseProject !== undefined) return []
      const target =
        grant.project === undefined ? { domain: grant.domain ?? user.domainId } : { project: grant.project }
      return [{ role, user, target }]
    }),
  )
}
