import { inArray } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { images, type TagRow, tags } from '../tables.ts'
import { type Condition, listed } from './image-list.ts'

/** Every different tag of the images that fulfil all conditions, by key and value. */
export function distinctTags(db: Db, where: readonly Condition[]): TagRow[] {
  const carriers = db.select({ id: images.id }).from(images).where(listed(where))
  return db
    .selectDistinct({ key: tags.key, value: tags.value })
    .from(tags)
    .where(inArray(tags.imageId, carriers))
    .orderBy(tags.key, tags.value)
    .all()
}
