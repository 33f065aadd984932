import { and, asc, eq, isNotNull, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { batches, type Change, prepared } from '../../database/statements.ts'
import { type VolumeRow, volumes } from './tables.ts'

export function findVolume(db: Db, id: string): VolumeRow | undefined {
  return db.select().from(volumes).where(eq(volumes.id, id)).get()
}

export function insertVolumes(db: Db, rows: readonly VolumeRow[]): void {
  for (const part of batches(rows)) db.insert(volumes).values(part).run()
}

const volumesOfQuery = prepared((db) =>
  db
    .select()
    .from(volumes)
    .where(eq(volumes.serverId, sql.placeholder('serverId')))
    .orderBy(asc(sql`rowid`))
    .prepare(),
)

/** Reads the disks of a server in the order in which they were attached. */
export function volumesOf(db: Db, serverId: string): VolumeRow[] {
  return volumesOfQuery(db).all({ serverId })
}

/** Finds the disk that a server starts from. */
export function systemVolumeOf(db: Db, serverId: string): VolumeRow | undefined {
  return db
    .select()
    .from(volumes)
    .where(and(eq(volumes.serverId, serverId), eq(volumes.system, true)))
    .get()
}

/** The ids of the blobs that disks hold. Backups name the same ones. */
export function blobsOfVolumes(db: Db): string[] {
  const rows = db.select({ content: volumes.content }).from(volumes).where(isNotNull(volumes.content)).all()
  return rows.flatMap(({ content }) => content?.blobId ?? [])
}

export function listVolumes(db: Db): VolumeRow[] {
  return db.select().from(volumes).all()
}

export function updateVolume(db: Db, id: string, change: Change<VolumeRow>): void {
  db.update(volumes).set(change).where(eq(volumes.id, id)).run()
}

/** Deletes a disk. Its bytes stay: backups name the same blob. */
export function deleteVolume(db: Db, id: string): void {
  db.delete(volumes).where(eq(volumes.id, id)).run()
}

/** The disks of a server that was deleted: its system disk is deleted too, the others are free. */
export function releaseVolumesOf(db: Db, serverId: string): void {
  db.delete(volumes)
    .where(and(eq(volumes.serverId, serverId), eq(volumes.system, true)))
    .run()
  db.update(volumes).set({ serverId: null, status: 'available' }).where(eq(volumes.serverId, serverId)).run()
}
