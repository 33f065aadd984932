import type { Db } from './open.ts'

/**
 * A query compiled once per database. Building SQL costs more than running it, so every question that is asked on a hot
 * path is declared with this.
 */
export function prepared<Query>(build: (db: Db) => Query): (db: Db) => Query {
  const compiled = new WeakMap<Db, Query>()
  return (db) => {
    let query = compiled.get(db)
    if (query === undefined) {
      query = build(db)
      compiled.set(db, query)
    }
    return query
  }
}
