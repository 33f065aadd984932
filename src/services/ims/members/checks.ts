import { findProject } from '../../../accounts/queries/projects.ts'
import type { RequestContext } from '../../../contract/call.ts'
import { isUuid } from '../../../lib/ids.ts'
import type { World } from '../../../simulation/world.ts'
import { backupSize, findBackup } from '../../cbr/queries.ts'
import { findKey } from '../../kms/tables.ts'
import { fail } from '../errors.ts'
import { checkActive } from '../images/find.ts'
import { findImage, type Image } from '../queries/images.ts'
import { countAcceptedImages, findMember, membersOf } from '../queries/members.ts'
import { quotaOf } from '../quotas.ts'
import { vaultForBackup } from '../sources/backups.ts'

/**
 * The image that its owner shares, or stops sharing: a malformed id (IMG.0066), one that is nobody's (IMG.0027), a public
 * one (IMG.0089) and one of the market (IMG.0107) are refused, and so is somebody else's: IMG.0047 to whom it is shared
 * with, IMG.0106 to all others.
 */
export function imageOfSharer(context: RequestContext, id: string): Image {
  const { world, caller } = context
  if (!isUuid(id)) throw fail('IMG.0066', { id })
  const image = findImage(world.db, id)
  if (image === undefined) throw fail('IMG.0027', { id })
  checkPrivate(image)
  if (image.owner === caller.projectId) return image
  const member = findMember(world.db, id, caller.projectId) !== undefined
  throw fail(member ? 'IMG.0047' : 'IMG.0106', { id, owner: image.owner })
}

/** Refuses what is everybody's: public images (IMG.0089) and those of the market (IMG.0107). */
export function checkPrivate({ id, imageType, visibility }: Image): void {
  if (imageType === 'market') throw fail('IMG.0107', { id })
  if (imageType === 'gold' || visibility === 'public') throw fail('IMG.0089', { id })
}

/**
 * Whether an image may be shared at all: it must be active (IMG.0046), and a whole server only when it was made of a CBR
 * backup that is the caller's own (IMG.0135).
 */
export function checkShareable(world: World, image: Image): void {
  checkActive(image)
  if (!isWhole(image)) return
  const backup = findBackup(world.db, image.attributes.__backup_id ?? '')
  if (backup === undefined || backup.kind === 'CSBS' || backup.shared)
    throw fail('IMG.0135', { id: image.id, backup: backup?.kind })
}

/**
 * Whether an image may be shared with these projects: not with its owner (IMG.0076), with nobody who is not in the region
 * (IMG.0108); an encrypted one only with whom its key was granted to, the default key with nobody (IMG.0098); and not with
 * more projects than an image may have, nor more images than a project may share (IMG.0088).
 */
export function checkRecipients(context: RequestContext, image: Image, projects: readonly string[]): void {
  const { world, caller } = context
  for (const project of projects) checkRecipient(context, image, project)
  const members = new Set(membersOf(world.db, image.id).map(({ projectId }) => projectId))
  const wanted = new Set([...members, ...projects]).size
  const limit = memberLimit(context, image)
  if (wanted > limit) throw fail('IMG.0088', { id: image.id, limit, wanted })
  const accepted = countAcceptedImages(world.db, caller.projectId)
  const mostAccepted = quotaOf(context, 'shared_images')
  if (members.size === 0 && accepted >= mostAccepted)
    throw fail('IMG.0088', { id: image.id, limit: mostAccepted, accepted })
}

/** How many projects an image may be shared with. */
export function memberLimit(context: RequestContext, image: Image): number {
  const quota = isWhole(image) ? 'members_per_whole_image' : 'members_per_image'
  return quotaOf(context, quota)
}

export function isWhole(image: Image): boolean {
  return image.attributes.__whole_image === 'true'
}

function checkRecipient(context: RequestContext, image: Image, projectId: string): void {
  const { world, caller } = context
  if (projectId === caller.projectId) throw fail('IMG.0076', { projectId })
  if (findProject(world.db, projectId)?.region !== caller.region)
    throw fail('IMG.0108', { projectId, region: caller.region })
  const keyId = image.attributes.__system__cmkid
  if (keyId === undefined) return
  const key = findKey(world.db, keyId)
  if (key === undefined || key.isDefault || !key.grants.includes(projectId))
    throw fail('IMG.0098', { id: image.id, keyId, projectId })
}

/** What a member may say to a sharing; it may change its mind. */
export type Decision = 'accepted' | 'rejected'

/**
 * The image that was shared with the caller, which decides about it. One's own cannot be (IMG.0076), public images
 * (IMG.0089) and those of the market (IMG.0107) are not shared, and one that was not shared is not there (IMG.0027).
 * Accepting a whole server needs a vault with room for the backup behind it (IMG.0182, IMG.0184, IMG.0188, IMG.0193).
 */
export function checkDecision(
  context: RequestContext,
  id: string,
  { status, vaultId }: { status: Decision; vaultId?: string | undefined },
): Image {
  const { world, caller } = context
  if (!isUuid(id)) throw fail('IMG.0066', { id })
  const image = findImage(world.db, id)
  if (image === undefined) throw fail('IMG.0027', { id })
  checkPrivate(image)
  if (image.owner === caller.projectId) throw fail('IMG.0076', { id })
  if (findMember(world.db, id, caller.projectId) === undefined) throw fail('IMG.0027', { id })
  if (status === 'accepted' && isWhole(image)) {
    const backup = findBackup(world.db, image.attributes.__backup_id ?? '')
    const needed = backup === undefined ? image.minDisk : backupSize(backup)
    vaultForBackup(world, caller.projectId, vaultId, needed)
  }
  return image
}
