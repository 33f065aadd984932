import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { SetupError } from '../lib/errors.ts'
import { drizzle, migrate } from './drizzle.ts'

/** A world's database. All calls are synchronous: a transaction is a plain function call. */
export type Db = BetterSQLite3Database & { $client: Database.Database }

export interface OpenedDatabase {
  db: Db
  /** The content of its file; for a database in memory, the content that a file would have. */
  serialize(): Buffer
  /** Writes the log into the file and closes it. */
  close(): void
}

/** Page size of a database in memory, bytes: worlds in memory are small, and pages of the default size would be mostly empty. */
const PAGE_IN_MEMORY = 1024
/** Page cache of a copied database in memory, KiB: the database itself is in memory already. */
const CACHE_IN_MEMORY = 64

/**
 * Opens a database file, or a database in memory when there is no path, and migrates it to the current schema. A file is
 * used in WAL mode with `synchronous = NORMAL`: a killed process loses no committed transaction.
 * @param bytes initial content: a database file of this or an earlier version.
 * @throws SetupError when the file cannot be migrated.
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

/** Opens a copy of a database in memory. The bytes must have the current schema. */
export function openCopy(bytes: Buffer): OpenedDatabase {
  const sqlite = new Database(bytes)
  sqlite.exec(`PRAGMA cache_size = -${CACHE_IN_MEMORY}`)
  return withForeignKeys(sqlite)
}

/**
 * Offsets of the write and read version in the header of a database file; 2 is a write-ahead log.
 * @see https://www.sqlite.org/fileformat2.html#file_format_version_numbers
 */
const MODES = [18, 19]
const WITHOUT_LOG = 1

/** Marks the content of a file as written without a log, so that it can be opened in memory too, where there is no log. */
function withoutLog(bytes: Buffer): Buffer {
  for (const place of MODES) bytes[place] = WITHOUT_LOG
  return bytes
}

function withForeignKeys(sqlite: Database.Database): OpenedDatabase {
  sqlite.exec('PRAGMA foreign_keys = ON')
  return { db: drizzle(sqlite), serialize: () => withoutLog(sqlite.serialize()), close: () => sqlite.close() }
}

/** The message of SQLite: drizzle wraps it into one with the statement. */
function reason(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return inner instanceof Error ? inner.message : String(inner)
}

/**
 * Returns the result of a read, or undefined when the database cannot be read. A look at all worlds must not fail because
 * the database of one is broken.
 */
export function ifReadable<Found>(read: () => Found): Found | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
