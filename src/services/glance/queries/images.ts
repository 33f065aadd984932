import { eq, ne, sql } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { prepared } from '../../../database/prepared.ts'
import { type Image, imageSelection } from '../../ims/queries/images.ts'
import { images } from '../../ims/tables.ts'
import { type GlanceImageRow, glanceImages } from '../tables.ts'

const findExtrasQuery = prepared((db) =>
  db
    .select()
    .from(glanceImages)
    .where(eq(glanceImages.imageId, sql.placeholder('id')))
    .prepare(),
)

/** What a stock Glance keeps of an image beside its row; most images have nothing. */
export function findGlanceExtras(db: Db, imageId: string): GlanceImageRow | undefined {
  return findExtrasQuery(db).get({ id: imageId })
}

export function writeGlanceExtras(
  db: Db,
  imageId: string,
  change: Partial<Omit<GlanceImageRow, 'imageId'>>,
): void {
  db.insert(glanceImages)
    .values({ imageId, ...change })
    .onConflictDoUpdate({ target: glanceImages.imageId, set: change })
    .run()
}

/** The properties that are null, by image; images without any are not in it. */
export function nullProperties(db: Db): Map<string, string[]> {
  const rows = db
    .select({ imageId: glanceImages.imageId, nulls: glanceImages.nulls })
    .from(glanceImages)
    .where(ne(sql`${glanceImages.nulls}`, '[]'))
    .all()
  return new Map(rows.map(({ imageId, nulls }) => [imageId, nulls]))
}

/** The image with this id, deleted or not. */
export function findImageEvenDeleted(db: Db, id: string): Image | undefined {
  return db.select(imageSelection).from(images).where(eq(images.id, id)).get()
}
