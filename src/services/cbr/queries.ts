import { batches } from '../../database/batches.ts'
import { and, eq, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { type BackupRow, backups, type VaultRow, vaults } from './tables.ts'

export function findVault(db: Db, id: string): VaultRow | undefined {
  return db.select().from(vaults).where(eq(vaults.id, id)).get()
}

export function insertVaults(db: Db, rows: readonly VaultRow[]): void {
  for (const part of batches(rows)) db.insert(vaults).values(part).run()
}

export function findBackup(db: Db, id: string): BackupRow | undefined {
  return db.select().from(backups).where(eq(backups.id, id)).get()
}

/** A backup of a server that is in a status, e.g. one that is being made. */
export function findBackupOf(db: Db, serverId: string, status: string): BackupRow | undefined {
  return db
    .select()
    .from(backups)
    .where(and(eq(backups.serverId, serverId), eq(backups.status, status)))
    .get()
}

/** The copy of a backup that stands in a project, if there is one. */
export function findBackupCopy(db: Db, backupId: string, projectId: string): BackupRow | undefined {
  return db
    .select()
    .from(backups)
    .where(and(eq(backups.copyOf, backupId), eq(backups.projectId, projectId)))
    .get()
}

export function insertBackups(db: Db, rows: readonly BackupRow[]): void {
  for (const part of batches(rows)) db.insert(backups).values(part).run()
}

export function completeBackup(db: Db, id: string): void {
  db.update(backups).set({ status: 'available' }).where(eq(backups.id, id)).run()
}

/** Removes a backup and gives its room back to the vault it lay in. */
export function deleteBackup(db: Db, id: string): void {
  const backup = findBackup(db, id)
  if (backup === undefined) return
  db.delete(backups).where(eq(backups.id, id)).run()
  if (backup.vaultId !== null) addVaultUse(db, backup.vaultId, -backupSize(backup))
}

/** GB that all disks of a backup take. */
export function backupSize({ disks }: Pick<BackupRow, 'disks'>): number {
  return disks.reduce((sum, disk) => sum + disk.size, 0)
}

/** Takes room in a vault, or gives it back when it is negative; in GB. */
export function addVaultUse(db: Db, vaultId: string, gigabytes: number): void {
  db.update(vaults)
    .set({ used: sql`max(0, ${vaults.used} + ${gigabytes})` })
    .where(eq(vaults.id, vaultId))
    .run()
}
