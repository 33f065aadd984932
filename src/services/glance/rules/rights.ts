import type { Caller } from '../../../accounts/caller.ts'
import type { RequestContext } from '../../../contract/call.ts'
import type { World } from '../../../simulation/world.ts'
import { isTooNew } from '../../ims/images/find.ts'
import { findSharingStatus } from '../../ims/queries/account-members.ts'
import { findImage, type Image } from '../../ims/queries/images.ts'
import { forbidden, GlanceError } from '../errors.ts'

export function isAdmin({ roles }: Caller): boolean {
  return roles.includes('admin')
}

/** Refuses callers other than administrators (403). */
export function checkAdmin(caller: Caller, action: string): void {
  if (!isAdmin(caller)) throw forbidden(`You are not authorized to complete ${action} action.`)
}

/**
 * Tells if an image is visible to a caller. An administrator sees all images; other callers see public and community
 * images, images without an owner, their own, and those shared with them, accepted or not.
 */
export function sees(world: World, caller: Caller, image: Image): boolean {
  if (isAdmin(caller) || image.owner === null || image.owner === caller.projectId) return true
  if (image.visibility === 'public' || image.visibility === 'community') return true
  return isShared(image) && findSharingStatus(world.db, image.id, caller) !== undefined
}

/** Tells if an image can have members: `shared` in a stock Glance; in the cloud an image with members stays `private`. */
function isShared({ visibility, attributes }: Image): boolean {
  return visibility === 'shared' || '__isregistered' in attributes
}

/**
 * Finds the image of a call.
 * @param sentence of the refusal; the usual one by default.
 * @throws GlanceError 404 for an image that is unknown, invisible to the caller, or too new under a read lag.
 */
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

/** Refuses callers that neither own the image nor are administrators (403). */
export function checkOwner(
  caller: Caller,
  image: Pick<Image, 'owner'>,
  sentence = 'You do not own this image',
): void {
  if (!owns(caller, image)) throw forbidden(sentence)
}
