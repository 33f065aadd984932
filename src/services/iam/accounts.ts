import { findAgency } from '../../accounts/queries/enterprise.ts'
import { findUser, usersOf } from '../../accounts/queries/identity.ts'
import {
  findProject,
  findProjectNamed,
  insertProject,
  listRegions,
  projectsOf,
} from '../../accounts/queries/projects.ts'
import { rightsOf } from '../../accounts/roles.ts'
import type { ProjectRow, UserRow } from '../../accounts/tables.ts'
import type { RequestContext } from '../../contract/call.ts'
import type { World } from '../../simulation/world.ts'
import { IamError, notAuthorized, notFound } from './errors.ts'

/** A project with its parent: the project of its region, or the account for the project that is the region's own. */
export interface ProjectView extends ProjectRow {
  parentId: string
}

/** Filters of a list of projects, and its page (numbers start at 1). */
export interface ProjectFilters {
  name?: string | undefined
  domainId?: string | undefined
  parentId?: string | undefined
  enabled?: boolean | undefined
  isDomain?: boolean | undefined
  page?: { number: number; size: number } | undefined
}

/**
 * Lists the projects of the caller's account. A name that is the id of another account's project is refused in a strict world:
 * OpenStack's clients look for a project by id and then by name, and take the id as it is when they may see neither.
 * @throws IamError 403 when another account, or a project of one, is named.
 */
export function listProjects({ world, caller }: RequestContext, filters: ProjectFilters): ProjectView[] {
  const { name, domainId, parentId, enabled, isDomain, page } = filters
  if (world.auth.mode === 'strict' && isForeign(world, caller.domainId, name)) throw notAuthorized()
  if (caller.known && domainId !== undefined && domainId !== caller.domainId) throw notAuthorized()
  if (enabled === false || isDomain === true) return []
  const found = projectsOf(world.db, caller.domainId)
    .map((project) => viewOf(world, project))
    .filter((project) => name === undefined || project.name === name)
    .filter((project) => parentId === undefined || project.parentId === parentId)
  return page === undefined ? found : found.slice((page.number - 1) * page.size, page.number * page.size)
}

/**
 * Lists the projects in which the caller has any role; in a lenient world all projects of the account. A caller that has
 * assumed an agency uses only the projects of the agency.
 */
export function usableProjects({ world, caller }: RequestContext): ProjectView[] {
  const given =
    caller.agency === undefined
      ? null
      : (findAgency(world.db, caller.domainId, caller.agency)?.projects ?? null)
  return projectsOf(world.db, caller.domainId)
    .filter(({ id }) => given === null || given.includes(id))
    .filter(
      ({ id }) =>
        world.auth.mode === 'lenient' || rightsOf(world, { ...caller, projectId: id }).attached.length > 0,
    )
    .map((project) => viewOf(world, project))
}

/**
 * Finds a project of the caller's account; in a lenient world one of any account.
 * @throws IamError 403 for a project of another account, 404 for an unknown one.
 */
export function findOwnProject({ world, caller }: RequestContext, id: string): ProjectView {
  const project = findProject(world.db, id)
  if (project === undefined) throw notFound('project', id)
  if (world.auth.mode === 'strict' && project.domainId !== caller.domainId) throw notAuthorized()
  return viewOf(world, project)
}

/** Tells whether a text is the id of a project of another account. */
function isForeign({ db }: World, domainId: string, id: string | undefined): boolean {
  const project = id === undefined ? undefined : findProject(db, id)
  return project !== undefined && project.domainId !== domainId
}

/**
 * Makes a project in the caller's account. Its name is the id of a region, or begins with one and an underscore.
 * @throws IamError 400 when the name has no region, 403 for another account, 404 for an unknown parent, 409 when the account
 * has a project with the name.
 */
export function createProject(
  context: RequestContext,
  wanted: { name: string; domainId?: string | undefined; parentId?: string | undefined },
): ProjectView {
  const { world, caller } = context
  const { name, parentId } = wanted
  const { domainId } = caller
  if (caller.known && wanted.domainId !== undefined && wanted.domainId !== domainId) throw notAuthorized()
  const region = listRegions(world.db).find((id) => name === id || name.startsWith(`${id}_`))
  if (region === undefined)
    throw new IamError(
      400,
      `The project name ${name} must be or begin with the id of a region and an underscore.`,
    )
  const hasParent = parentId !== undefined && parentId !== domainId
  if (hasParent && findProject(world.db, parentId)?.domainId !== domainId) throw notFound('project', parentId)
  if (findProjectNamed(world.db, domainId, name) !== undefined)
    throw new IamError(409, `Conflict occurred when attempting to store project - the name ${name} is taken.`)
  const project = { id: world.chance.hexId('project'), name, region, domainId }
  insertProject(world.db, project)
  return findOwnProject(context, project.id)
}

function viewOf({ db }: World, project: ProjectRow): ProjectView {
  const { name, region, domainId } = project
  const parent = name === region ? undefined : findProjectNamed(db, domainId, region)
  return { ...project, parentId: parent?.id ?? domainId }
}

/** Filters of a list of users. */
export interface UserFilters {
  name?: string | undefined
  domainId?: string | undefined
  enabled?: boolean | undefined
}

/** Lists the users of the caller's account. @throws IamError 403 when another account is named. */
export function listUsers({ world, caller }: RequestContext, filters: UserFilters): UserRow[] {
  const { name, domainId, enabled } = filters
  if (caller.known && domainId !== undefined && domainId !== caller.domainId) throw notAuthorized()
  return usersOf(world.db, caller.domainId)
    .filter((user) => name === undefined || user.name === name)
    .filter((user) => enabled === undefined || user.enabled === enabled)
}

/**
 * Finds a user of the caller's account. Callers need a right to see any user but themselves.
 * @param authorize checks a right. @throws AccessDenied
 * @throws IamError 404
 */
export function findOwnUser(
  { world, caller }: RequestContext,
  id: string,
  authorize: (action: string) => void,
): UserRow {
  if (id !== caller.userId) authorize('iam:users:getUser')
  const user = findUser(world.db, id)
  const own = user !== undefined && (user.id === caller.userId || user.domainId === caller.domainId)
  if (!own) throw notFound('user', id)
  return user
}
