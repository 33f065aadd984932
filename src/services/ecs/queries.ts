import { batches } from '../../database/batches.ts'
import { and, asc, count, eq, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { prepared } from '../../database/prepared.ts'
import { type ServerRow, servers, type VolumeRow, volumes } from '../../database/tables.ts'

const findServerQuery = prepared((db) =>
  db
    .select()
    .from(servers)
    .where(eq(servers.id, sql.placeholder('id')))
    .prepare(),
)

export function findServer(db: Db, id: string): ServerRow | undefined {
  return findServerQuery(db).get({ id })
}

export function insertServers(db: Db, rows: readonly ServerRow[]): void {
  for (const part of batches(rows)) db.insert(servers).values(part).run()
}

/** Puts a server under the protection of a vault. */
export function bindServer(db: Db, id: string, vaultId: string): void {
  db.update(servers).set({ vaultId }).where(eq(servers.id, id)).run()
}

export function countServersIn(db: Db, vaultId: string): number {
  return db.select({ n: count() }).from(servers).where(eq(servers.vaultId, vaultId)).get()?.n ?? 0
}

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

/** The disks of a server, in the order they were attached. */
export function volumesOf(db: Db, serverId: string): VolumeRow[] {
  return volumesOfQuery(db).all({ serverId })
}

/** The disk that a server starts from; undefined when it has none. */
export function systemVolumeOf(db: Db, serverId: string): VolumeRow | undefined {
  return db
    .select()
    .from(volumes)
    .where(and(eq(volumes.serverId, serverId), eq(volumes.system, true)))
    .get()
}
