import type { RequestContext } from '../../../contract/call.ts'
import { isUuid } from '../../../lib/ids.ts'
import type { World } from '../../../simulation/world.ts'
import { backupSize, findBackup } from '../../cbr/queries.ts'
import { findKey, isGranted } from '../../kms/tables.ts'
import { fail } from '../errors.ts'
import { checkActive } from '../images/find.ts'
import { findSharingStatus } from '../queries/account-members.ts'
import { findImage, type Image } from '../queries/images.ts'
import { countAcceptedImages } from '../queries/members.ts'
import { quotaOf } from '../quotas.ts'
import { vaultForBackup } from '../sources/backups.ts'
import { membersOfImage } from './member.ts'
import { isOnlyOwn, memberIdOf, projectsReached, type Recipient } from './recipients.ts'

/**
 * Finds the image whose sharing its owner changes.
 * @throws CodedRefusal IMG.0066 for a malformed id, IMG.0027 for an unknown image, IMG.0089 for a public one, IMG.0107 for
 * one of the market, IMG.0047 for one that is shared with the caller, IMG.0106 for any other image of another project.
 */
export function imageOfSharer(context: RequestContext, id: string): Image {
  const { world, caller } = context
  if (!isUuid(id)) throw fail('IMG.0066', { id })
  const image = findImage(world.db, id)
  if (image === undefined) throw fail('IMG.0027', { id })
  checkPrivate(image)
  if (image.owner === caller.projectId) return image
  const member = findSharingStatus(world.db, id, caller) !== undefined
  throw fail(member ? 'IMG.0047' : 'IMG.0106', { id, owner: image.owner })
}

/**
 * Checks that an image is private.
 * @throws CodedRefusal IMG.0089 for a public image, IMG.0107 for one of the market.
 */
function checkPrivate({ id, imageType, visibility }: Image): void {
  if (imageType === 'market') throw fail('IMG.0107', { id })
  if (imageType === 'gold' || visibility === 'public') throw fail('IMG.0089', { id })
}

/**
 * Checks that an image may be shared at all.
 * @throws CodedRefusal IMG.0046 unless it is active; IMG.0135 for a whole image without a CBR backup of the caller's own.
 */
export function checkShareable(world: World, image: Image): void {
  checkActive(image)
  if (!isWhole(image)) return
  const backup = findBackup(world.db, image.attributes.__backup_id ?? '')
  if (backup === undefined || backup.kind === 'CSBS' || backup.shared)
    throw fail('IMG.0135', { id: image.id, backup: backup?.kind })
}

/**
 * Checks that an image may be shared with these recipients.
 * @throws CodedRefusal IMG.0076 for the owner itself or its account, IMG.0108 for a recipient without a project in the region,
 * IMG.0098 for an encrypted image whose key is not enabled, or not granted to every project of the recipient or to its account (the
 * default key never is), IMG.0088 beyond the quota of members of one image or of shared images of one project.
 */
export function checkRecipients(
  context: RequestContext,
  image: Image,
  recipients: readonly Recipient[],
): void {
  const { world, caller } = context
  for (const recipient of recipients) checkRecipient(context, image, recipient)
  const members = new Set(membersOfImage(world, image).map(({ memberId }) => memberId))
  const wanted = new Set([...members, ...recipients.map(memberIdOf)]).size
  const limit = memberLimit(context, image)
  if (wanted > limit) throw fail('IMG.0088', { id: image.id, limit, wanted })
  const accepted = countAcceptedImages(world.db, caller.projectId)
  const mostAccepted = quotaOf(context, 'shared_images')
  if (members.size === 0 && accepted >= mostAccepted)
    throw fail('IMG.0088', { id: image.id, limit: mostAccepted, accepted })
}

/** The number of projects, accounts and organisations that an image may be shared with. */
export function memberLimit(context: RequestContext, image: Image): number {
  const quota = isWhole(image) ? 'members_per_whole_image' : 'members_per_image'
  return quotaOf(context, quota)
}

function isWhole(image: Image): boolean {
  return image.attributes.__whole_image === 'true'
}

function checkRecipient(context: RequestContext, image: Image, recipient: Recipient): void {
  const { world, caller } = context
  const sharer = { region: caller.region, accountId: caller.domainId }
  const { projectId, domainId } = recipient
  const isOwn = projectId === caller.projectId || domainId === caller.domainId
  if (isOwn || isOnlyOwn(world, recipient, sharer)) throw fail('IMG.0076', { ...recipient })
  const projects = projectsReached(world, recipient, sharer)
  if (projects.length === 0) throw fail('IMG.0108', { ...recipient, region: caller.region })
  const keyId = image.attributes.__system__cmkid
  if (keyId === undefined) return
  const key = findKey(world.db, keyId)
  for (const { id, domainId: account } of projects)
    if (key?.state !== 'enabled' || !isGranted(key, { projectId: id, domainId: account }))
      throw fail('IMG.0098', { id: image.id, keyId, projectId: id, state: key?.state })
}

/** The answer of a member to a sharing. It may change later. */
export type Decision = 'accepted' | 'rejected'

/**
 * Finds an image that was shared with the caller, and checks that the caller may decide about it. Accepting a whole image
 * needs a vault with room for its backup.
 * @throws CodedRefusal IMG.0066 for a malformed id, IMG.0027 for an image that was not shared with the caller, IMG.0076 for
 * the caller's own image, IMG.0089 for a public one, IMG.0107 for one of the market; IMG.0182, IMG.0184, IMG.0188 and
 * IMG.0193 for the vault.
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
  if (findSharingStatus(world.db, id, caller) === undefined) throw fail('IMG.0027', { id })
  if (status === 'accepted' && isWhole(image)) {
    const backup = findBackup(world.db, image.attributes.__backup_id ?? '')
    const needed = backup === undefined ? image.minDisk : backupSize(backup)
    vaultForBackup(world, caller.projectId, vaultId, needed)
  }
  return image
}
