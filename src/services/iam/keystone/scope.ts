import { findUser } from '../../../accounts/queries/identity.ts'
import {
  findDomain,
  findDomainNamed,
  findProject,
  findProjectNamed,
} from '../../../accounts/queries/projects.ts'
import type { DomainRow, ProjectRow, UserRow } from '../../../accounts/tables.ts'
import type { World } from '../../../simulation/world.ts'
import type { Principal, Reference, RequestedScope, ScopeRule, TokenScope } from '../principal.ts'
import { rolesInDomain, rolesInProject, unauthenticated } from './rights.ts'

/**
 * Finds the scope of a new token as Keystone does: a project or a domain, of any domain, in which the user has a role. Without a
 * requested scope it is the default project of the user, else the user's domain. A lenient world asks for no role, and
 * takes an unknown scope as the default project.
 * @throws IamError 401, the same for an unknown scope, a disabled one, and one in which the user has no role.
 */
export const scopeWithRole: ScopeRule = (world, principal, requested) => {
  const { userId, domainId } = principal
  const user = findUser(world.db, userId)
  if (user === undefined) throw unauthenticated()
  const home = defaultProject(world, user)
  if (world.auth.mode === 'lenient')
    return (
      requestedScope(world, principal, requested) ?? { domainId: home?.domainId ?? domainId, project: home }
    )
  if (requested.project === undefined && requested.domain === undefined) {
    const usable = home !== undefined && isOpen(world, home) && rolesInProject(world, user, home).length > 0
    return { domainId, project: usable && requested.unscoped !== true ? home : undefined }
  }
  const scope = requestedScope(world, principal, requested)
  if (scope === undefined || !mayUse(world, user, scope)) throw unauthenticated()
  return scope
}

/** The default project of a user; undefined for a user that has none, whose home is the domain itself. */
export function defaultProject({ db }: World, { projectId, domainId }: UserRow): ProjectRow | undefined {
  return projectId === domainId ? undefined : findProject(db, projectId)
}

function requestedScope(
  world: World,
  principal: Principal,
  { project, domain }: RequestedScope,
): TokenScope | undefined {
  if (project !== undefined) {
    const found = findReferred(world, principal, project)
    return found && { domainId: found.domainId, project: found }
  }
  const found = domain && domainNamed(world, domain)
  return found && { domainId: found.id, project: undefined }
}

function findReferred(
  world: World,
  principal: Principal,
  { id, name = '', domain }: NonNullable<RequestedScope['project']>,
): ProjectRow | undefined {
  if (id !== undefined) return findProject(world.db, id)
  const within = domain === undefined ? findDomain(world.db, principal.domainId) : domainNamed(world, domain)
  return within && findProjectNamed(world.db, within.id, name)
}

function domainNamed({ db }: World, { id, name = '' }: Reference): DomainRow | undefined {
  return id === undefined ? findDomainNamed(db, name) : findDomain(db, id)
}

function mayUse(world: World, user: UserRow, { domainId, project }: TokenScope): boolean {
  if (project !== undefined) return isOpen(world, project) && rolesInProject(world, user, project).length > 0
  return isEnabled(world, domainId) && rolesInDomain(user, domainId).length > 0
}

/** Tells whether a project and its domain are enabled. */
function isOpen(world: World, { enabled, domainId }: ProjectRow): boolean {
  return enabled && isEnabled(world, domainId)
}

function isEnabled({ db }: World, domainId: string): boolean {
  return findDomain(db, domainId)?.enabled === true
}
