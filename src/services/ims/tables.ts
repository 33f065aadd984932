import { z } from 'zod'
import { isBlobId } from '../../database/blobs.ts'
import { contents } from '../../database/contents.ts'
import { index, integer, primaryKey, sql, sqliteTable, text } from '../../database/drizzle.ts'

export const images = sqliteTable(
  'images',
  {
    id: text().primaryKey(),
    owner: text(),
    name: text(),
    status: text().notNull(),
    /** As set by the owner. IMS shows an image with members as `shared`, whatever this column holds. */
    visibility: text({ enum: ['public', 'private', 'shared', 'community'] }).notNull(),
    /** The catalogue of an IMS image. */
    imageType: text('image_type', { enum: ['gold', 'private', 'market'] }).notNull(),
    protected: integer({ mode: 'boolean' }).notNull(),
    hidden: integer({ mode: 'boolean' }).notNull().default(false),
    containerFormat: text('container_format'),
    diskFormat: text('disk_format'),
    /** GB. */
    minDisk: integer('min_disk').notNull(),
    /** MB. */
    minRam: integer('min_ram').notNull(),
    size: integer(),
    virtualSize: integer('virtual_size'),
    checksum: text(),
    hashAlgorithm: text('hash_algorithm'),
    hashValue: text('hash_value'),
    blobId: text('blob_id'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    activeAt: integer('active_at'),
    deletedAt: integer('deleted_at'),
    /**
     * Everything else the wire shows as a string: `__os_version`, `hw_firmware_type`, `max_ram`, the client's own
     * attributes.
     */
    attributes: text({ mode: 'json' }).$type<Record<string, string>>().notNull(),
  },
  (table) => [
    index('images_by_creation').on(table.createdAt, table.id).where(sql`deleted_at IS NULL`),
    index('images_by_owner').on(table.owner).where(sql`deleted_at IS NULL`),
  ],
)
contents(images, {
  id: z.guid(),
  status: z.string().min(1),
  blobId: z.string().refine(isBlobId, 'is no id of a blob'),
  // It becomes a header of a download.
  checksum: z.string().regex(/^[ -~]*$/),
  attributes: z.record(z.string(), z.string()),
})

/** A tag is a key and a value; the value of a plain OpenStack tag is empty. `position` keeps the order of arrival. */
export const tags = sqliteTable(
  'tags',
  {
    imageId: text('image_id')
      .notNull()
      .references(() => images.id),
    key: text().notNull(),
    value: text().notNull(),
    position: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.imageId, table.key, table.value] })],
)
contents(tags, {})

export const members = sqliteTable(
  'members',
  {
    imageId: text('image_id')
      .notNull()
      .references(() => images.id),
    projectId: text('project_id').notNull(),
    status: text({ enum: ['pending', 'accepted', 'rejected'] }).notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.imageId, table.projectId] }),
    index('members_by_project').on(table.projectId),
  ],
)
contents(members, {})

/** Accounts and nodes of organisations that an image is shared with; `members` has the projects. */
export const accountMembers = sqliteTable(
  'account_members',
  {
    imageId: text('image_id')
      .notNull()
      .references(() => images.id),
    /** Id of an account, or of a node of an organisation: the last part of its URN. */
    memberId: text('member_id').notNull(),
    memberType: text('member_type', { enum: ['domain', 'organization'] }).notNull(),
    /** The URN of a node; null for an account. */
    urn: text(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.imageId, table.memberId] })],
)
contents(accountMembers, {})

/** What projects have answered that an image reaches through their account or its organisation; none is pending. */
export const memberAnswers = sqliteTable(
  'member_answers',
  {
    imageId: text('image_id')
      .notNull()
      .references(() => images.id),
    projectId: text('project_id').notNull(),
    status: text({ enum: ['accepted', 'rejected'] }).notNull(),
    answeredAt: integer('answered_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.imageId, table.projectId] })],
)
contents(memberAnswers, {})

export type ImageRow = typeof images.$inferSelect

export type MemberRow = typeof members.$inferSelect

export type AccountMemberRow = typeof accountMembers.$inferSelect

export type MemberAnswerRow = typeof memberAnswers.$inferSelect

export interface TagRow {
  key: string
  value: string
}
