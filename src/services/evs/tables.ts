import { z } from 'zod'
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
  },
  (table) => [index('volumes_by_server').on(table.serverId)],
)
contents(volumes, { status: z.string(), type: z.string() })

export type VolumeRow = typeof volumes.$inferSelect
