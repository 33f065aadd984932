import { index, integer, sqliteTable, text } from './drizzle.ts'

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

/** One disk in a backup, with what an image of it has to know. */
export interface BackupDisk {
  volumeId: string
  /** GB. */
  size: number
  system: boolean
  keyId: string | null
}

export const backups = sqliteTable(
  'backups',
  {
    id: text().primaryKey(),
    projectId: text('project_id').notNull(),
    name: text().notNull(),
    kind: text({ enum: ['CSBS', 'CBR'] }).notNull(),
    /** `creating`, `available`, or whatever else is done with it. */
    status: text().notNull(),
    serverId: text('server_id').notNull(),
    vaultId: text('vault_id'),
    osVersion: text('os_version'),
    firmware: text({ enum: ['bios', 'uefi'] }),
    architecture: text({ enum: ['x86', 'arm'] }).notNull(),
    disks: text({ mode: 'json' }).$type<BackupDisk[]>().notNull(),
    /** Holds a disk that was attached to several servers. */
    sharedDisks: integer('shared_disks', { mode: 'boolean' }).notNull(),
    /** Was shared with this project by another one. */
    shared: integer({ mode: 'boolean' }).notNull(),
    /** The backup in another region that it is a copy of. */
    copyOf: text('copy_of'),
  },
  (table) => [index('backups_by_server').on(table.serverId)],
)

export const vaults = sqliteTable('vaults', {
  id: text().primaryKey(),
  projectId: text('project_id').notNull(),
  name: text().notNull(),
  /** What it protects: `server`, `disk`, `turbo`. */
  objectType: text('object_type').notNull(),
  /** `backup`, or `replication` for copies that come from another region. */
  protectType: text('protect_type', { enum: ['backup', 'replication'] }).notNull(),
  status: text().notNull(),
  /** GB. */
  capacity: integer().notNull(),
  /** GB. */
  used: integer().notNull(),
  /** How many servers it may protect. */
  serverLimit: integer('server_limit').notNull(),
})

export const keys = sqliteTable('keys', {
  id: text().primaryKey(),
  projectId: text('project_id').notNull(),
  alias: text().notNull(),
  state: text({ enum: ['enabled', 'disabled', 'pending_deletion'] }).notNull(),
  /** The key `{service}/default`, which the cloud made and nobody else can be granted. */
  isDefault: integer('is_default', { mode: 'boolean' }).notNull(),
  /** Projects of others that may decrypt with it. */
  grants: text({ mode: 'json' }).$type<string[]>().notNull(),
})

/** Buckets that are not in the region of whoever names them. All others are everywhere. */
export const bucketRegions = sqliteTable('bucket_regions', {
  name: text().primaryKey(),
  region: text().notNull(),
})

export type ServerRow = typeof servers.$inferSelect
export type VolumeRow = typeof volumes.$inferSelect
export type BackupRow = typeof backups.$inferSelect
export type VaultRow = typeof vaults.$inferSelect
export type KeyRow = typeof keys.$inferSelect
