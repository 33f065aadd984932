import { z } from 'zod'
import type { World } from '../../../simulation/world.ts'
import type { ImsCode } from '../errors.ts'
import { findImage } from '../queries/images.ts'
import { countMembers, deleteMember, findMember, insertMember, updateMember } from '../queries/members.ts'

const Sharing = { imageId: z.string(), projectId: z.string() }

/** A change to the sharing of one image with one project, as a job keeps it. */
export const MemberChange = z.discriminatedUnion('to', [
  z.object({
    ...Sharing,
    to: z.literal('shared'),
    /** Projects that the image may be shared with. */
    limit: z.number(),
  }),
  z.object({ ...Sharing, to: z.enum(['accepted', 'rejected', 'ended']) }),
])
export type MemberChange = z.output<typeof MemberChange>

/** The code of a change that cannot be made any more. */
const FAILURES = {
  shared: 'IMG.0112',
  accepted: 'IMG.0114',
  rejected: 'IMG.0114',
  ended: 'IMG.0113',
} as const satisfies Record<MemberChange['to'], ImsCode>

/**
 * Changes the sharing of one image with one project at a virtual time in ms. Sharing an image again changes nothing, except
 * that a member that has rejected it is asked again. Ending a sharing that does not exist changes nothing.
 * @returns the code of the failure when the image or its member is gone, or when the image has all the members it may have.
 */
export function changeMember(world: World, change: MemberChange, at: number): ImsCode | undefined {
  const { imageId, projectId, to } = change
  if (findImage(world.db, imageId) === undefined) return FAILURES[to]
  const member = findMember(world.db, imageId, projectId)
  if (to === 'ended') deleteMember(world.db, imageId, projectId)
  else if (to === 'shared') {
    if (member === undefined) {
      if (countMembers(world.db, imageId) >= change.limit) return 'IMG.0088'
      insertMember(world.db, { imageId, projectId, status: 'pending', createdAt: at, updatedAt: at })
    } else if (member.status === 'rejected') {
      updateMember(world.db, imageId, projectId, { status: 'pending', updatedAt: at })
    }
  } else {
    if (member === undefined) return FAILURES[to]
    if (member.status !== to) updateMember(world.db, imageId, projectId, { status: to, updatedAt: at })
  }
  return undefined
}
