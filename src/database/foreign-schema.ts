import type Database from 'better-sqlite3'
import { SetupError } from '../lib/errors.ts'
import { safeParse } from '../lib/parse.ts'
import { Instant, wireSeconds } from '../lib/time.ts'

/** One row of the schema of a database. */
interface SchemaObject {
  type: string
  name: string
  table: string
  /** Null for the index of a constraint. */
  sql: string | null
}

const schemaOf = (database: Database.Database): SchemaObject[] =>
  database
    .prepare<[], SchemaObject>('SELECT type, name, tbl_name AS "table", sql FROM sqlite_master ORDER BY name')
    .all()

/**
 * Refuses a database whose schema does something when it is read or written: triggers, views and virtual tables, of which the
 * emulator has none. It is called before anything else is read from a database that may come from elsewhere.
 * @see https://www.sqlite.org/security.html
 * @throws SetupError that names what was found.
 */
export function refuseActiveSchema(database: Database.Database): void {
  // Functions with side effects are refused in indexes and in constraints.
  database.pragma('trusted_schema = OFF')
  database.pragma('cell_size_check = ON')
  for (const { type, name, sql } of schemaOf(database)) {
    const kind = /^\s*create\s+virtual/i.test(sql ?? '') ? 'virtual table' : type
    if (kind !== 'table' && kind !== 'index')
      throw new SetupError(`it has the ${kind} ${shown(name)}; the database of a world has none`)
  }
}

const MIGRATIONS = '__drizzle_migrations'

/**
 * Compares the migrations of a database with those of a fresh one. A later version may have kept the schema and changed what is
 * in it, so that a database of a later version is refused whatever its schema is.
 * @throws SetupError for a database that a later version has migrated.
 */
export function refuseNewerSchema(database: Database.Database, fresh: Database.Database): void {
  const latest = (of: Database.Database) =>
    of.prepare(`SELECT max(created_at) FROM ${MIGRATIONS}`).pluck().get()
  if (database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(MIGRATIONS) === undefined) return
  const [own, known] = [Number(latest(database)), Number(latest(fresh))]
  if (own > known)
    throw new SetupError(
      `a newer version has migrated it (its migration is of ${day(own)}, the last that this version knows is of ${day(known)}); start that version`,
    )
}

function day(ms: number): string {
  const { data } = safeParse(Instant, ms)
  return data === undefined ? 'no time' : wireSeconds(data).slice(0, 10)
}

/** Tables in which SQLite itself keeps statistics for its query planner. */
const STATISTICS = /^sqlite_stat[1-4]$/

/**
 * Compares the schema of a migrated database with that of a fresh one.
 * @throws SetupError that names the first difference.
 */
export function refuseOtherSchema(database: Database.Database, fresh: Database.Database): void {
  const expected = new Map(schemaOf(fresh).map((object) => [object.name, object]))
  for (const { type, name, table, sql } of schemaOf(database)) {
    if (STATISTICS.test(name)) continue
    const same = expected.get(name)
    if (same === undefined)
      throw new SetupError(`it has the ${type} ${shown(name)}, which this version does not know`)
    if (same.type !== type || same.table !== table || same.sql !== sql)
      throw new SetupError(`its ${type} ${shown(name)} has another form than this version gives it`)
    expected.delete(name)
  }
  const [missing] = expected.values()
  if (missing !== undefined) throw new SetupError(`it lacks the ${missing.type} ${missing.name}`)
}

/** A text of a file from elsewhere, as a message may show it. */
export function shown(text: unknown): string {
  return JSON.stringify(String(text).slice(0, 100))
}
