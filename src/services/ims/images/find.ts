import type { Caller } from '../../../accounts/caller.ts'
import type { RequestContext } from '../../../contract/call.ts'
import { isUuid } from '../../../lib/ids.ts'
import { fail, type ImsCode } from '../errors.ts'
import { findSharingStatus } from '../queries/account-members.ts'
import { findImage, type Image } from '../queries/images.ts'

/** Finds an image that the caller may see: a public one, its own, or one that is shared with it, accepted or not. */
export function findVisibleImage(context: RequestContext, id: string): Image | undefined {
  const { world, caller } = context
  const image = findImage(world.db, id)
  if (image === undefined || isTooNew(context, image)) return undefined
  const visible =
    image.visibility === 'public' ||
    image.owner === caller.projectId ||
    findSharingStatus(world.db, id, caller) !== undefined
  return visible ? image : undefined
}

/** True for an image that was made within the time by which reads lag behind. */
export function isTooNew(
  { world, facts: { lagMs = 0 } }: RequestContext,
  { createdAt }: Pick<Image, 'createdAt'>,
): boolean {
  return lagMs > 0 && createdAt > world.clock.now() - lagMs
}

/**
 * Finds the image that an IMS call names.
 * @throws CodedRefusal IMG.0066 for a malformed id, IMG.0027 for an image that does not exist for the caller.
 */
export function namedImage(context: RequestContext, id: string): Image {
  if (!isUuid(id)) throw fail('IMG.0066', { id })
  const image = findVisibleImage(context, id)
  if (image === undefined) throw fail('IMG.0027', { id })
  return image
}

/**
 * Checks that an image is the caller's.
 * @throws CodedRefusal `publicCode` for a public image, IMG.0047 for any other.
 */
export function checkOwnImage(caller: Caller, image: Image, publicCode: ImsCode): void {
  if (image.visibility === 'public') throw fail(publicCode, { id: image.id })
  if (image.owner !== caller.projectId) throw fail('IMG.0047', { id: image.id })
}

/** Checks that an image can be used now. @throws CodedRefusal IMG.0046 unless it is active. */
export function checkActive(image: Image): void {
  if (image.status !== 'active') throw fail('IMG.0046', { id: image.id, status: image.status })
}
