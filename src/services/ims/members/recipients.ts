import { urnOf } from '../../../accounts/organizations.ts'
import { findOrganizationNode, projectsUnderNode } from '../../../accounts/queries/organizations.ts'
import { findProject, projectsOf } from '../../../accounts/queries/projects.ts'
import type { ProjectRow } from '../../../accounts/tables.ts'
import type { World } from '../../../simulation/world.ts'

/** Who an image is shared with: a project, an account, or a node of an organisation. One of the three is given. */
export interface Recipient {
  projectId?: string | undefined
  domainId?: string | undefined
  urn?: string | undefined
}

/**
 * The id by which the member is shown: that of the project or the account, or the last part of the URN.
 * @example memberIdOf({ urn: 'organizations::{account}:ou:o-abc/ou-def' }) // 'ou-def'
 */
export function memberIdOf({ projectId, domainId, urn }: Recipient): string {
  return projectId ?? domainId ?? urn?.split(/[:/]/).at(-1) ?? ''
}

/** Who shares an image: sharing stays in the region, and an organisation is shared with without the owner's own account. */
export interface Sharer {
  region: string
  accountId: string
}

/**
 * The projects that a recipient consists of in a region. The owner's own account is left out, unless it is named itself.
 */
export function projectsReached(
  world: World,
  { projectId, domainId, urn }: Recipient,
  { region, accountId }: Sharer,
): ProjectRow[] {
  if (projectId !== undefined) {
    const project = findProject(world.db, projectId)
    return project?.region === region ? [project] : []
  }
  if (domainId !== undefined)
    return projectsOf(world.db, domainId).filter((project) => project.region === region)
  return projectsOfNode(world, urn ?? '', region).filter((project) => project.domainId !== accountId)
}

function projectsOfNode({ db }: World, urn: string, region: string): ProjectRow[] {
  const node = findOrganizationNode(db, memberIdOf({ urn }))
  return node === undefined || urnOf(node) !== urn ? [] : projectsUnderNode(db, node.id, region)
}

/** Tells if a recipient is a node under which there is nothing but the owner's own account. */
export function isOnlyOwn(world: World, { urn }: Recipient, { region, accountId }: Sharer): boolean {
  const projects = urn === undefined ? [] : projectsOfNode(world, urn, region)
  return projects.length > 0 && projects.every(({ domainId }) => domainId === accountId)
}
