import { and, eq, isNull, sql } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { prepared } from '../../../database/statements.ts'
import { type ImageRow, images } from '../tables.ts'

/** Where an image stands in the state machine. */
export type ImageStand = Pick<ImageRow, 'status' | 'activeAt' | 'blobId'>

const findStandQuery = prepared((db) =>
  db
    .select({ status: images.status, activeAt: images.activeAt, blobId: images.blobId })
    .from(images)
    .where(and(eq(images.id, sql.placeholder('id')), isNull(images.deletedAt)))
    .prepare(),
)

/** Where the image with this id stands, without all else that it is; undefined when it is deleted or never was. */
export function findStand(db: Db, id: string): ImageStand | undefined {
  return findStandQuery(db).get({ id })
}

const writeStatusQuery = prepared((db) =>
  db
    .update(images)
    .set({
      status: sql`${sql.placeholder('status')}`,
      updatedAt: sql`${sql.placeholder('at')}`,
      activeAt: sql`${sql.placeholder('activeAt')}`,
    })
    .where(eq(images.id, sql.placeholder('id')))
    .prepare(),
)

/** Writes where an image has come to at a time. */
export function writeStand(db: Db, id: string, { status, activeAt }: ImageStand, at: number): void {
  writeStatusQuery(db).run({ id, status, at, activeAt })
}
