import type { RequestContext } from '../../../contract/call.ts'
import { isUuid } from '../../../lib/ids.ts'
import { backupSize, findBackup } from '../../cbr/queries.ts'
import { fail } from '../errors.ts'
import { findImage, type Image } from '../queries/images.ts'
import { findMember } from '../queries/members.ts'
import { vaultForBackup } from '../sources/vaults.ts'
import { checkPrivate, isWhole } from './shareable.ts'

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
