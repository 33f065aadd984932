import type { RequestContext } from '../../../contract/call.ts'
import { isUuid } from '../../../lib/ids.ts'
import { findBackup } from '../../cbr/queries.ts'
import type { BackupDisk, BackupRow } from '../../cbr/tables.ts'
import { fail } from '../errors.ts'
import { imagesOfBackup } from '../queries/images.ts'

/** What `__data_origin` says of an image that comes from a backup. */
export const fromBackup = (backupId: string) => `server_backup,${backupId}`

/** The refusals that each of the two backup services has of its own. */
const CODES = {
  CSBS: { missing: 'IMG.0127', forbidden: 'IMG.0133', unfit: 'IMG.0132', used: 'IMG.0134' },
  CBR: { missing: 'IMG.0198', forbidden: 'IMG.0165', unfit: 'IMG.0032', used: 'IMG.0029' },
} as const

/**
 * The backup that a whole image is made of: an id that can be one (IMG.0020), there (CSBS IMG.0127, CBR IMG.0198), of the
 * service that was said (IMG.0198), the caller's (IMG.0133, IMG.0165), available and without disks that several servers
 * used (IMG.0132, IMG.0032), not an image already (IMG.0134, IMG.0029), with a system disk (IMG.0033), and from CBR with a
 * known system (IMG.0195).
 */
export function imageableBackup(context: RequestContext, id: string, kind: 'CSBS' | 'CBR'): BackupRow {
  const { world, caller } = context
  const codes = CODES[kind]
  if (!isUuid(id)) throw fail('IMG.0020', { backup: id })
  const backup = findBackup(world.db, id)
  if (backup === undefined) throw fail(codes.missing, { backup: id })
  if (backup.kind !== kind) throw fail('IMG.0198', { backup: id, kind: backup.kind })
  if (backup.projectId !== caller.projectId) throw fail(codes.forbidden, { backup: id })
  if (backup.status !== 'available' || backup.sharedDisks)
    throw fail(codes.unfit, { backup: id, status: backup.status, sharedDisks: backup.sharedDisks })
  if (imagesOfBackup(world.db, id, caller.projectId).length > 0) throw fail(codes.used, { backup: id })
  if (systemDiskOf(backup) === undefined) throw fail('IMG.0033', { backup: id })
  if (kind === 'CBR' && backup.osVersion === null) throw fail('IMG.0195', { backup: id })
  return backup
}

export function systemDiskOf({ disks }: Pick<BackupRow, 'disks'>): BackupDisk | undefined {
  return disks.find(({ system }) => system)
}
