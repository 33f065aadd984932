import { z } from 'zod'
import { contents, jsonText } from '../../database/contents.ts'
import { integer, primaryKey, sqliteTable, text } from '../../database/drizzle.ts'

/** Fields of an image that only a stock Glance has, beside the row in `images`. */
export const glanceImages = sqliteTable('glance_images', {
  imageId: text('image_id').primaryKey(),
  /** Names of custom properties whose value is null; all others are texts in `images.attributes`. */
  nulls: text({ mode: 'json' }).$type<string[]>().notNull().default([]),
  /** Hashes of staged bytes that are not imported yet, in hex. */
  stagedMd5: text('staged_md5'),
  stagedSha512: text('staged_sha512'),
  /** Size of the disk in the staged bytes, in bytes. */
  stagedVirtualSize: integer('staged_virtual_size'),
})
contents(glanceImages, { nulls: z.array(z.string()) })

/** When a project first became a member of an image, ms since the epoch: a member that comes back has its old place. */
export const glanceMembers = sqliteTable(
  'glance_members',
  {
    imageId: text('image_id').notNull(),
    projectId: text('project_id').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.imageId, table.projectId] })],
)
contents(glanceMembers, {})

/** Tasks: `api_image_import` of the import call, and `import` of an administrator who created a task. */
export const glanceTasks = sqliteTable('glance_tasks', {
  id: text().primaryKey(),
  type: text({ enum: ['import', 'api_image_import'] }).notNull(),
  status: text({ enum: ['pending', 'processing', 'success', 'failure'] }).notNull(),
  owner: text().notNull(),
  /** JSON, as the task shows it. */
  input: text().notNull(),
  /** JSON, as the task shows it. */
  result: text(),
  message: text().notNull(),
  imageId: text('image_id'),
  requestId: text('request_id').notNull(),
  userId: text('user_id').notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  expiresAt: integer('expires_at'),
})
contents(glanceTasks, { input: jsonText(z.unknown()), result: jsonText(z.unknown()) })

export type GlanceImageRow = typeof glanceImages.$inferSelect
export type GlanceTaskRow = typeof glanceTasks.$inferSelect
