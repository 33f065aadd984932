import { and, asc, eq } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { parts, uploads } from '../tables.ts'

export type UploadRow = typeof uploads.$inferSelect
export type PartRow = typeof parts.$inferSelect

/** Finds an upload that is neither completed nor aborted. */
export function findUploadRow(db: Db, id: string): UploadRow | undefined {
  return db.select().from(uploads).where(eq(uploads.id, id)).get()
}

export function insertUploadRow(db: Db, row: UploadRow): void {
  db.insert(uploads).values(row).run()
}

/** Lists the uploads into a bucket in the order of their keys. */
export function uploadRows(db: Db, bucket: string): UploadRow[] {
  return db
    .select()
    .from(uploads)
    .where(eq(uploads.bucket, bucket))
    .orderBy(asc(uploads.key), asc(uploads.startedAt), asc(uploads.id))
    .all()
}

/** Lists the parts of an upload in the order of their numbers. */
export function partRows(db: Db, uploadId: string): PartRow[] {
  return db.select().from(parts).where(eq(parts.uploadId, uploadId)).orderBy(asc(parts.number)).all()
}

export function findPartRow(db: Db, uploadId: string, number: number): PartRow | undefined {
  return db
    .select()
    .from(parts)
    .where(and(eq(parts.uploadId, uploadId), eq(parts.number, number)))
    .get()
}

/** Writes a part in place of an earlier one with its number. */
export function writePartRow(db: Db, row: PartRow): void {
  const { uploadId: _, number: __, ...set } = row
  db.insert(parts)
    .values(row)
    .onConflictDoUpdate({ target: [parts.uploadId, parts.number], set })
    .run()
}

/** Deletes an upload with its parts. */
export function deleteUploadRow(db: Db, id: string): void {
  db.delete(parts).where(eq(parts.uploadId, id)).run()
  db.delete(uploads).where(eq(uploads.id, id)).run()
}
