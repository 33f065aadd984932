import { integer, sqliteTable, text } from '../../database/drizzle.ts'

/**
 * The neighbours of the image service, as far as it looks at them. They are made by fixtures; all belong to a project and
 * are not there for any other.
 */
export const servers = sqliteTable('servers', {
  id: text().primaryKey(),
  projectId: text('project_id').notNull(),
  name: text().notNull(),
  /** As the server service shows it: `ACTIVE` runs, `SHUTOFF` is stopped, all others are on their way or broken. */
  status: text().notNull(),
  kind: text({ enum: ['ECS', 'BMS'] }).notNull(),
  /** The image it runs from; null when that is not known. */
  imageId: text('image_id'),
  /** A name of the operating system table; null when nobody knows what runs on it. */
  osVersion: text('os_version'),
  firmware: text({ enum: ['bios', 'uefi'] }),
  architecture: text({ enum: ['x86', 'arm'] }).notNull(),
  /** A task that is under way, e.g. `rebuilding`. */
  task: text(),
  frozen: integer({ mode: 'boolean' }).notNull(),
  /** A spot server that the cloud is taking back. */
  reclaimed: integer({ mode: 'boolean' }).notNull(),
  /** False for types of servers that no image can be made of. */
  imageable: integer({ mode: 'boolean' }).notNull(),
  /** Protected by the older backup service. */
  csbs: integer({ mode: 'boolean' }).notNull(),
  /** The vault that keeps its backups. */
  vaultId: text('vault_id'),
})

export type ServerRow = typeof servers.$inferSelect
