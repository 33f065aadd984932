import { inArray } from './drizzle.ts'
import { type Condition, listed } from './image-list.ts'
import type { Db } from './open.ts'
import { images, type TagRow, tags } from './schema.ts'

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
