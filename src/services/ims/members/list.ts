import type { RequestContext } from '../../../contract/call.ts'
import { fail } from '../errors.ts'
import { checkOwnImage, namedImage } from '../images/find.ts'
import { membersOf } from '../queries/members.ts'
import type { MemberRow } from '../tables.ts'

/** Who an image is shared with: its owner sees everybody, a member itself; a public image has no members (IMG.0047). */
function listMembers(context: RequestContext, imageId: string): MemberRow[] {
  const { world, caller } = context
  const image = namedImage(context, imageId)
  const members = membersOf(world.db, imageId)
  if (image.owner === caller.projectId) return members
  const own = members.filter(({ projectId }) => projectId === caller.projectId)
  if (own.length === 0) checkOwnImage(caller, image, 'IMG.0047')
  return own
}

/** One page of them after the member `marker` (IMG.0001 when there is no such member), and whether more follow. */
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

/** One of them; a project that the caller does not see among the members is IMG.0114. */
export function showMember(context: RequestContext, imageId: string, projectId: string): MemberRow {
  const member = listMembers(context, imageId).find((row) => row.projectId === projectId)
  if (member === undefined) throw fail('IMG.0114', { imageId, projectId })
  return member
}
