import type { World } from '../../../simulation/world.ts'
import { findVault } from '../../cbr/queries.ts'
import type { VaultRow } from '../../cbr/tables.ts'
import { countServersIn } from '../../ecs/queries.ts'
import type { ServerRow } from '../../ecs/tables.ts'
import { fail } from '../errors.ts'

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
