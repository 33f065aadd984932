import type { RequestContext } from '../../../contract/call.ts'
import { submitJob } from '../../../simulation/submit-job.ts'
import type { World } from '../../../simulation/world.ts'
import { fail } from '../errors.ts'
import { checkOwnImage, namedImage } from '../images/find.ts'
import { JOB_TYPE } from '../job-types.ts'
import { sharingJobs } from '../jobs.ts'
import { checkProject } from '../own-projects.ts'
import { findMember, membersOf } from '../queries/members.ts'
import type { MemberRow } from '../tables.ts'
import { changeMember, type MemberChange } from './change-member.ts'
import {
  checkDecision,
  checkRecipients,
  checkShareable,
  type Decision,
  imageOfSharer,
  memberLimit,
} from './checks.ts'

/** Shares an image of the caller with a project at once. Sharing it again asks a member that has rejected it again. */
export function shareImage(context: RequestContext, imageId: string, projectId: string): MemberRow {
  const { world } = context
  return world.db.transaction(() => {
    const image = imageOfSharer(context, imageId)
    checkShareable(world, image)
    checkRecipients(context, image, [projectId])
    return change(world, { imageId, projectId, to: 'shared', limit: memberLimit(context, image) })
  })
}

/** Accepts or rejects an image that was shared with the caller, at once. */
export function decideSharing(
  context: RequestContext,
  imageId: string,
  decision: { status: Decision; vaultId?: string | undefined },
): MemberRow {
  const { world, caller } = context
  return world.db.transaction(() => {
    checkDecision(context, imageId, decision)
    return change(world, { imageId, projectId: caller.projectId, to: decision.status })
  })
}

/**
 * Stops sharing an image of the caller with a project, at once.
 * @returns false when it was not shared with the project.
 */
export function endSharing(context: RequestContext, imageId: string, projectId: string): boolean {
  const { world } = context
  return world.db.transaction(() => {
    imageOfSharer(context, imageId)
    if (findMember(world.db, imageId, projectId) === undefined) return false
    changeMember(world, { imageId, projectId, to: 'ended' }, world.clock.now())
    return true
  })
}

function change(world: World, wanted: MemberChange): MemberRow {
  const code = changeMember(world, wanted, world.clock.now())
  const member = findMember(world.db, wanted.imageId, wanted.projectId)
  if (code !== undefined || member === undefined) throw fail(code ?? 'IMG.0112', { ...wanted })
  return member
}

/** Every one of the images is shared with every one of the projects. */
export interface Sharing {
  images: readonly string[]
  projects: readonly string[]
}

/**
 * Submits a job that shares images; one image that may not be shared refuses the whole request.
 * @returns the id of the job.
 */
export function shareImages(context: RequestContext, { images, projects }: Sharing): string {
  const { world } = context
  const recipients = [...new Set(projects)]
  return world.db.transaction(() => {
    const changes = [...new Set(images)].flatMap((imageId): MemberChange[] => {
      const image = imageOfSharer(context, imageId)
      checkShareable(world, image)
      checkRecipients(context, image, recipients)
      const limit = memberLimit(context, image)
      return recipients.map((projectId) => ({ imageId, projectId, to: 'shared', limit }))
    })
    return submit(context, JOB_TYPE.addMembers, changes)
  })
}

/** Submits a job that accepts or rejects images that were shared with the caller. @returns the id of the job. */
export function decideSharings(
  context: RequestContext,
  wanted: { images: readonly string[]; projectId: string; status: Decision; vaultId?: string | undefined },
): string {
  const { world, caller } = context
  checkProject(caller, wanted.projectId)
  const { projectId } = caller
  return world.db.transaction(() => {
    const changes = [...new Set(wanted.images)].map((imageId): MemberChange => {
      checkDecision(context, imageId, wanted)
      return { imageId, projectId, to: wanted.status }
    })
    return submit(context, JOB_TYPE.updateMembers, changes)
  })
}

/**
 * Submits a job that stops sharing images; projects that an image is not shared with are skipped.
 * @returns the id of the job.
 */
export function endSharings(context: RequestContext, { images, projects }: Sharing): string {
  const { world } = context
  const members = [...new Set(projects)]
  return world.db.transaction(() => {
    const changes = [...new Set(images)].flatMap((imageId) => {
      imageOfSharer(context, imageId)
      return members.map((projectId): MemberChange => ({ imageId, projectId, to: 'ended' }))
    })
    return submit(context, JOB_TYPE.deleteMembers, changes)
  })
}

function submit(
  context: RequestContext,
  type: (typeof sharingJobs.types)[number],
  changes: MemberChange[],
): string {
  const { caller } = context
  return submitJob(context, sharingJobs, {
    type,
    flow: 'change-members',
    projectId: caller.projectId,
    payload: { changes, results: [] },
  })
}

/**
 * Lists the members of an image: all of them for its owner, itself for a member.
 * @throws CodedRefusal IMG.0047 for a public image.
 */
function listMembers(context: RequestContext, imageId: string): MemberRow[] {
  const { world, caller } = context
  const image = namedImage(context, imageId)
  const members = membersOf(world.db, imageId)
  if (image.owner === caller.projectId) return members
  const own = members.filter(({ projectId }) => projectId === caller.projectId)
  if (own.length === 0) checkOwnImage(caller, image, 'IMG.0047')
  return own
}

/**
 * Lists one page of the members of an image, after the member `marker`.
 * @throws CodedRefusal IMG.0001 for an unknown marker.
 */
export function pageOfMembers(
  context: RequestContext,
  imageId: string,
  { limit, marker }: { limit?: number | undefined; marker?: string | undefined },
): { members: MemberRow[]; more: boolean } {
  const all = listMembers(context, imageId)
  const start = marker === undefined ? 0 : all.findIndex(({ projectId }) => projectId === marker) + 1
  if (marker !== undefined && start === 0) throw fail('IMG.0001', { marker })
  const end = limit === undefined ? all.length : start + limit
  return { members: all.slice(start, end), more: end < all.length }
}

/**
 * Finds one member of an image.
 * @throws CodedRefusal IMG.0114 for a project that is no member or that the caller does not see.
 */
export function showMember(context: RequestContext, imageId: string, projectId: string): MemberRow {
  const member = listMembers(context, imageId).find((row) => row.projectId === projectId)
  if (member === undefined) throw fail('IMG.0114', { imageId, projectId })
  return member
}
