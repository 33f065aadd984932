import { z } from 'zod'
import { isBlobId } from '../../database/blobs.ts'
import { contents } from '../../database/contents.ts'
import { index, integer, primaryKey, sqliteTable, text } from '../../database/drizzle.ts'

/** Buckets. A folder of `--buckets` is a bucket without a row until something about it is set in the world. */
export const buckets = sqliteTable('buckets', {
  name: text().primaryKey(),
  /** The account that owns it; null for a bucket that belongs to every account. */
  ownerId: text('owner_id'),
  /** Null for a bucket that is in every region. */
  region: text(),
  storageClass: text('storage_class').notNull(),
  createdAt: integer('created_at').notNull(),
  /** True for a folder of `--buckets` that was deleted in this world. */
  deleted: integer({ mode: 'boolean' }).notNull().default(false),
  /** The documents of its sub-resources as they were sent, by name: `policy`, `acl`, `lifecycle` … */
  settings: text({ mode: 'json' }).$type<Record<string, string>>().notNull(),
})
contents(buckets, { settings: z.record(z.string(), z.string()) })

/** The fields of an object beside its bytes. */
const objectFields = {
  storageClass: text('storage_class').notNull(),
  contentType: text('content_type'),
  /** Further headers that are stored and answered, by name in lower case: `cache-control`, `expires` … */
  headers: text({ mode: 'json' }).$type<Record<string, string>>().notNull(),
  /** The client's own metadata by name in lower case, without prefix. */
  metadata: text({ mode: 'json' }).$type<Record<string, string>>().notNull(),
  /** The account that wrote it; null for one that the emulator itself wrote. */
  ownerId: text('owner_id'),
  /** Its access control list, as it was sent. */
  acl: text(),
  tags: text({ mode: 'json' }).$type<{ key: string; value: string }[]>().notNull(),
}

/** The form of a text that becomes a header of an answer. */
export const HeaderText = z.string().regex(/^[\t -~\x80-\xff]*$/, 'cannot be a header')

const objectContents = {
  contentType: HeaderText,
  headers: z.record(z.string(), HeaderText),
  metadata: z.record(z.string(), HeaderText),
  tags: z.array(z.object({ key: z.string(), value: z.string() })),
}
const blobContents = { blobId: z.string().refine(isBlobId, 'is no id of a blob'), etag: HeaderText }

/** Objects of the world. Each has a blob of its own. An object of the same key in a folder of `--buckets` is not seen. */
export const objects = sqliteTable(
  'objects',
  {
    bucket: text().notNull(),
    key: text().notNull(),
    blobId: text('blob_id').notNull(),
    size: integer().notNull(),
    etag: text().notNull(),
    modifiedAt: integer('modified_at').notNull(),
    ...objectFields,
  },
  (table) => [primaryKey({ columns: [table.bucket, table.key] })],
)
contents(objects, { ...objectContents, ...blobContents })

/** Files of `--buckets` that were deleted in this world. */
export const hiddenFiles = sqliteTable(
  'hidden_files',
  { bucket: text().notNull(), key: text().notNull() },
  (table) => [primaryKey({ columns: [table.bucket, table.key] })],
)
contents(hiddenFiles, {})

/** Multipart uploads that are neither completed nor aborted. */
export const uploads = sqliteTable(
  'uploads',
  {
    id: text().primaryKey(),
    bucket: text().notNull(),
    key: text().notNull(),
    startedAt: integer('started_at').notNull(),
    /** The user who started it. */
    userId: text('user_id').notNull(),
    ...objectFields,
  },
  (table) => [index('uploads_by_key').on(table.bucket, table.key, table.id)],
)
contents(uploads, objectContents)

/** Parts of multipart uploads. Each has a blob of its own. */
export const parts = sqliteTable(
  'upload_parts',
  {
    uploadId: text('upload_id')
      .notNull()
      .references(() => uploads.id),
    number: integer().notNull(),
    blobId: text('blob_id').notNull(),
    size: integer().notNull(),
    etag: text().notNull(),
    modifiedAt: integer('modified_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.uploadId, table.number] })],
)
contents(parts, blobContents)

export type BucketRow = typeof buckets.$inferSelect
export type ObjectRow = typeof objects.$inferSelect
