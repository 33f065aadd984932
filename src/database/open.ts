import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { SetupError } from '../lib/errors.ts'
import { drizzle, migrate } from './drizzle.ts'

/** A world's database. Everything on it is synchronous: a transaction is a plain function call. */
export type Db = BetterSQLite3Database & { $client: Database.Database }

export interface OpenedDatabase {
  db: Db
  /** The bytes of its file, whether it has one or not. */
  serialize(): Buffer
  /** Folds the write-ahead log into the file and lets it go. */
  close(): void
}

/** A world in memory is small: with pages of the usual size, most of it would be empty. Bytes. */
const PAGE_IN_MEMORY = 1024
/** What SQLite may keep beside a database that is in memory anyway, KiB. */
const CACHE_IN_MEMORY = 64

/**
 * Opens a database file, or one in memory when there is no path, and brings it to the current schema. On disk it runs in
 * WAL mode with `synchronous = NORMAL`: a killed process loses nothing that was committed.
 * @param bytes what it begins with: the file of another one, of this version or an earlier one.
 * @throws SetupError when it was made by a version that this one does not know.
 */
export function openDatabase(path?: string, bytes?: Buffer): OpenedDatabase {
  if (path !== undefined) mkdirSync(dirname(path), { recursive: true })
  if (path !== undefined && bytes !== undefined) writeFileSync(path, bytes)
  const sqlite = new Database(path ?? bytes ?? ':memory:')
  if (path === undefined) {
    sqlite.pragma(`page_size = ${PAGE_IN_MEMORY}`)
  } else {
    sqlite.pragma('journal_mode = WAL')
    sqlite.pragma('synchronous = NORMAL')
  }
  const opened = withForeignKeys(sqlite)
  try {
    migrate(opened.db, { migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)) })
  } catch (error) {
    sqlite.close()
    throw new SetupError(
      `${path ?? 'the database'} was made by another version, and cannot be brought to this one (${reason(error)}). Take the version that made it, or another --data folder.`,
    )
  }
  return opened
}

/** Opens a database in memory that is the copy of another one of this very version. */
export function openCopy(bytes: Buffer): OpenedDatabase {
  const sqlite = new Database(bytes)
  sqlite.exec(`PRAGMA cache_size = -${CACHE_IN_MEMORY}`)
  return withForeignKeys(sqlite)
}

/** Where the header of a database file says in which mode it is written and read; 2 is a write-ahead log. */
const MODES = [18, 19]
const WITHOUT_LOG = 1

/** A file whose log was folded in can be opened anywhere, in memory too, where there is no log. */
function withoutLog(bytes: Buffer): Buffer {
  for (const place of MODES) bytes[place] = WITHOUT_LOG
  return bytes
}

function withForeignKeys(sqlite: Database.Database): OpenedDatabase {
  sqlite.exec('PRAGMA foreign_keys = ON')
  return { db: drizzle(sqlite), serialize: () => withoutLog(sqlite.serialize()), close: () => sqlite.close() }
}

/** What SQLite said; drizzle puts the statement around it. */
function reason(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return inner instanceof Error ? inner.message : String(inner)
}
