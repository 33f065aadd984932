import { integer, sqliteTable, text } from '../../database/drizzle.ts'

export const keys = sqliteTable('keys', {
  id: text().primaryKey(),
  projectId: text('project_id').notNull(),
  alias: text().notNull(),
  state: text({ enum: ['enabled', 'disabled', 'pending_deletion'] }).notNull(),
  /** The key `{service}/default`, which the cloud made and nobody else can be granted. */
  isDefault: integer('is_default', { mode: 'boolean' }).notNull(),
  /** Projects of others that may decrypt with it. */
  grants: text({ mode: 'json' }).$type<string[]>().notNull(),
})

export type KeyRow = typeof keys.$inferSelect
