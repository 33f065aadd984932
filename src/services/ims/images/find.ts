import type { Caller } from '../../../accounts/caller.ts'
import { isUuid } from '../../../lib/ids.ts'
import type { World } from '../../../simulation/world.ts'
import { fail, type ImsCode } from '../errors.ts'
import { findImage, type Image } from '../queries/images.ts'
import { findMember } from '../queries/members.ts'

/** The image when the caller may see it: public, its own, or shared with it, accepted or not. */
export function findVisibleImage(world: World, caller: Caller, id: string): Image | undefined {
  const image = findImage(world.db, id)
  if (image === undefined || isTooNew(world, image)) return undefined
  const visible =
    image.visibility === 'public' ||
    image.owner === caller.projectId ||
    findMember(world.db, id, caller.projectId) !== undefined
  return visible ? image : undefined
}

/** Whether an image was made within the time that reads lag behind. */
export function isTooNew({ lag = 0, clock }: World, { createdAt }: Pick<Image, 'createdAt'>): boolean {
  return lag > 0 && createdAt > clock.now() - lag
}

/**
 * The image that an IMS call names in its path, in the cloud's order of checks: a malformed id (IMG.0066), one that does
 * not exist for the caller (IMG.0027).
 */
export function namedImage(world: World, caller: Caller, id: string): Image {
  if (!isUuid(id)) throw fail('IMG.0066', { id })
  const image = findVisibleImage(world, caller, id)
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
