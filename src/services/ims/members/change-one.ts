import type { RequestContext } from '../../../contract/call.ts'
import type { World } from '../../../simulation/world.ts'
import { fail } from '../errors.ts'
import { findMember } from '../queries/members.ts'
import type { MemberRow } from '../tables.ts'
import { changeMember, type MemberChange } from './change-member.ts'
import { checkDecision, type Decision } from './decide.ts'
import { checkRecipients, checkShareable, imageOfSharer, memberLimit } from './shareable.ts'

/** Shares an image of the caller with a project, at once; sharing again asks again whoever has refused. */
export function shareImage(context: RequestContext, imageId: string, projectId: string): MemberRow {
  const { world } = context
  return world.db.transaction(() => {
    const image = imageOfSharer(context, imageId)
    checkShareable(world, image)
    checkRecipients(context, image, [projectId])
    return change(world, { imageId, projectId, to: 'shared', limit: memberLimit(context, image) })
  })
}

/** Accepts or refuses, at once, an image that was shared with the caller. */
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

/** Stops sharing an image of the caller with a project, at once; false when it was not shared with it. */
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
