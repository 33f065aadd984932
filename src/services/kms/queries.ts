import { batches } from '../../database/batches.ts'
import { eq } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { type KeyRow, keys } from './tables.ts'

export function findKey(db: Db, id: string): KeyRow | undefined {
  return db.select().from(keys).where(eq(keys.id, id)).get()
}

export function insertKeys(db: Db, rows: readonly KeyRow[]): void {
  for (const part of batches(rows)) db.insert(keys).values(part).run()
}
