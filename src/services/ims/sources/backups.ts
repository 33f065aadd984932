import type { RequestContext } from '../../../contract/call.ts'
import { isUuid } from '../../../lib/ids.ts'
import type { World } from '../../../simulation/world.ts'
import { findBackup, findVault } from '../../cbr/queries.ts'
import type { BackupDisk, BackupRow, VaultRow } from '../../cbr/tables.ts'
import { countServersIn } from '../../ecs/queries.ts'
import type { ServerRow } from '../../ecs/tables.ts'
import { fail } from '../errors.ts'
import { imagesOfBackup } from '../queries/images.ts'

/** The `__data_origin` of an image that comes from a backup. */
export const fromBackup = (backupId: string) => `server_backup,${backupId}`

/** The codes that differ between the two backup services. */
const CODES = {
  CSBS: { missing: 'IMG.0127', forbidden: 'IMG.0133', unfit: 'IMG.0132', used: 'IMG.0134' },
  CBR: { missing: 'IMG.0198', forbidden: 'IMG.0165', unfit: 'IMG.0032', used: 'IMG.0029' },
} as const

/**
 * Finds the backup for a whole image.
 * @throws CodedRefusal IMG.0020 for a malformed id; IMG.0127 (CSBS) or IMG.0198 (CBR) for an unknown backup; IMG.0198 for one
 * of the other service; IMG.0133 or IMG.0165 for one of another project; IMG.0132 or IMG.0032 unless it is available and
 * without disks that several servers used; IMG.0134 or IMG.0029 for one that is an image already; IMG.0033 without a system
 * disk; IMG.0195 for one from CBR with an unknown operating system.
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

/** Finds a vault of a project that can be used. @throws CodedRefusal IMG.0184, IMG.0188 */
function usableVault(world: World, projectId: string, vaultId: string | undefined): VaultRow {
  const vault = vaultId === undefined ? undefined : findVault(world.db, vaultId)
  if (vault === undefined || vault.projectId !== projectId) throw fail('IMG.0184', { vaultId })
  if (vault.status !== 'available') throw fail('IMG.0188', { vaultId, status: vault.status })
  return vault
}

/** Checks that a vault has room for `needed` GB. @throws CodedRefusal IMG.0182 */
function checkRoom({ id, capacity, used }: VaultRow, needed: number): void {
  if (needed > capacity - used) throw fail('IMG.0182', { vault: id, needed, capacity, used })
}

/**
 * Finds a vault that can take a backup of a server, with checks in the documented order.
 * @throws CodedRefusal IMG.0184 for an unknown vault, IMG.0188 for one that cannot be used, IMG.0193 for one that is not for
 * backups of servers, IMG.0182 for one without room for `needed` GB.
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
 * Finds the vault for the backup of a server.
 * @throws CodedRefusal IMG.0183 for a server in another vault, IMG.0185 for a vault that protects as many servers as it may,
 * IMG.0186 for a server of the older backup service; IMG.0182, IMG.0184, IMG.0188 and IMG.0193 as `vaultForBackup`.
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
 * Finds the vault for the copy of a backup from another region.
 * @throws CodedRefusal IMG.0184 for an unknown vault, IMG.0188 for one that cannot be used, IMG.0189 for one that is not for
 * replicas of servers, IMG.0182 for one without room for `needed` GB.
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
