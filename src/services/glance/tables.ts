import { integer, primaryKey, sqliteTable, text } from '../../database/drizzle.ts'

/** What only a stock Glance keeps of an image, beside the row that all images have. */
export const glanceImages = sqliteTable('glance_images', {
  imageId: text('image_id').primaryKey(),
  /** Custom properties that are null; all others are texts. */
  nulls: text({ mode: 'json' }).$type<string[]>().notNull().default([]),
  /** Hashes of bytes that are staged and not imported yet, in hex. */
  stagedMd5: text('staged_md5'),
  stagedSha512: text('staged_sha512'),
  /** Size of the disk in them. */
  stagedVirtualSize: integer('staged_virtual_size'),
})

/** When a project became a member of an image for the first time: one that comes back has its old place. */
export const glanceMembers = sqliteTable(
  'glance_members',
  {
    imageId: text('image_id').notNull(),
    projectId: text('project_id').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.imageId, table.projectId] })],
)

/** Tasks: those of imports, and those that an administrator wrote. */
export const glanceTasks = sqliteTable('glance_tasks', {
  id: text().primaryKey(),
  type: text({ enum: ['import', 'api_image_import'] }).notNull(),
  status: text({ enum: ['pending', 'processing', 'success', 'failure'] }).notNull(),
  owner: text().notNull(),
  /** JSON, as it is shown. */
  input: text().notNull(),
  /** JSON, as it is shown. */
  result: text(),
  message: text().notNull(),
  imageId: text('image_id'),
  requestId: text('request_id').notNull(),
  userId: text('user_id').notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  expiresAt: integer('expires_at'),
})

export type GlanceImageRow = typeof glanceImages.$inferSelect
export type GlanceTaskRow = typeof glanceTasks.$inferSelect
