import { eq, sql } from './drizzle.ts'
import type { Db } from './open.ts'
import { prepared } from './prepared.ts'
import { draws, settings } from './schema.ts'

/** The JSON value kept under a key, not yet parsed into a type; undefined when nothing is kept. */
export function readSetting(db: Db, key: string): unknown {
  const row = db.select({ value: settings.value }).from(settings).where(eq(settings.key, key)).get()
  return row === undefined ? undefined : JSON.parse(row.value)
}

export function writeSetting(db: Db, key: string, value: unknown): void {
  const json = JSON.stringify(value)
  db.insert(settings)
    .values({ key, value: json })
    .onConflictDoUpdate({ target: settings.key, set: { value: json } })
    .run()
}

export function deleteSetting(db: Db, key: string): void {
  db.delete(settings).where(eq(settings.key, key)).run()
}

const countDrawQuery = prepared((db) =>
  db
    .insert(draws)
    .values({ purpose: sql.placeholder('purpose'), count: 1 })
    .onConflictDoUpdate({ target: draws.purpose, set: { count: sql`${draws.count} + 1` } })
    .returning({ count: draws.count })
    .prepare(),
)

/** Counts one more draw of a purpose and answers its number, starting with 1. */
export function countDraw(db: Db, purpose: string): number {
  return countDrawQuery(db).get({ purpose }).count
}
