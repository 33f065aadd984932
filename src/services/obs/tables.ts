import { contents } from '../../database/contents.ts'
import { eq, sqliteTable, text } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'

/** Regions of buckets. A bucket without a row is in every region. */
export const bucketRegions = sqliteTable('bucket_regions', {
  name: text().primaryKey(),
  region: text().notNull(),
})
contents(bucketRegions, {})

/** Finds the region of a bucket; undefined for a bucket that is in every region. */
export function bucketRegion(db: Db, name: string): string | undefined {
  return db.select().from(bucketRegions).where(eq(bucketRegions.name, name)).get()?.region
}

export function insertBucketRegion(db: Db, name: string, region: string): void {
  db.insert(bucketRegions).values({ name, region }).run()
}
