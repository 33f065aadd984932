import type { RequestContext } from '../../../contract/call.ts'
import { isUuid } from '../../../lib/ids.ts'
import type { World } from '../../../simulation/world.ts'
import { findBackup, findVault } from '../../cbr/queries.ts'
import type { BackupDisk, BackupRow, VaultRow } from '../../cbr/tables.ts'
import { countServersIn } from '../../ecs/queries.ts'
import type { ServerRow } from '../../ecs/tables.ts'
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

/** A vault of a project that can be used (IMG.0184, IMG.0188). */
function usableVault(world: World, projectId: string, vaultId: string | undefined): VaultRow {
  const vault = vaultId === undefined ? undefined : findVault(world.db, vaultId)
  if (vault === undefined || vault.projectId !== projectId) throw fail('IMG.0184', { vaultId })
  if (vault.status !== 'available') throw fail('IMG.0188', { vaultId, status: vault.status })
  return vault
}

/** Refuses a vault that has not so many GB left (IMG.0182). */
function checkRoom({ id, capacity, used }: VaultRow, needed: number): void {
  if (needed > capacity - used) throw fail('IMG.0182', { vault: id, needed, capacity, used })
}

/**
 * A vault that takes a backup of a server, in the documented order: there (IMG.0184), usable (IMG.0188), for backups of
 * servers (IMG.0193), with room (IMG.0182).
 */
export function vaultForBackup(
  world: World,
  projectId: string,
  vaultId: string | undefined,
  needed: number,
): VaultRow {
  const vault = usableVault(world, projectId, vaultId)
  if (vault.objectType !== 'server' || vault.protectType !== 'backup')
    throw fail('IMG.0193', { vaultId, kind: `${vault.protectType} of ${vault.objectType}` })
  checkRoom(vault, needed)
  return vault
}

/**
 * The vault that takes the backup of a server (IMG.0182, IMG.0184, IMG.0188, IMG.0193): the server may be in no other vault
 * (IMG.0183), the vault not protecting all the servers it may (IMG.0185), the server not with the older backup service
 * (IMG.0186).
 */
export function vaultForServer(
  world: World,
  server: ServerRow,
  vaultId: string | undefined,
  needed: number,
): VaultRow {
  const vault = vaultForBackup(world, server.projectId, vaultId, needed)
  const bound = server.vaultId === vault.id
  if (server.vaultId !== null && !bound) throw fail('IMG.0183', { server: server.id, vault: server.vaultId })
  if (!bound && countServersIn(world.db, vault.id) >= vault.serverLimit)
    throw fail('IMG.0185', { vaultId, limit: vault.serverLimit })
  if (server.csbs) throw fail('IMG.0186', { server: server.id })
  return vault
}

/**
 * The vault that takes a copy of a backup from another region: there (IMG.0184), usable (IMG.0188), for such copies
 * (IMG.0189), with room (IMG.0182).
 */
export function vaultForReplica(
  world: World,
  projectId: string,
  vaultId: string | undefined,
  needed: number,
): VaultRow {
  const vault = usableVault(world, projectId, vaultId)
  if (vault.protectType !== 'replication' || vault.objectType !== 'server')
    throw fail('IMG.0189', { vaultId, kind: `${vault.protectType} of ${vault.objectType}` })
  checkRoom(vault, needed)
  return vault
}
