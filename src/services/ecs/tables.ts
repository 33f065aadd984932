import { z } from 'zod'
import { contents } from '../../database/contents.ts'
import { integer, sqliteTable, text } from '../../database/drizzle.ts'

/** Servers, with the fields that the image service reads. Fixtures make them; other projects do not see them. */
export const servers = sqliteTable('servers', {
  id: text().primaryKey(),
  projectId: text('project_id').notNull(),
  name: text().notNull(),
  /** The status in the API of servers: `ACTIVE` runs, `SHUTOFF` is stopped, any other is changing or broken. */
  status: text().notNull(),
  kind: text({ enum: ['ECS', 'BMS'] }).notNull(),
  /** The image it was made from; null when unknown. */
  imageId: text('image_id'),
  /** A name of the operating system table; null when unknown. */
  osVersion: text('os_version'),
  firmware: text({ enum: ['bios', 'uefi'] }),
  architecture: text({ enum: ['x86', 'arm'] }).notNull(),
  /** A task that is under way, e.g. `rebuilding`. */
  task: text(),
  frozen: integer({ mode: 'boolean' }).notNull(),
  /** A spot server that the cloud is taking back. */
  reclaimed: integer({ mode: 'boolean' }).notNull(),
  /** False for types of servers from which no image can be made. */
  imageable: integer({ mode: 'boolean' }).notNull(),
  /** Protected by the older backup service. */
  csbs: integer({ mode: 'boolean' }).notNull(),
  /** The vault that keeps its backups. */
  vaultId: text('vault_id'),
})
contents(servers, { status: z.string() })

export type ServerRow = typeof servers.$inferSelect
