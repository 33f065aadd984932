import { asc, eq } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { type BucketRow, buckets } from '../tables.ts'

/** Finds the row of a bucket, also of a deleted folder. */
export function findBucketRow(db: Db, name: string): BucketRow | undefined {
  return db.select().from(buckets).where(eq(buckets.name, name)).get()
}

/** Lists the rows of all buckets in the order of their names, also those of deleted folders. */
export function listBucketRows(db: Db): BucketRow[] {
  return db.select().from(buckets).orderBy(asc(buckets.name)).all()
}

/** Writes the row of a bucket in place of an earlier one. */
export function writeBucketRow(db: Db, row: BucketRow): void {
  const { name: _, ...set } = row
  db.insert(buckets).values(row).onConflictDoUpdate({ target: buckets.name, set }).run()
}

export function deleteBucketRow(db: Db, name: string): void {
  db.delete(buckets).where(eq(buckets.name, name)).run()
}
