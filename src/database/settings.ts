import type { z } from 'zod'
import { SetupError } from '../lib/errors.ts'
import { jsonIn } from '../lib/json.ts'
import { safeParse } from '../lib/parse.ts'
import { eq, sql } from './drizzle.ts'
import { shown } from './foreign-schema.ts'
import type { Db } from './open.ts'
import { prepared } from './statements.ts'
import { draws, settings } from './tables.ts'

/** A value of the world under a key, and its form. */
export interface Setting<Value> {
  readonly key: string
  readonly form: z.ZodType<Value>
}

const declared = new Map<string, Setting<unknown>>()

/**
 * Declares a setting.
 * @example
 * const START = setting('started', Time)
 * writeSetting(db, START, clock.now())
 */
export function setting<Value>(key: string, form: z.ZodType<Value>): Setting<Value> {
  const made = { key, form }
  declared.set(key, made)
  return made
}

const readQuery = prepared((db) =>
  db
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.key, sql.placeholder('key')))
    .prepare(),
)

/** Reads a setting; undefined when there is none. @throws z.ZodError for a value of another form, see {@link checkSettings}. */
export function readSetting<Value>(db: Db, { key, form }: Setting<Value>): Value | undefined {
  const row = readQuery(db).get({ key })
  return row === undefined ? undefined : form.parse(jsonIn(row.value))
}

/**
 * Checks the form of every setting, so that they can be read from then on.
 * @throws SetupError that names the first one of another form.
 */
export function checkSettings(db: Db): void {
  for (const { key, value } of db.select().from(settings).all()) {
    const form = declared.get(key)?.form
    const { error } = form === undefined ? {} : safeParse(form, jsonIn(String(value)))
    if (error !== undefined)
      throw new SetupError(
        `its setting ${shown(key)} has another form than this version gives it (${error.issues[0]?.message}, at ${error.issues[0]?.path.join('.') || 'the top'})`,
      )
  }
}

const writeQuery = prepared((db) =>
  db
    .insert(settings)
    .values({ key: sql.placeholder('key'), value: sql.placeholder('value') })
    .onConflictDoUpdate({ target: settings.key, set: { value: sql`excluded.value` } })
    .prepare(),
)

export function writeSetting<Value>(db: Db, { key }: Setting<Value>, value: Value): void {
  writeQuery(db).run({ key, value: JSON.stringify(value) })
}

const deleteQuery = prepared((db) =>
  db
    .delete(settings)
    .where(eq(settings.key, sql.placeholder('key')))
    .prepare(),
)

export function deleteSetting(db: Db, { key }: Setting<unknown>): void {
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
