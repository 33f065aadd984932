import { eq } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { bucketRegions } from './tables.ts'

/** The region of a bucket; undefined for one that is in every region. */
export function bucketRegion(db: Db, name: string): string | undefined {
  return db.select().from(bucketRegions).where(eq(bucketRegions.name, name)).get()?.region
}

export function insertBucketRegion(db: Db, name: string, region: string): void {
  db.insert(bucketRegions).values({ name, region }).run()
}
