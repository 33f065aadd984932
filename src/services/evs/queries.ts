import { and, asc, eq, isNotNull, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { batches, prepared } from '../../database/statements.ts'
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
