import { eq, sql } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { objects } from '../tables.ts'

/** The bytes of the objects of the world in a bucket; files of a folder are not among them. */
export function bytesIn(db: Db, bucket: string): number {
  const bytes = sql<number>`coalesce(sum(${objects.size}), 0)`
  return db.select({ bytes }).from(objects).where(eq(objects.bucket, bucket)).get()?.bytes ?? 0
}
