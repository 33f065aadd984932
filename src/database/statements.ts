import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Db } from './open.ts'

/** A query that drizzle has compiled. */
interface Compiled {
  getQuery(): { sql: string }
}

/**
 * Declares a query that is compiled once: building SQL costs more than running it, so every query on a hot path is declared
 * with this. Each world has its own database. The first database that runs the query compiles it; every other one reuses
 * the SQL and prepares only a statement of its own.
 * @example
 * const findQuery = prepared((db) => db.select().from(servers).where(eq(servers.id, sql.placeholder('id'))).prepare())
 * findQuery(db).get({ id })
 */
export function prepared<Query extends Compiled>(build: (db: Db) => Query): (db: Db) => Query {
  const bound = new WeakMap<Db, Query>()
  let compiled: Query | undefined
  return (db) => {
    let query = bound.get(db)
    if (query === undefined) {
      compiled ??= build(db)
      query = boundTo(db, compiled)
      bound.set(db, query)
    }
    return query
  }
}

/** Drizzle's compiled queries run the statement in their property `stmt`. */
function boundTo<Query extends Compiled>(db: Db, compiled: Query): Query {
  return Object.create(compiled, { stmt: { value: db.$client.prepare(compiled.getQuery().sql) } })
}

/** SQLite takes at most 32,766 values in one statement, and no table has more than 60 columns. */
const ROWS_PER_STATEMENT = 500

/**
 * Splits rows into batches that one INSERT statement can take: building SQL costs more than running it.
 * @example for (const batch of batches(rows)) db.insert(servers).values(batch).run()
 */
export function batches<Row>(rows: readonly Row[]): Row[][] {
  const parts: Row[][] = []
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT)
    parts.push(rows.slice(start, start + ROWS_PER_STATEMENT))
  return parts
}

/** Reads the ids of all rows of a table. */
export function idsOf(db: Db, table: SQLiteTable & { id: SQLiteColumn }): string[] {
  const rows = db.select({ id: table.id }).from(table).all()
  return rows.map(({ id }) => String(id))
}

/** Columns of a row that an UPDATE sets; those that are undefined stay as they are. */
export type Change<Row> = { readonly [Name in keyof Row]?: Row[Name] | undefined }
