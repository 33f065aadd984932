import { count, eq, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { batches, type Change, prepared } from '../../database/statements.ts'
import { type ServerRow, servers } from './tables.ts'

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

/** Binds a server to the vault that keeps its backups. */
export function bindServer(db: Db, id: string, vaultId: string): void {
  db.update(servers).set({ vaultId }).where(eq(servers.id, id)).run()
}

export function countServersIn(db: Db, vaultId: string): number {
  return db.select({ n: count() }).from(servers).where(eq(servers.vaultId, vaultId)).get()?.n ?? 0
}

export function listServers(db: Db): ServerRow[] {
  return db.select().from(servers).all()
}

export function updateServer(db: Db, id: string, change: Change<ServerRow>): void {
  db.update(servers).set(change).where(eq(servers.id, id)).run()
}

export function deleteServer(db: Db, id: string): void {
  db.delete(servers).where(eq(servers.id, id)).run()
}

/** Unbinds all servers from a vault that is gone. */
export function unbindServers(db: Db, vaultId: string): void {
  db.update(servers).set({ vaultId: null }).where(eq(servers.vaultId, vaultId)).run()
}
