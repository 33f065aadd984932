import type { Db } from './open.ts'

/** What drizzle makes of a query that is compiled. */
interface Compiled {
  getQuery(): { sql: string }
}

/**
 * A query compiled once. Building SQL costs more than running it, so every question that is asked on a hot path is declared
 * with this. Worlds have a database each and the same questions: the second database takes over what was compiled for the
 * first, with a statement of its own in place of the first one's.
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
