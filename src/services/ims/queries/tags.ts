import { eq } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { type TagRow, tags } from '../tables.ts'

/** Replaces all tags of an image; the order given is the order kept. */
export function writeTags(db: Db, imageId: string, list: readonly TagRow[]): void {
  db.delete(tags).where(eq(tags.imageId, imageId)).run()
  list.forEach(({ key, value }, position) => {
    db.insert(tags).values({ imageId, key, value, position }).run()
  })
}
