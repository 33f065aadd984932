import { findProject } from '../../accounts/queries/projects.ts'
import type { ProjectRow } from '../../accounts/tables.ts'
import type { RequestContext } from '../../contract/call.ts'
import { findImage, updateImage } from '../ims/queries/images.ts'
import { type EpsCode, fail } from './errors.ts'
import { ownEnterpriseProject, type Page } from './projects.ts'
import { imagesInEnterpriseProject } from './queries.ts'

/** An image as a resource of its enterprise project. */
export interface ImageResource {
  enterpriseProjectId: string
  project: ProjectRow
  imageId: string
  name: string
}

/** Filters and page of a list of images in an enterprise project. */
export interface ResourceListing {
  /** Projects of the caller's account that own the images. */
  projectIds: readonly string[]
  /** Parts of the name, each of which must occur in it; letter case does not count. */
  names: readonly string[]
  offset: number
  limit: number
}

/**
 * Lists the images in an enterprise project in the order of their creation.
 * @throws CodedRefusal EPS.0005 for an unknown enterprise project, EPS.0026 for a project of another account.
 */
export function listResources(
  context: RequestContext,
  enterpriseProjectId: string,
  { projectIds, names, offset, limit }: ResourceListing,
): Page<ImageResource> {
  ownEnterpriseProject(context, enterpriseProjectId)
  const projects = new Map(
    projectIds.map((id) => {
      const project = projectOfCaller(context, id, 'EPS.0026')
      return [project.id, project]
    }),
  )
  const owners = [...projects.keys()]
  const query = { enterpriseProjectId, owners, names, offset, limit }
  const found = imagesInEnterpriseProject(context.world.db, query)
  const items = found.images.flatMap(({ id, name, owner }): ImageResource[] => {
    const project = projects.get(owner ?? '')
    return project === undefined ? [] : [{ enterpriseProjectId, project, imageId: id, name: name ?? '' }]
  })
  return { items, total: found.total }
}

/**
 * Moves a private image of the caller's account into another enterprise project of the account.
 * @throws CodedRefusal EPS.0005 for a target or an image that the account does not have, EPS.0014 for a disabled target,
 * EPS.0022 for a project of another account.
 */
export function migrateImage(
  context: RequestContext,
  { target, projectId, imageId }: { target: string; projectId: string; imageId: string },
): void {
  const { world } = context
  world.db.transaction(() => {
    const { enabled } = ownEnterpriseProject(context, target)
    if (!enabled) throw fail('EPS.0014', { target })
    const project = projectOfCaller(context, projectId, 'EPS.0022')
    const image = findImage(world.db, imageId)
    if (image?.imageType !== 'private' || image.owner !== project.id) throw fail('EPS.0005', { imageId })
    const attributes = { ...image.attributes, enterprise_project_id: target }
    updateImage(world.db, imageId, { attributes, updatedAt: world.clock.now() })
  })
}

/** Finds a project of the caller's account. An unknown credential stands for the demo user, and means its project. */
function projectOfCaller({ world, caller }: RequestContext, id: string, code: EpsCode): ProjectRow {
  const project = findProject(world.db, caller.known ? id : caller.projectId)
  if (project?.domainId !== caller.domainId) throw fail(code, { projectId: id })
  return project
}
