import type { Caller } from '../../../accounts/caller.ts'
import { findAgency } from '../../../accounts/queries/enterprise.ts'
import {
  findProject,
  findProjectNamed,
  insertProject,
  listRegions,
  projectsOf,
} from '../../../accounts/queries/projects.ts'
import { rightsOf } from '../../../accounts/roles.ts'
import type { ProjectRow } from '../../../accounts/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { IamError } from '../errors.ts'
import { notAuthorized, notFound } from './refusals.ts'

/** A project with what it lies in: the project of its region, or the account for one that is a region's own. */
export interface ProjectView extends ProjectRow {
  parentId: string
}

/** What a list of projects is cut down to. */
export interface ProjectFilters {
  name?: string | undefined
  domainId?: string | undefined
  parentId?: string | undefined
  enabled?: boolean | undefined
  isDomain?: boolean | undefined
  page?: { number: number; size: number } | undefined
}

/** The projects of the caller's account. @throws IamError 403 when another account's are asked for. */
export function listProjects(world: World, caller: Caller, filters: ProjectFilters): ProjectView[] {
  const { name, domainId, parentId, enabled, isDomain, page } = filters
  if (caller.known && domainId !== undefined && domainId !== caller.domainId) throw notAuthorized()
  if (enabled === false || isDomain === true) return []
  const found = projectsOf(world.db, caller.domainId)
    .map((project) => viewOf(world, project))
    .filter((project) => name === undefined || project.name === name)
    .filter((project) => parentId === undefined || project.parentId === parentId)
  return page === undefined ? found : found.slice((page.number - 1) * page.size, page.number * page.size)
}

/**
 * The projects in which the caller has been given anything, and all of the account where everybody may do everything.
 * One who has assumed an agency reaches the projects of the agency alone.
 */
export function usableProjects(world: World, caller: Caller): ProjectView[] {
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

/** A project of the caller's account. @throws IamError 404 */
export function showProject(world: World, caller: Caller, id: string): ProjectView {
  const project = findProject(world.db, id)
  if (project?.domainId !== caller.domainId) throw notFound('project', id)
  return viewOf(world, project)
}

/**
 * Makes a project in the caller's account. Its name is a region's, for the first there, or begins with one.
 * @throws IamError 400 when it names no region, 403 for another account, 404 for a parent that is not there, 409 when
 * the account has one of that name.
 */
export function createProject(
  world: World,
  caller: Caller,
  wish: { name: string; domainId?: string | undefined; parentId?: string | undefined },
): ProjectView {
  const { name, parentId } = wish
  const { domainId } = caller
  if (caller.known && wish.domainId !== undefined && wish.domainId !== domainId) throw notAuthorized()
  const region = listRegions(world.db).find((id) => name === id || name.startsWith(`${id}_`))
  if (region === undefined)
    throw new IamError(
      400,
      `The project name ${name} must be or begin with the id of a region and an underscore.`,
    )
  if (parentId !== undefined && parentId !== domainId) showProject(world, caller, parentId)
  if (findProjectNamed(world.db, domainId, name) !== undefined)
    throw new IamError(409, `Conflict occurred when attempting to store project - the name ${name} is taken.`)
  const project = { id: world.chance.hexId('project'), name, region, domainId }
  insertProject(world.db, project)
  return viewOf(world, project)
}

function viewOf({ db }: World, project: ProjectRow): ProjectView {
  const { name, region, domainId } = project
  const parent = name === region ? undefined : findProjectNamed(db, domainId, region)
  return { ...project, parentId: parent?.id ?? domainId }
}
