import { eq, sql } from './drizzle.ts'
import type { Db } from './open.ts'
import { prepared } from './statements.ts'
import { draws, settings } from './tables.ts'

const readQuery = prepared((db) =>
  db
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.key, sql.placeholder('key')))
    .prepare(),
)

/** Reads the JSON value of a key, which the caller has to check; undefined when there is none. */
export function readSetting(db: Db, key: string): unknown {
  const row = readQuery(db).get({ key })
  return row === undefined ? undefined : JSON.parse(row.value)
}

const writeQuery = prepared((db) =>
  db
    .insert(settings)
    .values({ key: sql.placeholder('key'), value: sql.placeholder('value') })
    .onConflictDoUpdate({ target: settings.key, set: { value: sql`excluded.value` } })
    .prepare(),
)

/** Writes the value of a key as JSON. */
export function writeSetting(db: Db, key: string, value: unknown): void {
  writeQuery(db).run({ key, value: JSON.stringify(value) })
}

const deleteQuery = prepared((db) =>
  db
    .delete(settings)
    .where(eq(settings.key, sql.placeholder('key')))
    .prepare(),
)

export function deleteSetting(db: Db, key: string): void {
  deleteQuery(db).run({ key })
}

const countDrawQuery = prepared((db) =>
  db
    .insert(draws)
    .values({ purpose: sql.placeholder('purpose'), count: 1 })
    .onConflictDoUpdate({ target: draws.purpose, set: { count: sql`${draws.count} + 1` } })
    .returning({ count: draws.count })
    .prepare(),
)

/** Counts a draw of random numbers for a purpose and returns its number, starting with 1. */
export function countDraw(db: Db, purpose: string): number {
  return countDrawQuery(db).get({ purpose }).count
}
