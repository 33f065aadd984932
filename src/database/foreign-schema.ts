import type Database from 'better-sqlite3'
import { SetupError } from '../lib/errors.ts'

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
