import { sqliteTable, text } from '../../database/drizzle.ts'

/** Buckets that are not in the region of whoever names them. All others are everywhere. */
export const bucketRegions = sqliteTable('bucket_regions', {
  name: text().primaryKey(),
  region: text().notNull(),
})
