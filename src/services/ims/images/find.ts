import type { Caller } from '../../../accounts/caller.ts'
import type { RequestContext } from '../../../contract/call.ts'
import { isUuid } from '../../../lib/ids.ts'
import { fail, type ImsCode } from '../errors.ts'
import { findImage, type Image } from '../queries/images.ts'
import { findMember } from '../queries/members.ts'

/** The image when the caller may see it: public, its own, or shared with it, accepted or not. */
export function findVisibleImage(context: RequestContext, id: string): Image | undefined {
  const { world, caller } = context
  const image = findImage(world.db, id)
  if (image === undefined || isTooNew(context, image)) return undefined
  const visible =
    image.visibility === 'public' ||
    image.owner === caller.projectId ||
    findMember(world.db, id, caller.projectId) !== undefined
  return visible ? image : undefined
}

/** Whether an image was made within the time that reads lag behind. */
export function isTooNew(
  { world, facts: { lagMs = 0 } }: RequestContext,
  { createdAt }: Pick<Image, 'createdAt'>,
): boolean {
  return lagMs > 0 && createdAt > world.clock.now() - lagMs
}

/**
 * The image that an IMS call names in its path, in the cloud's order of checks: a malformed id (IMG.0066), one that does
 * not exist for the caller (IMG.0027).
 */
export function namedImage(context: RequestContext, id: string): Image {
  if (!isUuid(id)) throw fail('IMG.0066', { id })
  const image = findVisibleImage(context, id)
  if (image === undefined) throw fail('IMG.0027', { id })
  return image
}

/** Refuses an image that is not the caller's: public ones with `publicCode`, all others with IMG.0047. */
export function checkOwnImage(caller: Caller, image: Image, publicCode: ImsCode): void {
  if (image.visibility === 'public') throw fail(publicCode, { id: image.id })
  if (image.owner !== caller.projectId) throw fail('IMG.0047', { id: image.id })
}

/** Refuses an image that is not ready to be used (IMG.0046). */
export function checkActive(image: Image): void {
  if (image.status !== 'active') throw fail('IMG.0046', { id: image.id, status: image.status })
}
