import type { RequestContext } from '../../../contract/call.ts'
import type { Image } from '../../ims/queries/images.ts'
import { deleteMember, findMember, insertMember, membersOf, updateMember } from '../../ims/queries/members.ts'
import type { MemberRow } from '../../ims/tables.ts'
import { GlanceError } from '../errors.ts'
import { str } from '../python/repr.ts'
import { isTruthy, type PyValue } from '../python/value.ts'
import { firstMembership } from '../queries.ts'
import { badRequest, conflict, forbidden, glanceWouldFail, limitExceeded, MOST } from './refusals.ts'
import { isAdmin, owns, visibleImage } from './rights.ts'
import { stamp } from './stamp.ts'
import { hasFourByteCharacter } from './unicode.ts'

const STATUSES = ['pending', 'accepted', 'rejected'] as const

/** The member that the body of a new sharing names, whatever it is as long as it can be written as a text. */
export function readNewMember(body: PyValue): PyValue {
  if (!(body instanceof Map)) throw badRequest('Expected a member in the form: {"member": "image_id"}')
  const member = body.get('member')
  if (member === undefined) throw badRequest('Member to be added not specified')
  if (!isTruthy(member)) throw badRequest("Member can't be empty")
  return member
}

/** The status that the body of a decision names. */
export function readMemberStatus(body: PyValue): PyValue {
  if (!(body instanceof Map)) throw badRequest('Expected a status in the form: {"status": "status"}')
  const status = body.get('status')
  if (status === undefined) throw badRequest('Status not specified')
  return status
}

/** Shares an image with somebody; who owns it may, and an administrator. */
export function addStockMember(context: RequestContext, id: string, wanted: PyValue): MemberRow {
  const { world, caller } = context
  return world.db.transaction(() => {
    const image = imageWithMembers(context, id)
    if (image.visibility !== 'shared' || !owns(caller, image))
      throw forbidden(`Not allowed to create members for image ${id}.`)
    const members = membersOf(world.db, id)
    if (members.length >= MOST) {
      const reason = limitExceeded('allowed image members for this image', members.length + 1)
      throw new GlanceError(413, `Image member limit exceeded for image ${id}: ${reason}:`)
    }
    if (typeof wanted === 'object') throw glanceWouldFail('a member that is no text')
    const projectId = str(wanted)
    if (hasFourByteCharacter(projectId)) throw badRequest("Member can't contain 4 byte unicode characters.")
    if (findMember(world.db, id, projectId) !== undefined)
      throw conflict(`Member ${projectId} is duplicated for image ${id}`)
    const now = stamp(world)
    const createdAt = firstMembership(world.db, id, projectId, now)
    const member: MemberRow = { imageId: id, projectId, status: 'pending', createdAt, updatedAt: now }
    insertMember(world.db, member)
    return member
  })
}

/** Sets what a member says to a sharing: itself, or an administrator for it. */
export function decideStockMember(
  context: RequestContext,
  id: string,
  projectId: string,
  wanted: PyValue,
): MemberRow {
  const { world, caller } = context
  return world.db.transaction(() => {
    const image = imageWithMembers(context, id)
    const ownImage = image.owner === caller.projectId && !isAdmin(caller)
    if (image.visibility !== 'shared' || ownImage)
      throw forbidden(`Not allowed to update members for image ${id}.`)
    const member = memberFor(context, image, projectId)
    const status = STATUSES.find((known) => known === wanted)
    if (status === undefined)
      throw badRequest('Incorrect request: Status must be "pending", "accepted" or "rejected".')
    const updatedAt = stamp(world)
    updateMember(world.db, id, projectId, { status, updatedAt })
    return { ...member, status, updatedAt }
  })
}

/** Who an image is shared with: its owner and an administrator see everybody, a member itself. */
export function listStockMembers(context: RequestContext, id: string): MemberRow[] {
  const image = imageWithMembers(context, id)
  if (image.visibility !== 'shared')
    throw forbidden(`Not allowed to list members for image ${id}: Only shared images have members.`)
  return membersFor(context, image)
}

export function showStockMember(context: RequestContext, id: string, projectId: string): MemberRow {
  const image = imageWithMembers(context, id)
  if (image.visibility !== 'shared') throw new GlanceError(404, 'Only shared images have members.')
  return memberFor(context, image, projectId)
}

/** Stops sharing an image with somebody. */
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
