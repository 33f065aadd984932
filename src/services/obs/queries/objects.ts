import { and, asc, eq, gt, gte, lt, sql } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { prepared } from '../../../database/statements.ts'
import { hiddenFiles, type ObjectRow, objects, parts } from '../tables.ts'

const findObjectQuery = prepared((db) =>
  db
    .select()
    .from(objects)
    .where(and(eq(objects.bucket, sql.placeholder('bucket')), eq(objects.key, sql.placeholder('key'))))
    .prepare(),
)

export function findObjectRow(db: Db, bucket: string, key: string): ObjectRow | undefined {
  return findObjectQuery(db).get({ bucket, key })
}

export function insertObjectRow(db: Db, row: ObjectRow): void {
  db.insert(objects).values(row).run()
}

export function deleteObjectRow(db: Db, bucket: string, key: string): void {
  db.delete(objects)
    .where(and(eq(objects.bucket, bucket), eq(objects.key, key)))
    .run()
}

/** A part of the keys of a bucket. */
export interface KeyRange {
  prefix: string
  /** Only keys after this one, in the order of their UTF-8 bytes. */
  after: string
  limit: number
}

/** Lists objects of a bucket in the order of the UTF-8 bytes of their keys, which is the order of SQLite. */
export function objectRows(db: Db, bucket: string, { prefix, after, limit }: KeyRange): ObjectRow[] {
  // No byte of a text in UTF-8 is above 0xFE.
  const end = sql`CAST(${Buffer.concat([Buffer.from(prefix), Buffer.from([0xff])])} AS TEXT)`
  return db
    .select()
    .from(objects)
    .where(
      and(
        eq(objects.bucket, bucket),
        gt(objects.key, after),
        gte(objects.key, prefix),
        prefix === '' ? undefined : lt(objects.key, end),
      ),
    )
    .orderBy(asc(objects.key))
    .limit(limit)
    .all()
}

/** Hides a file of a folder in this world. */
export function hideFile(db: Db, bucket: string, key: string): void {
  db.insert(hiddenFiles).values({ bucket, key }).onConflictDoNothing().run()
}

const isHiddenQuery = prepared((db) =>
  db
    .select({ key: hiddenFiles.key })
    .from(hiddenFiles)
    .where(
      and(eq(hiddenFiles.bucket, sql.placeholder('bucket')), eq(hiddenFiles.key, sql.placeholder('key'))),
    )
    .prepare(),
)

export function isHidden(db: Db, bucket: string, key: string): boolean {
  return isHiddenQuery(db).get({ bucket, key }) !== undefined
}

/** The keys of the files of a folder that are hidden in this world. */
export function hiddenKeys(db: Db, bucket: string): Set<string> {
  const rows = db
    .select({ key: hiddenFiles.key })
    .from(hiddenFiles)
    .where(eq(hiddenFiles.bucket, bucket))
    .all()
  return new Set(rows.map(({ key }) => key))
}

/** The ids of the blobs of all objects and of the parts of unfinished uploads. */
export function blobsOfObjects(db: Db): string[] {
  const ofObjects = db.select({ blobId: objects.blobId }).from(objects).all()
  const ofParts = db.select({ blobId: parts.blobId }).from(parts).all()
  return [...ofObjects, ...ofParts].map(({ blobId }) => blobId)
}
