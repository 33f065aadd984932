import {
  and,
  asc,
  count,
  eq,
  getTableColumns,
  inArray,
  isNotNull,
  isNull,
  sql,
} from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { prepared } from '../../../database/statements.ts'
import { type ImageRow, images, type TagRow, tags } from '../tables.ts'

/** An image with what hangs on it: its tags in order and how many projects it is shared with. */
export interface Image extends ImageRow {
  tags: TagRow[]
  memberCount: number
}

function parseTags(json: string): TagRow[] {
  return JSON.parse(json)
}

/** The columns that make an `Image`; inner tables name `images.id` in full because drizzle drops the prefix. */
export const imageSelection = {
  ...getTableColumns(images),
  tags: sql<TagRow[]>`(SELECT json_group_array(json_object('key', key, 'value', value)) FROM
    (SELECT key, value FROM tags WHERE image_id = images.id ORDER BY position))`.mapWith(parseTags),
  memberCount: sql<number>`(SELECT count(*) FROM members WHERE image_id = images.id)`,
}

const findImageQuery = prepared((db) =>
  db
    .select(imageSelection)
    .from(images)
    .where(and(eq(images.id, sql.placeholder('id')), isNull(images.deletedAt)))
    .prepare(),
)

/** The image with this id, whoever owns it; a deleted one is gone. */
export function findImage(db: Db, id: string): Image | undefined {
  return findImageQuery(db).get({ id })
}

/** The image with this id, deleted or not: what others came from does not change when it is gone. */
export function findKeptImage(db: Db, id: string): Image | undefined {
  return db.select(imageSelection).from(images).where(eq(images.id, id)).get()
}

/** Whether an id was ever used, by a deleted image too: ids are never given twice. */
export function imageIdTaken(db: Db, id: string): boolean {
  return db.select({ id: images.id }).from(images).where(eq(images.id, id)).get() !== undefined
}

export function insertImage(db: Db, row: typeof images.$inferInsert, tags: readonly TagRow[] = []): void {
  db.insert(images).values(row).run()
  writeTags(db, row.id, tags)
}

export function updateImage(db: Db, id: string, change: Partial<ImageRow>): void {
  db.update(images).set(change).where(eq(images.id, id)).run()
}

/** Images of a project that count against its quota: all that are not deleted. */
export function countImagesOf(db: Db, owner: string): number {
  const row = db
    .select({ n: count() })
    .from(images)
    .where(and(eq(images.owner, owner), isNull(images.deletedAt), eq(images.imageType, 'private')))
    .get()
  return row?.n ?? 0
}

/** Ids of images in a status, for what has to be mended after a crash. */
export function imageIdsInStatus(db: Db, status: string): string[] {
  const rows = db
    .select({ id: images.id })
    .from(images)
    .where(and(eq(images.status, status), isNull(images.deletedAt)))
    .all()
  return rows.map((row) => row.id)
}

/** The blobs that images of this world still hold. */
export function blobsInUse(db: Db): Set<string> {
  const rows = db
    .selectDistinct({ blobId: images.blobId })
    .from(images)
    .where(and(isNotNull(images.blobId), isNull(images.deletedAt)))
    .all()
  return new Set(rows.flatMap((row) => (row.blobId === null ? [] : [row.blobId])))
}

/** Whether an image with one of these origins is being made in a project. */
export function isBeingMadeFrom(db: Db, owner: string, origins: readonly string[]): boolean {
  const row = db
    .select({ id: images.id })
    .from(images)
    .where(
      and(
        eq(images.owner, owner),
        isNull(images.deletedAt),
        inArray(images.status, ['queued', 'saving']),
        inArray(sql`json_extract(${images.attributes}, '$.__data_origin')`, [...origins]),
      ),
    )
    .limit(1)
    .get()
  return row !== undefined
}

/** Images of a project that come from a backup: a whole image and its data disks. */
export function imagesOfBackup(db: Db, backupId: string, owner: string): Image[] {
  return db
    .select(imageSelection)
    .from(images)
    .where(
      and(
        eq(images.owner, owner),
        isNull(images.deletedAt),
        eq(sql`json_extract(${images.attributes}, '$.__backup_id')`, backupId),
      ),
    )
    .orderBy(asc(sql`images.rowid`))
    .all()
}

/** Where an image stands in the state machine. */
export type ImageState = Pick<ImageRow, 'status' | 'activeAt' | 'blobId'>

const findImageStateQuery = prepared((db) =>
  db
    .select({ status: images.status, activeAt: images.activeAt, blobId: images.blobId })
    .from(images)
    .where(and(eq(images.id, sql.placeholder('id')), isNull(images.deletedAt)))
    .prepare(),
)

/** Where the image with this id stands, without all else that it is; undefined when it is deleted or never was. */
export function findImageState(db: Db, id: string): ImageState | undefined {
  return findImageStateQuery(db).get({ id })
}

const writeImageStateQuery = prepared((db) =>
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
export function writeImageState(db: Db, id: string, { status, activeAt }: ImageState, at: number): void {
  writeImageStateQuery(db).run({ id, status, at, activeAt })
}

/** Replaces all tags of an image; the order given is the order kept. */
export function writeTags(db: Db, imageId: string, list: readonly TagRow[]): void {
  db.delete(tags).where(eq(tags.imageId, imageId)).run()
  list.forEach(({ key, value }, position) => {
    db.insert(tags).values({ imageId, key, value, position }).run()
  })
}
