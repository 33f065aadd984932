import { and, eq, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { batches, type Change } from '../../database/statements.ts'
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

/** Finds a backup of a server in a status, e.g. `creating`. */
export function findBackupOf(db: Db, serverId: string, status: string): BackupRow | undefined {
  return db
    .select()
    .from(backups)
    .where(and(eq(backups.serverId, serverId), eq(backups.status, status)))
    .get()
}

/** Finds the copy of a backup in a project. */
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

/** Deletes a backup and frees its space in the vault. */
export function deleteBackup(db: Db, id: string): void {
  const backup = findBackup(db, id)
  if (backup === undefined) return
  db.delete(backups).where(eq(backups.id, id)).run()
  if (backup.vaultId !== null) addVaultUse(db, backup.vaultId, -backupSize(backup))
}

/** Sums the sizes of the disks of a backup, GB. */
export function backupSize({ disks }: Pick<BackupRow, 'disks'>): number {
  return disks.reduce((sum, disk) => sum + disk.size, 0)
}

/** Adds to the used space of a vault, GB; a negative number frees space. */
export function addVaultUse(db: Db, vaultId: string, gigabytes: number): void {
  db.update(vaults)
    .set({ used: sql`max(0, ${vaults.used} + ${gigabytes})` })
    .where(eq(vaults.id, vaultId))
    .run()
}

export function listVaults(db: Db): VaultRow[] {
  return db.select().from(vaults).all()
}

export function updateVault(db: Db, id: string, change: Change<VaultRow>): void {
  db.update(vaults).set(change).where(eq(vaults.id, id)).run()
}

/** Deletes a vault with the backups in it. */
export function deleteVault(db: Db, id: string): void {
  db.delete(backups).where(eq(backups.vaultId, id)).run()
  db.delete(vaults).where(eq(vaults.id, id)).run()
}

export function listBackups(db: Db): BackupRow[] {
  return db.select().from(backups).all()
}

export function updateBackup(db: Db, id: string, change: Change<BackupRow>): void {
  db.update(backups).set(change).where(eq(backups.id, id)).run()
}

/**
 * The ids of the blobs that disks in backups hold: a disk may be gone that its backup was made of. Cells that are no JSON are
 * passed over, because ids are looked at before the contents of a world from elsewhere are checked.
 */
export function blobsOfBackups(db: Db): string[] {
  const rows = db.all<{ blob: unknown }>(sql`SELECT json_extract(disk.value, '$.content.blobId') AS blob
    FROM backups, json_each(iif(json_valid(disks), disks, '[]')) AS disk
    WHERE disk.type = 'object'`)
  return rows.flatMap(({ blob }) => (blob === null ? [] : [String(blob)]))
}
