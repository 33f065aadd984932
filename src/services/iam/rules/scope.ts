import { findAgency } from '../../../accounts/queries/enterprise.ts'
import { findProject, findProjectNamed } from '../../../accounts/queries/projects.ts'
import type { ProjectRow } from '../../../accounts/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { meansDomain, type Principal, type Reference } from './principal.ts'
import { noSuchProject, notAuthorized } from './refusals.ts'

/** What a token shall be good for: one project, or all that is not in any. */
export interface ScopeWish {
  project?: (Reference & { domain?: Reference | undefined }) | undefined
  domain?: Reference | undefined
}

/**
 * The project of a new token; undefined for one of the domain alone, which is also what is meant when nothing is named.
 * A project counts where both are. One who stands for somebody unknown gets the demo account's, whatever he names.
 * @throws IamError 400 when the account has no such project, 403 when the domain or the project is not his to use.
 */
export function scopeOf(world: World, principal: Principal, wish: ScopeWish): ProjectRow | undefined {
  if (wish.project !== undefined) return projectOf(world, principal, wish.project)
  if (wish.domain !== undefined && principal.known && !meansDomain(world, wish.domain, principal.domainId))
    throw notAuthorized()
  return undefined
}

function projectOf(
  world: World,
  principal: Principal,
  { id, name, domain }: NonNullable<ScopeWish['project']>,
): ProjectRow | undefined {
  const { domainId, homeProjectId, known } = principal
  const found =
    id === undefined ? findProjectNamed(world.db, domainId, name ?? '') : findProject(world.db, id)
  const own = found?.domainId === domainId ? found : undefined
  if (!known) return own ?? (homeProjectId === undefined ? undefined : findProject(world.db, homeProjectId))
  if (id === undefined && domain !== undefined && !meansDomain(world, domain, domainId)) throw notAuthorized()
  if (own === undefined) throw noSuchProject()
  if (!reaches(world, principal, own.id)) throw notAuthorized()
  return own
}

/** Whether somebody may use a project of his domain: an agency may have been given some of them only. */
function reaches({ db }: World, { domainId, agency }: Principal, projectId: string): boolean {
  if (agency === undefined) return true
  const given = findAgency(db, domainId, agency)?.projects ?? null
  return given === null || given.includes(projectId)
}
