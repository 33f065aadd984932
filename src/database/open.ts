import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { SetupError } from '../lib/errors.ts'
import { withEffects } from './after-commit.ts'
import { drizzle, migrate } from './drizzle.ts'
import { makeFolder, writeDurably } from './durable-files.ts'
import { refuseActiveSchema, refuseNewerSchema, refuseOtherSchema } from './foreign-schema.ts'

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
 * @param name the file in messages.
 * @throws SetupError when the file is no database, is damaged, cannot be migrated, or has a schema that is not exactly that of
 * a world: the file may come from elsewhere.
 */
export function openDatabase(path?: string, bytes?: Buffer, name = path ?? 'the database'): OpenedDatabase {
  if (path !== undefined) makeFolder(dirname(path))
  if (path !== undefined && bytes !== undefined) writeDurably(path, bytes)
  const isNew = bytes === undefined && (path === undefined || !existsSync(path))
  const sqlite = openChecked(path, bytes, name)
  const opened = withForeignKeys(sqlite)
  try {
    if (!isNew) {
      refuseActiveSchema(sqlite)
      refuseNewerSchema(sqlite, freshSchema().db.$client)
    }
    migrate(opened.db, { migrationsFolder: MIGRATIONS })
    if (!isNew) refuseOtherSchema(sqlite, freshSchema().db.$client)
  } catch (error) {
    sqlite.close()
    if (error instanceof SetupError)
      throw new SetupError(`${name} is no world of an ims-emulator of this version: ${error.message}`)
    throw new SetupError(
      `${name} was made by another version, and cannot be brought to this one (${reason(error)}). Take the version that made it, or another --data folder.`,
    )
  }
  return opened
}

const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url))

let fresh: OpenedDatabase | undefined

/** An empty database of the current schema. */
function freshSchema(): OpenedDatabase {
  fresh ??= openDatabase()
  return fresh
}

/** Opens a database and checks that it can be read as a whole, so that no later request finds damage. */
function openChecked(path: string | undefined, bytes: Buffer | undefined, name: string): Database.Database {
  const before = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false })
  if (before?.size === 0) throw unusable(name, 'it is empty, 0 bytes')
  let sqlite: Database.Database | undefined
  try {
    sqlite = new Database(path ?? bytes ?? ':memory:')
    if (path === undefined) {
      sqlite.pragma(`page_size = ${PAGE_IN_MEMORY}`)
    } else {
      sqlite.pragma('journal_mode = WAL')
      sqlite.pragma('synchronous = NORMAL')
    }
    const isNew = before === undefined && bytes === undefined
    const state = isNew ? 'ok' : sqlite.pragma('quick_check(1)', { simple: true })
    if (state === 'ok') return sqlite
    throw unusable(name, `it is damaged: ${String(state).replace(/\s+/g, ' ')}`)
  } catch (error) {
    sqlite?.close()
    throw error instanceof Database.SqliteError ? unusable(name, error.message) : error
  }
}

function unusable(name: string, found: string): SetupError {
  return new SetupError(
    `${name} cannot be used as a database (${found}). It was left as it is: put a good copy in its place, or move it away to begin anew.`,
  )
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
  return {
    db: withEffects(drizzle(sqlite)),
    serialize: () => withoutLog(sqlite.serialize()),
    close: () => sqlite.close(),
  }
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
