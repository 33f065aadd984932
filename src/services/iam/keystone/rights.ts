import { findSystemRole, systemRoles } from '../../../accounts/policy/system-roles.ts'
import { findCreatedRole, listCreatedRoles } from '../../../accounts/queries/roles.ts'
import { roleNames } from '../../../accounts/roles.ts'
import type { Grant, ProjectRow, RoleRow, UserRow } from '../../../accounts/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { IamError, notFound } from '../errors.ts'

/** A role that a user can be granted. */
export interface Role extends RoleRow {
  /** True for a role that every world has. */
  immutable: boolean
}

/** The roles that Keystone makes when it is installed, as far as the image service knows them. */
const BUILT_IN: ReadonlySet<string> = new Set(['admin', 'member', 'reader'])

const builtIn: readonly Role[] = systemRoles
  .filter(({ name }) => BUILT_IN.has(name))
  .map(({ id, name }) => ({ id, name, description: null, immutable: true }))

/** Lists the roles that every world has, and those that were created. */
export function listRoles({ db }: World): Role[] {
  return [...builtIn, ...listCreatedRoles(db).map((role) => ({ ...role, immutable: false }))]
}

/** @throws IamError 404 */
export function findRole({ db }: World, id: string): Role {
  const created = findCreatedRole(db, id)
  const found = builtIn.find((role) => role.id === id) ?? (created && { ...created, immutable: false })
  if (found === undefined) throw notFound('role', id)
  return found
}

/** The id that a token shows for a role: that of a system role or of a created one, else `0`, as the cloud has it. */
export function roleIdOf({ db }: World, name: string): string {
  return findSystemRole(name)?.id ?? listCreatedRoles(db).find((role) => role.name === name)?.id ?? '0'
}

/** Where a role counts: in one project, or in the tokens of one domain. */
export type Target = { project: string } | { domain: string }

/** Tells whether a grant is for exactly this target. */
export function isFor(grant: Grant, target: Target): boolean {
  return 'project' in target ? grant.project === target.project : grant.domain === target.domain
}

/** Names of the roles that a user has in a project, itself and through its groups. */
export function rolesInProject(world: World, user: UserRow, project: ProjectRow): readonly string[] {
  return roleNames(world, {
    userId: user.id,
    userDomainId: user.domainId,
    domainId: project.domainId,
    projectId: project.id,
  })
}

/** Names of the roles that a user has in the tokens of a domain. */
export function rolesInDomain(user: UserRow, domainId: string): readonly string[] {
  const everywhere = ({ project, domain, enterpriseProject }: Grant) =>
    project === undefined && domain === undefined && enterpriseProject === undefined
  return user.grants
    .filter((grant) => grant.domain === domainId || (everywhere(grant) && user.domainId === domainId))
    .map(({ role }) => role)
}

/** The refusal of Keystone that tells nothing about why (401). */
export function unauthenticated(): IamError {
  return new IamError(401, 'The request you have made requires authentication.')
}
