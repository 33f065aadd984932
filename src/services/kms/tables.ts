import { z } from 'zod'
import { contents } from '../../database/contents.ts'
import { eq, integer, sqliteTable, text } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { batches } from '../../database/statements.ts'

export const keys = sqliteTable('keys', {
  id: text().primaryKey(),
  projectId: text('project_id').notNull(),
  alias: text().notNull(),
  state: text({ enum: ['enabled', 'disabled', 'pending_deletion'] }).notNull(),
  /** The key `{service}/default`, which the cloud made and which cannot be granted to other projects. */
  isDefault: integer('is_default', { mode: 'boolean' }).notNull(),
  /** Other projects that may decrypt with it. */
  grants: text({ mode: 'json' }).$type<string[]>().notNull(),
})
contents(keys, { grants: z.array(z.string()) })

export type KeyRow = typeof keys.$inferSelect

export function findKey(db: Db, id: string): KeyRow | undefined {
  return db.select().from(keys).where(eq(keys.id, id)).get()
}

export function insertKeys(db: Db, rows: readonly KeyRow[]): void {
  for (const part of batches(rows)) db.insert(keys).values(part).run()
}
