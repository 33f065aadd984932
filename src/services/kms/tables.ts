import { z } from 'zod'
import { contents } from '../../database/contents.ts'
import { eq, integer, sqliteTable, text } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { batches, type Change } from '../../database/statements.ts'

/** The states of a key, in the words of fixtures; the cloud numbers them 1 to 5 and 7. */
export const KEY_STATES = [
  'pending_activation',
  'enabled',
  'disabled',
  'pending_deletion',
  'pending_import',
  'frozen',
] as const

export const keys = sqliteTable('keys', {
  id: text().primaryKey(),
  projectId: text('project_id').notNull(),
  alias: text().notNull(),
  /** Only an enabled key encrypts and decrypts. */
  state: text({ enum: KEY_STATES }).notNull(),
  /** The key `{service}/default`, which the cloud made and which cannot be granted to other projects. */
  isDefault: integer('is_default', { mode: 'boolean' }).notNull(),
  /** Ids of other projects, and of accounts, that may decrypt with it. */
  grants: text({ mode: 'json' }).$type<string[]>().notNull(),
})
contents(keys, { grants: z.array(z.string()) })

export type KeyRow = typeof keys.$inferSelect

export function findKey(db: Db, id: string): KeyRow | undefined {
  return db.select().from(keys).where(eq(keys.id, id)).get()
}

/** Tells if a key is granted to a project, by its own id or by that of its account. The key that the cloud made never is. */
export function isGranted(
  key: KeyRow,
  { projectId, domainId }: { projectId: string; domainId: string },
): boolean {
  return !key.isDefault && (key.grants.includes(projectId) || key.grants.includes(domainId))
}

export function insertKeys(db: Db, rows: readonly KeyRow[]): void {
  for (const part of batches(rows)) db.insert(keys).values(part).run()
}

export function listKeys(db: Db): KeyRow[] {
  return db.select().from(keys).all()
}

export function updateKey(db: Db, id: string, change: Change<KeyRow>): void {
  db.update(keys).set(change).where(eq(keys.id, id)).run()
}

export function deleteKey(db: Db, id: string): void {
  db.delete(keys).where(eq(keys.id, id)).run()
}
