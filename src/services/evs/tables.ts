import { z } from 'zod'
import { DiskBytes } from '../../database/blobs.ts'
import { contents } from '../../database/contents.ts'
import { index, integer, sqliteTable, text } from '../../database/drizzle.ts'

export const volumes = sqliteTable(
  'volumes',
  {
    id: text().primaryKey(),
    projectId: text('project_id').notNull(),
    name: text().notNull(),
    /** GB. */
    size: integer().notNull(),
    /** `SAS`, `SSD`, `GPSSD` ... and the dedicated `DESS` and `DSS`. */
    type: text().notNull(),
    status: text().notNull(),
    serverId: text('server_id'),
    /** The system disk of its server. */
    system: integer({ mode: 'boolean' }).notNull(),
    /** Attached to several servers at once. */
    shareable: integer({ mode: 'boolean' }).notNull(),
    keyId: text('key_id'),
    /** The operating system that can be recognised on it. */
    osVersion: text('os_version'),
    /** What it was made from; null for an empty disk. The blob is its own, so that the image can be deleted. */
    content: text({ mode: 'json' }).$type<DiskBytes>(),
  },
  (table) => [index('volumes_by_server').on(table.serverId)],
)
contents(volumes, { status: z.string(), type: z.string(), content: DiskBytes })

export type VolumeRow = typeof volumes.$inferSelect
