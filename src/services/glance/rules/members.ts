import type { RequestContext } from '../../../contract/call.ts'
import { CodedRefusal } from '../../../lib/errors.ts'
import { type Member, projectMember } from '../../ims/members/member.ts'
import { decideSharing } from '../../ims/members/sharing.ts'
import type { Image } from '../../ims/queries/images.ts'
import { deleteMember, findMember, insertMember, membersOf, updateMember } from '../../ims/queries/members.ts'
import type { MemberRow } from '../../ims/tables.ts'
import {
  cloudStatus,
  type MemberDecision,
  type MemberValue,
  projectOf,
  stockStatus,
} from '../contract/members.ts'
import { conflict, forbidden, GlanceError, limitExceeded, MOST } from '../errors.ts'
import type { PyValue } from '../python/json.ts'
import { firstMembership, stamp } from '../queries.ts'
import { isAdmin, owns, visibleImage } from './rights.ts'

/**
 * Shares an image of a stock Glance with a project. Its owner may, and an administrator.
 * @returns the member, and the value that names it.
 */
export function addStockMember(
  context: RequestContext,
  id: string,
  wanted: PyValue,
): { member: Member; value: MemberValue } {
  const { world, caller, facts } = context
  return world.db.transaction(() => {
    const image = imageWithMembers(context, id)
    if (image.visibility !== 'shared' || !owns(caller, image))
      throw forbidden(`Not allowed to create members for image ${id}.`)
    const members = membersOf(world.db, id)
    if (members.length >= MOST) {
      const reason = limitExceeded('allowed image members for this image', members.length + 1)
      throw new GlanceError(413, `Image member limit exceeded for image ${id}: ${reason}:`)
    }
    const { value, projectId } = projectOf(wanted)
    if (findMember(world.db, id, projectId) !== undefined)
      throw conflict(`Member ${projectId} is duplicated for image ${id}`)
    const now = stamp(world)
    const createdAt = firstMembership(world.db, id, projectId, now)
    const status = facts.memberStatus ?? 'pending'
    const member: MemberRow = { imageId: id, projectId, status, createdAt, updatedAt: now }
    insertMember(world.db, member)
    return { member: projectMember(member), value }
  })
}

/** Sets the status of a member of a stock Glance. The member may, and an administrator for it. */
export function decideStockMember(
  context: RequestContext,
  id: string,
  projectId: string,
  decision: MemberDecision,
): Member {
  const { world, caller } = context
  return world.db.transaction(() => {
    const image = imageWithMembers(context, id)
    const ownImage = image.owner === caller.projectId && !isAdmin(caller)
    if (image.visibility !== 'shared' || ownImage)
      throw forbidden(`Not allowed to update members for image ${id}.`)
    const member = memberFor(context, image, projectId)
    const status = stockStatus(decision.status)
    const updatedAt = stamp(world)
    updateMember(world.db, id, projectId, { status, updatedAt })
    return projectMember({ ...member, status, updatedAt })
  })
}

/** Lists the members of an image. Its owner and an administrator see all of them, a member sees itself. */
export function listStockMembers(context: RequestContext, id: string): Member[] {
  const image = imageWithMembers(context, id)
  if (image.visibility !== 'shared')
    throw forbidden(`Not allowed to list members for image ${id}: Only shared images have members.`)
  return membersFor(context, image).map(projectMember)
}

export function showStockMember(context: RequestContext, id: string, projectId: string): Member {
  const image = imageWithMembers(context, id)
  if (image.visibility !== 'shared') throw new GlanceError(404, 'Only shared images have members.')
  return projectMember(memberFor(context, image, projectId))
}

/** Stops sharing an image of a stock Glance with a project. */
export function removeStockMember(context: RequestContext, id: string, projectId: string): void {
  const { world, caller } = context
  world.db.transaction(() => {
    const image = imageWithMembers(context, id)
    if (image.visibility !== 'shared' || !owns(caller, image))
      throw forbidden(`Not allowed to delete members for image ${id}.`)
    memberFor(context, image, projectId)
    deleteMember(world.db, id, projectId)
  })
}

function imageWithMembers(context: RequestContext, id: string): Image {
  return visibleImage(context, id, `Image ${id} not found.`)
}

function membersFor(context: RequestContext, image: Image): MemberRow[] {
  const { world, caller } = context
  const members = membersOf(world.db, image.id)
  return owns(caller, image) ? members : members.filter(({ projectId }) => projectId === caller.projectId)
}

function memberFor(context: RequestContext, image: Image, projectId: string): MemberRow {
  const member = membersFor(context, image).find((row) => row.projectId === projectId)
  if (member === undefined)
    throw new GlanceError(404, `${projectId} not found in the member list of the image ${image.id}.`)
  return member
}

/** The status that Glance answers for a code of the image service: 404 where the caller may not see the image. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  'IMG.0027': 404,
  'IMG.0066': 404,
  'IMG.0106': 404,
  'IMG.0114': 404,
  'IMG.0047': 403,
  'IMG.0089': 403,
  'IMG.0107': 403,
  'IMG.0108': 404,
}

/** Runs a rule of the image service for a call of Glance, which shows the status and the text of a refusal but no code. */
export function inGlanceWords<Result>(rule: () => Result): Result {
  try {
    return rule()
  } catch (error) {
    if (error instanceof CodedRefusal)
      throw new GlanceError(STATUS_OF_CODE[error.code] ?? error.status, error.message)
    throw error
  }
}

/**
 * Accepts or refuses an image of the cloud. A member decides for itself alone.
 * @throws GlanceError 403 for the owner, who cannot decide for a member; 404 for the membership of another project.
 */
export function decideCloudMember(
  context: RequestContext,
  id: string,
  projectId: string,
  { status, vaultId }: MemberDecision,
): Member {
  return inGlanceWords(() => {
    const image = imageWithMembers(context, id)
    if (image.owner === context.caller.projectId)
      throw forbidden(`Not allowed to update members for image ${id}.`)
    if (projectId !== context.caller.projectId)
      throw new GlanceError(404, `${projectId} not found in the member list of the image ${id}.`)
    return decideSharing(context, id, { status: cloudStatus(status), vaultId })
  })
}
