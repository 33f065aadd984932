import { integer, sqliteTable, text } from './drizzle.ts'

/** Facts about the world itself: its clock, its scenario, marks that survive a restart. Values are JSON. */
export const settings = sqliteTable('settings', {
  key: text().primaryKey(),
  value: text().notNull(),
})

/** How many times each purpose has drawn from the world's seed. */
export const draws = sqliteTable('draws', {
  purpose: text().primaryKey(),
  count: integer().notNull(),
})
