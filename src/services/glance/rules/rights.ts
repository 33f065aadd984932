import type { Caller } from '../../../accounts/caller.ts'
import type { RequestContext } from '../../../contract/call.ts'
import type { World } from '../../../simulation/world.ts'
import { isTooNew } from '../../ims/images/find.ts'
import { findImage, type Image } from '../../ims/queries/images.ts'
import { findMember } from '../../ims/queries/members.ts'
import { forbidden, GlanceError } from '../errors.ts'

export function isAdmin({ roles }: Caller): boolean {
  return roles.includes('admin')
}

/** Only an administrator may do it. */
export function checkAdmin(caller: Caller, action: string): void {
  if (!isAdmin(caller)) throw forbidden(`You are not authorized to complete ${action} action.`)
}

/**
 * Whether an image is there for a caller: for an administrator all are, for everybody those that are public, community or
 * nobody's, one's own, and those that are shared with one, accepted or not.
 */
export function sees(world: World, caller: Caller, image: Image): boolean {
  if (isAdmin(caller) || image.owner === null || image.owner === caller.projectId) return true
  if (image.visibility === 'public' || image.visibility === 'community') return true
  return isShared(image) && findMember(world.db, image.id, caller.projectId) !== undefined
}

/** IMS keeps `private` for an image that has members, a stock Glance says `shared` of one that may have some. */
function isShared({ visibility, attributes }: Image): boolean {
  return visibility === 'shared' || '__isregistered' in attributes
}

/** The image a call names; what the caller may not see is not there (404, in the sentence of the call). */
export function visibleImage(
  context: RequestContext,
  id: string,
  sentence: string | undefined = `No image found with ID ${id}`,
): Image {
  const { world, caller } = context
  const image = findImage(world.db, id)
  if (image === undefined || !sees(world, caller, image) || isTooNew(context, image))
    throw new GlanceError(404, sentence)
  return image
}

export function owns(caller: Caller, { owner }: Pick<Image, 'owner'>): boolean {
  return isAdmin(caller) || owner === caller.projectId
}

/** Refuses who neither owns the image nor is an administrator; nobody's image is nobody's to change. */
export function checkOwner(
  caller: Caller,
  image: Pick<Image, 'owner'>,
  sentence = 'You do not own this image',
): void {
  if (!owns(caller, image)) throw forbidden(sentence)
}
