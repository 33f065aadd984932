import type { RequestContext } from '../../../contract/call.ts'
import { submitJob } from '../../../simulation/submit-job.ts'
import type { World } from '../../../simulation/world.ts'
import { fail } from '../errors.ts'
import { checkOwnImage, namedImage } from '../images/find.ts'
import { JOB_TYPE } from '../job-types.ts'
import { sharingJobs } from '../jobs.ts'
import { checkProject } from '../own-projects.ts'
import { findMember } from '../queries/members.ts'
import { changeMember, type MemberChange } from './change-member.ts'
import {
  checkDecision,
  checkRecipients,
  checkShareable,
  type Decision,
  imageOfSharer,
  memberLimit,
} from './checks.ts'
import { type Member, membersOfImage, ownMember, projectMember } from './member.ts'
import type { Recipient } from './recipients.ts'

/** Shares an image of the caller with a project at once. Sharing it again asks a member that has rejected it again. */
export function shareImage(context: RequestContext, imageId: string, projectId: string): Member {
  const { world, facts } = context
  return world.db.transaction(() => {
    const image = imageOfSharer(context, imageId)
    checkShareable(world, image)
    checkRecipients(context, image, [{ projectId }])
    const limit = memberLimit(context, image)
    change(world, { imageId, projectId, to: 'shared', limit, answer: facts.memberStatus })
    const member = findMember(world.db, imageId, projectId)
    if (member === undefined) throw fail('IMG.0112', { imageId, projectId })
    return projectMember(member)
  })
}

/** Accepts or rejects an image that was shared with the caller, at once. */
export function decideSharing(
  context: RequestContext,
  imageId: string,
  decision: { status: Decision; vaultId?: string | undefined },
): Member {
  const { world, caller } = context
  return world.db.transaction(() => {
    const image = checkDecision(context, imageId, decision)
    change(world, { imageId, projectId: caller.projectId, to: decision.status })
    const member = ownMember(context, image)
    if (member === undefined) throw fail('IMG.0114', { imageId, projectId: caller.projectId })
    return member
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

function change(world: World, wanted: MemberChange): void {
  const code = changeMember(world, wanted, world.clock.now())
  if (code !== undefined) throw fail(code, { ...wanted })
}

/** Every one of the images is shared with every one of the projects, accounts (by id) and organisations (by URN). */
export interface Sharing {
  images: readonly string[]
  projects: readonly string[]
  domains: readonly string[]
  organizations: readonly string[]
}

/** The recipients of a sharing, each once. @throws CodedRefusal IMG.0001 for a sharing with nobody */
function recipientsOf({ projects, domains, organizations }: Sharing): Recipient[] {
  const recipients = [
    ...[...new Set(projects)].map((projectId) => ({ projectId })),
    ...[...new Set(domains)].map((domainId) => ({ domainId })),
    ...[...new Set(organizations)].map((urn) => ({ urn })),
  ]
  if (recipients.length === 0) throw fail('IMG.0001', { projects, domains, organizations })
  return recipients
}

/**
 * Submits a job that shares images; one image that may not be shared refuses the whole request.
 * @returns the id of the job.
 */
export function shareImages(context: RequestContext, sharing: Sharing): string {
  const { world, facts } = context
  const recipients = recipientsOf(sharing)
  return world.db.transaction(() => {
    const changes = [...new Set(sharing.images)].flatMap((imageId): MemberChange[] => {
      const image = imageOfSharer(context, imageId)
      checkShareable(world, image)
      checkRecipients(context, image, recipients)
      const limit = memberLimit(context, image)
      const answer = facts.memberStatus
      return recipients.map((recipient) => ({ imageId, ...recipient, to: 'shared', limit, answer }))
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
 * Submits a job that stops sharing images; recipients that an image is not shared with are skipped.
 * @returns the id of the job.
 */
export function endSharings(context: RequestContext, sharing: Sharing): string {
  const { world } = context
  const recipients = recipientsOf(sharing)
  return world.db.transaction(() => {
    const changes = [...new Set(sharing.images)].flatMap((imageId) => {
      imageOfSharer(context, imageId)
      return recipients.map((recipient): MemberChange => ({ imageId, ...recipient, to: 'ended' }))
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
 * Lists the members of an image: all of them for its owner, itself for a project that the image reaches.
 * @throws CodedRefusal IMG.0047 for a public image.
 */
function listMembers(context: RequestContext, imageId: string): Member[] {
  const { world, caller } = context
  const image = namedImage(context, imageId)
  if (image.owner === caller.projectId) return membersOfImage(world, image)
  const own = ownMember(context, image)
  if (own === undefined) checkOwnImage(caller, image, 'IMG.0047')
  return own === undefined ? [] : [own]
}

/** How many members a page has at most, and how many without a limit. */
const LARGEST_PAGE = 1000
const USUAL_PAGE = 500

/** A page of members, and the marker of the next one, which is missing on the last page. */
export interface PageOfMembers {
  members: Member[]
  next?: string
}

/**
 * Lists one page of the members of an image. A marker is the id of the last member before the page, in Base64 as the pages
 * give it, or as it is.
 * @throws CodedRefusal IMG.0001 for an unknown marker, and for a limit above 1,000.
 */
export function pageOfMembers(
  context: RequestContext,
  imageId: string,
  { limit = USUAL_PAGE, marker }: { limit?: number | undefined; marker?: string | undefined },
): PageOfMembers {
  if (limit > LARGEST_PAGE) throw fail('IMG.0001', { limit })
  const all = listMembers(context, imageId)
  const start =
    marker === undefined
      ? 0
      : all.findIndex(({ memberId }) => memberId === marker || markerOf(memberId) === marker) + 1
  if (marker !== undefined && start === 0) throw fail('IMG.0001', { marker })
  const members = all.slice(start, start + limit)
  const last = members.at(-1)
  return {
    members,
    ...(last !== undefined && start + limit < all.length && { next: markerOf(last.memberId) }),
  }
}

function markerOf(memberId: string): string {
  return Buffer.from(memberId).toString('base64')
}

/**
 * Finds one member of an image.
 * @throws CodedRefusal IMG.0114 for a member that there is not or that the caller does not see.
 */
export function showMember(context: RequestContext, imageId: string, memberId: string): Member {
  const member = listMembers(context, imageId).find((each) => each.memberId === memberId)
  if (member === undefined) throw fail('IMG.0114', { imageId, memberId })
  return member
}
