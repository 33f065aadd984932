import { deleteCredentialsOf, findUser } from '../../../accounts/queries/identity.ts'
import {
  findProject,
  findProjectNamed,
  insertProject,
  listProjects,
  listRegions,
  updateProject,
} from '../../../accounts/queries/projects.ts'
import type { ProjectRow, UserRow } from '../../../accounts/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { IamError, notFound } from '../errors.ts'
import { domainOf, removeProjectRow } from './domains.ts'
import { rolesInProject } from './rights.ts'

/** Filters of a list of projects. */
export interface ProjectFilters {
  name?: string | undefined
  domainId?: string | undefined
  /** Projects have no parent but their domain. */
  parentId?: string | undefined
  enabled?: boolean | undefined
}

/** Lists the projects of all domains. A domain that acts as a project is none of them. */
export function findProjects(
  { db }: World,
  { name, domainId, parentId, enabled }: ProjectFilters,
): ProjectRow[] {
  return listProjects(db)
    .filter((project) => project.id !== project.domainId)
    .filter((project) => name === undefined || project.name === name)
    .filter((project) => domainId === undefined || project.domainId === domainId)
    .filter((project) => parentId === undefined || project.domainId === parentId)
    .filter((project) => enabled === undefined || project.enabled === enabled)
}

/** Lists the projects in which a user has a role; all of them for everybody in a lenient world. */
export function projectsForUser(world: World, user: UserRow): ProjectRow[] {
  const lenient = world.auth.mode === 'lenient'
  return findProjects(world, {}).filter(
    (project) => lenient || rolesInProject(world, user, project).length > 0,
  )
}

/** @throws IamError 404 */
export function projectOf({ db }: World, id: string): ProjectRow {
  const project = findProject(db, id)
  if (project === undefined || project.id === project.domainId) throw notFound('project', id)
  return project
}

/** Tells whether a caller may see a project without further rights. */
export function isOwnProject(world: World, userId: string, project: ProjectRow): boolean {
  const user = findUser(world.db, userId)
  return user !== undefined && rolesInProject(world, user, project).length > 0
}

/** What can be set of a project; undefined fields keep their value. */
export interface ProjectFields {
  name?: string | undefined
  description?: string | null | undefined
  enabled?: boolean | undefined
}

/** @throws IamError 404 for an unknown domain or parent, 409 when the domain has a project of the name. */
export function createProject(
  world: World,
  domainId: string,
  {
    name,
    parentId,
    description,
    enabled = true,
  }: ProjectFields & { name: string; parentId?: string | undefined },
): ProjectRow {
  const { db } = world
  domainOf(world, domainId)
  if (parentId !== undefined && parentId !== domainId) projectOf(world, parentId)
  checkName(world, domainId, name)
  const id = world.chance.hexId('project')
  const region = listRegions(db)[0] ?? 'RegionOne'
  insertProject(db, { id, name, region, domainId, description: description ?? '', enabled })
  return projectOf(world, id)
}

/** Changes a project. Disabling it revokes its tokens. @throws IamError 404, 409 */
export function changeProject(world: World, id: string, fields: ProjectFields): ProjectRow {
  const before = projectOf(world, id)
  const { name = before.name, description, enabled = before.enabled } = fields
  if (name !== before.name) checkName(world, before.domainId, name)
  const { db } = world
  db.transaction(() => {
    updateProject(db, id, {
      name,
      enabled,
      ...(description !== undefined && { description: description ?? '' }),
    })
    if (!enabled) deleteCredentialsOf(db, { projectId: id }, 'token')
  })
  return projectOf(world, id)
}

function checkName({ db }: World, domainId: string, name: string): void {
  if (findProjectNamed(db, domainId, name) === undefined) return
  throw new IamError(
    409,
    `Conflict occurred attempting to store project - it is not permitted to have two projects with the same name in the same domain: ${name}.`,
  )
}

/** Deletes a project with its credentials and the roles in it. Its images are kept. @throws IamError 404 */
export function removeProject(world: World, id: string): void {
  projectOf(world, id)
  world.db.transaction(() => removeProjectRow(world, id))
}
