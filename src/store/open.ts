import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { SetupError } from '../kernel/errors.ts'
import { drizzle, migrate } from './drizzle.ts'
import * as schema from './schema.ts'

/** A world's database. Everything on it is synchronous: a transaction is a plain function call. */
export type Db = BetterSQLite3Database<typeof schema>

export interface OpenedDatabase {
  db: Db
  /** Folds the write-ahead log into the file and lets it go. */
  close(): void
}

/**
 * Opens a database file, or one in memory when there is no path, and brings it to the current schema. On disk it runs in
 * WAL mode with `synchronous = NORMAL`: a killed process loses nothing that was committed.
 */
export function openDatabase(path?: string): OpenedDatabase {
  if (path !== undefined) mkdirSync(dirname(path), { recursive: true })
  const sqlite = new Database(path ?? ':memory:')
  sqlite.pragma('journal_mode = WAL')
  sqlite.pragma('synchronous = NORMAL')
  sqlite.pragma('foreign_keys = ON')
  const db = drizzle(sqlite, { schema })
  try {
    migrate(db, { migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)) })
  } catch (error) {
    sqlite.close()
    throw new SetupError(
      `${path ?? 'the database'} was made by another version, and cannot be brought to this one (${reason(error)}). Take the version that made it, or another --data folder.`,
    )
  }
  return { db, close: () => sqlite.close() }
}

/** What SQLite said; drizzle puts the statement around it. */
function reason(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return inner instanceof Error ? inner.message : String(inner)
}
