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

/** An image with its tags, oldest first, and the number of projects, accounts and organisations that it is shared with. */
export interface Image extends ImageRow {
  tags: TagRow[]
  memberCount: number
}

function parseTags(json: string): TagRow[] {
  return JSON.parse(json)
}

/** The number of members of an image of the outer query. */
export const memberCount = sql<number>`((SELECT count(*) FROM members WHERE image_id = images.id)
  + (SELECT count(*) FROM account_members WHERE image_id = images.id))`

/** The columns that make an `Image`; inner tables name `images.id` in full because drizzle drops the prefix. */
export const imageSelection = {
  ...getTableColumns(images),
  tags: sql<TagRow[]>`(SELECT json_group_array(json_object('key', key, 'value', value)) FROM
    (SELECT key, value FROM tags WHERE image_id = images.id ORDER BY position))`.mapWith(parseTags),
  memberCount,
}

const findImageQuery = prepared((db) =>
  db
    .select(imageSelection)
    .from(images)
    .where(and(eq(images.id, sql.placeholder('id')), isNull(images.deletedAt)))
    .prepare(),
)

/** Finds an image of any owner by its id; undefined when it is deleted. */
export function findImage(db: Db, id: string): Image | undefined {
  return findImageQuery(db).get({ id })
}

/** Finds an image by its id, deleted or not: the origin of another image does not change when it is deleted. */
export function findKeptImage(db: Db, id: string): Image | undefined {
  return db.select(imageSelection).from(images).where(eq(images.id, id)).get()
}

/** True for an id that was ever used, also by a deleted image: ids are never given twice. */
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

/** Those of several names that are an attribute of any image, deleted ones too. */
export function everyAttributeOf(db: Db, names: readonly string[]): ReadonlySet<string> {
  if (names.length === 0) return new Set()
  const found = db.all<{ name: string }>(sql`SELECT DISTINCT attribute.key AS name
    FROM images, json_each(images.attributes) AS attribute
    WHERE attribute.key IN (SELECT value FROM json_each(${JSON.stringify(names)}))`)
  return new Set(found.map(({ name }) => name))
}

/** Lists all images that are not deleted. */
export function listAllImages(db: Db): Image[] {
  return db.select(imageSelection).from(images).where(isNull(images.deletedAt)).all()
}

/** Counts the images of a project against its quota: all that are not deleted. */
export function countImagesOf(db: Db, owner: string): number {
  const row = db
    .select({ n: count() })
    .from(images)
    .where(and(eq(images.owner, owner), isNull(images.deletedAt), eq(images.imageType, 'private')))
    .get()
  return row?.n ?? 0
}

/** Lists the ids of images in a status, for repairs after a crash. */
export function imageIdsInStatus(db: Db, status: string): string[] {
  const rows = db
    .select({ id: images.id })
    .from(images)
    .where(and(eq(images.status, status), isNull(images.deletedAt)))
    .all()
  return rows.map((row) => row.id)
}

/** The ids of the blobs that images use. */
export function blobsOfImages(db: Db): Set<string> {
  const rows = db
    .selectDistinct({ blobId: images.blobId })
    .from(images)
    .where(and(isNotNull(images.blobId), isNull(images.deletedAt)))
    .all()
  return new Set(rows.flatMap((row) => (row.blobId === null ? [] : [row.blobId])))
}

/** The ids of all blobs that images name, deleted ones included. */
export function blobsOfAnyImages(db: Db): string[] {
  const rows = db.selectDistinct({ blobId: images.blobId }).from(images).where(isNotNull(images.blobId)).all()
  return rows.flatMap((row) => (row.blobId === null ? [] : [row.blobId]))
}

/** True while an image with one of these origins is being made in a project. */
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

/** Lists the images of a project that come from a backup: a whole image and its data disks. */
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

/** The columns of an image that the state machine reads and changes. */
export type ImageState = Pick<ImageRow, 'status' | 'activeAt' | 'blobId'>

const findImageStateQuery = prepared((db) =>
  db
    .select({ status: images.status, activeAt: images.activeAt, blobId: images.blobId })
    .from(images)
    .where(and(eq(images.id, sql.placeholder('id')), isNull(images.deletedAt)))
    .prepare(),
)

/** Finds the state of an image by its id, without its other columns; undefined for an unknown or deleted image. */
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

/** Writes the state of an image and the virtual time (ms) of its last move. */
export function writeImageState(db: Db, id: string, { status, activeAt }: ImageState, at: number): void {
  writeImageStateQuery(db).run({ id, status, at, activeAt })
}

/** Replaces all tags of an image; their order is kept. */
export function writeTags(db: Db, imageId: string, list: readonly TagRow[]): void {
  db.delete(tags).where(eq(tags.imageId, imageId)).run()
  list.forEach(({ key, value }, position) => {
    db.insert(tags).values({ imageId, key, value, position }).run()
  })
}
