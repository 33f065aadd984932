import type { Caller } from '../../../accounts/caller.ts'
import { findProject } from '../../../accounts/queries/projects.ts'
import type { ProjectRow } from '../../../accounts/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { findImage, updateImage } from '../../ims/queries/images.ts'
import { type EpsCode, fail } from '../errors.ts'
import { imagesInEnterpriseProject } from '../queries.ts'
import { ownEnterpriseProject } from './find.ts'
import type { Page } from './list.ts'

/** An image as a resource of its enterprise project. */
export interface ImageResource {
  enterpriseProjectId: string
  project: ProjectRow
  imageId: string
  name: string
}

/** Which images of an enterprise project to list. */
export interface ResourceListing {
  /** Of these projects of the caller's account. */
  projectIds: readonly string[]
  /** Parts of the name, all of which it must have; letter case does not count. */
  names: readonly string[]
  offset: number
  limit: number
}

/** The images in an enterprise project, in the order they were made. @throws CodedRefusal EPS.0005, EPS.0026 */
export function listResources(
  world: World,
  caller: Caller,
  enterpriseProjectId: string,
  { projectIds, names, offset, limit }: ResourceListing,
): Page<ImageResource> {
  ownEnterpriseProject(world, caller, enterpriseProjectId)
  const projects = new Map(
    projectIds.map((id) => {
      const project = projectOfCaller(world, caller, id, 'EPS.0026')
      return [project.id, project]
    }),
  )
  const owners = [...projects.keys()]
  const found = imagesInEnterpriseProject(world.db, { enterpriseProjectId, owners, names, offset, limit })
  const items = found.images.flatMap(({ id, name, owner }): ImageResource[] => {
    const project = projects.get(owner ?? '')
    return project === undefined ? [] : [{ enterpriseProjectId, project, imageId: id, name: name ?? '' }]
  })
  return { items, total: found.total }
}

/**
 * Moves a private image of the caller's account into another enterprise project of it.
 * @throws CodedRefusal EPS.0005 for a target or an image that the account does not have, EPS.0014 for a target that is out
 * of use, EPS.0022 for a project of somebody else.
 */
export function migrateImage(
  world: World,
  caller: Caller,
  { target, projectId, imageId }: { target: string; projectId: string; imageId: string },
): void {
  world.db.transaction(() => {
    const { enabled } = ownEnterpriseProject(world, caller, target)
    if (!enabled) throw fail('EPS.0014', { target })
    const project = projectOfCaller(world, caller, projectId, 'EPS.0022')
    const image = findImage(world.db, imageId)
    if (image?.imageType !== 'private' || image.owner !== project.id) throw fail('EPS.0005', { imageId })
    const attributes = { ...image.attributes, enterprise_project_id: target }
    updateImage(world.db, imageId, { attributes, updatedAt: world.clock.now() })
  })
}

/** An unknown credential stands for the demo user whatever project it names: it is then the demo user's own. */
function projectOfCaller(world: World, caller: Caller, id: string, code: EpsCode): ProjectRow {
  const project = findProject(world.db, caller.known ? id : caller.projectId)
  if (project?.domainId !== caller.domainId) throw fail(code, { projectId: id })
  return project
}
