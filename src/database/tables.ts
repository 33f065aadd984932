import { z } from 'zod'
import { contents, jsonText } from './contents.ts'
import { integer, sqliteTable, text } from './drizzle.ts'

/** Values of the world itself that survive a restart: its clock, its scenario, marks. Values are JSON. */
export const settings = sqliteTable('settings', {
  key: text().primaryKey(),
  value: text().notNull(),
})
contents(settings, { value: jsonText(z.unknown()) })

/** The number of draws from the world's seed for each purpose. */
export const draws = sqliteTable('draws', {
  purpose: text().primaryKey(),
  count: integer().notNull(),
})
contents(draws, {})
