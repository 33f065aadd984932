import { z } from 'zod'
import { DiskBytes } from '../../database/blobs.ts'
import { contents } from '../../database/contents.ts'
import { index, integer, sqliteTable, text } from '../../database/drizzle.ts'

/** A disk in a backup, with the fields that an image of it needs. */
const BackupDisk = z.object({
  volumeId: z.string(),
  /** GB. */
  size: z.int().min(0),
  system: z.boolean(),
  keyId: z.string().nullable(),
  /** The bytes of the disk, in the blob of its volume; null for an empty one. */
  content: DiskBytes.nullish(),
})
export type BackupDisk = z.output<typeof BackupDisk>

export const backups = sqliteTable(
  'backups',
  {
    id: text().primaryKey(),
    projectId: text('project_id').notNull(),
    name: text().notNull(),
    kind: text({ enum: ['CSBS', 'CBR'] }).notNull(),
    /** `creating`, `available`, or the status of another operation. */
    status: text().notNull(),
    serverId: text('server_id').notNull(),
    vaultId: text('vault_id'),
    osVersion: text('os_version'),
    firmware: text({ enum: ['bios', 'uefi'] }),
    architecture: text({ enum: ['x86', 'arm'] }).notNull(),
    disks: text({ mode: 'json' }).$type<BackupDisk[]>().notNull(),
    /** Holds a disk that was attached to several servers. */
    sharedDisks: integer('shared_disks', { mode: 'boolean' }).notNull(),
    /** Another project has shared it with this one. */
    shared: integer({ mode: 'boolean' }).notNull(),
    /** The backup in another region that it is a copy of. */
    copyOf: text('copy_of'),
  },
  (table) => [index('backups_by_server').on(table.serverId)],
)
contents(backups, { status: z.string(), disks: z.array(BackupDisk) })

export const vaults = sqliteTable('vaults', {
  id: text().primaryKey(),
  projectId: text('project_id').notNull(),
  name: text().notNull(),
  /** The type of the resources in it: `server`, `disk`, `turbo`. */
  objectType: text('object_type').notNull(),
  /** `backup`, or `replication` for copies that come from another region. */
  protectType: text('protect_type', { enum: ['backup', 'replication'] }).notNull(),
  status: text().notNull(),
  /** GB. */
  capacity: integer().notNull(),
  /** GB. */
  used: integer().notNull(),
  /** The largest number of servers in it. */
  serverLimit: integer('server_limit').notNull(),
})
contents(vaults, { objectType: z.string(), status: z.string() })

export type BackupRow = typeof backups.$inferSelect

export type VaultRow = typeof vaults.$inferSelect
