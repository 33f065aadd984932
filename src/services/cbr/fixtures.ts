import { z } from 'zod'
import { idsOf } from '../../database/statements.ts'
import {
  changeOf,
  changingSection,
  type FixtureAdding,
  type FixtureItem,
  FixtureMistake,
  Flag,
  Gigabytes,
  Id,
  record,
} from '../../simulation/fixtures.ts'
import {
  deleteBackup,
  deleteVault,
  findBackup,
  findVault,
  insertBackups,
  insertVaults,
  listBackups,
  listVaults,
  updateBackup,
  updateVault,
} from './queries.ts'
import { type BackupDisk, type BackupRow, backups, type VaultRow, vaults } from './tables.ts'

const ObjectType = z.enum(['server', 'disk', 'turbo'])
const ProtectType = z.enum(['backup', 'replication'])

const Vault = record({
  id: Id,
  project_id: Id,
  name: z.string(),
  object_type: ObjectType.default('server'),
  protect_type: ProtectType.default('backup'),
  status: z.string().default('available'),
  capacity: Gigabytes,
  used: z.int().nonnegative().default(0),
  server_limit: z.int().nonnegative().default(256),
})

/** A backup of a server. Its system and disks are those of the server when they are left out. */
const Backup = record({
  id: Id,
  project_id: Id,
  name: z.string(),
  kind: z.enum(['CSBS', 'CBR']),
  status: z.string().default('available'),
  server_id: Id,
  vault_id: Id.optional(),
  os_version: z.string().optional(),
  disks: z.array(record({ volume_id: Id, size: Gigabytes, system: Flag, key_id: Id.optional() })).optional(),
  /** Holds a disk that was attached to several servers. */
  shared_disks: Flag,
  /** Was shared with this project by another one. */
  shared: Flag,
  /** The backup of another region that it is a copy of. */
  copy_of: Id.optional(),
})

type Backup = z.output<typeof Backup>

const VaultChange = changeOf({
  name: z.string(),
  status: z.string(),
  capacity: Gigabytes,
  used: z.int().nonnegative(),
  object_type: ObjectType,
  protect_type: ProtectType,
  server_limit: z.int().nonnegative(),
})

const BackupChange = changeOf({
  name: z.string(),
  status: z.string(),
  os_version: z.string().nullable(),
  shared_disks: z.boolean(),
  shared: z.boolean(),
})

export const backupFixtures = {
  vaults: changingSection({
    item: Vault,
    after: ['projects'],
    ids: { vault: (db) => idsOf(db, vaults) },
    add({ world, ids }, items) {
      insertVaults(
        world.db,
        items.map((vault) => vaultRow(ids, vault)),
      )
    },
    changes: {
      fields: VaultChange,
      list: (db) => listVaults(db).map(renderVault),
      find(db, id) {
        const vault = findVault(db, id)
        return vault && renderVault(vault)
      },
      change({ world }, id, { object_type, protect_type, server_limit, ...columns }) {
        const others = { objectType: object_type, protectType: protect_type, serverLimit: server_limit }
        updateVault(world.db, id, { ...columns, ...others })
      },
      remove: ({ world }, id) => deleteVault(world.db, id),
    },
  }),
  backups: changingSection({
    item: Backup,
    after: ['projects', 'vaults', 'servers', 'volumes'],
    ids: { backup: (db) => idsOf(db, backups) },
    add(adding, items) {
      insertBackups(
        adding.world.db,
        items.map((backup) => backupRow(adding, backup)),
      )
    },
    changes: {
      fields: BackupChange,
      list: (db) => listBackups(db).map(renderBackup),
      find(db, id) {
        const backup = findBackup(db, id)
        return backup && renderBackup(backup)
      },
      change({ world, ids }, id, { os_version: osVersion, shared_disks: sharedDisks, ...columns }) {
        ids.require('operating system', osVersion ?? undefined, `backup ${id}`)
        updateBackup(world.db, id, { ...columns, osVersion, sharedDisks })
      },
      remove: ({ world }, id) => deleteBackup(world.db, id),
    },
  }),
} as const

function vaultRow(ids: FixtureAdding['ids'], vault: z.output<typeof Vault>): VaultRow {
  const { id, name, status, capacity, used, project_id: projectId } = vault
  ids.claim('vault', id)
  ids.require('project', projectId, `vault ${id}`)
  return {
    ...{ id, projectId, name, status, capacity, used },
    objectType: vault.object_type,
    protectType: vault.protect_type,
    serverLimit: vault.server_limit,
  }
}

function backupRow(adding: FixtureAdding, backup: Backup): BackupRow {
  const { world, ids, facts } = adding
  const { id, name, kind, status, shared, project_id: projectId, server_id: serverId } = backup
  const what = `backup ${id}`
  ids.claim('backup', id)
  ids.require('project', projectId, what)
  ids.require('vault', backup.vault_id, what)
  ids.require('operating system', backup.os_version, what)
  const server = facts.systemOfServer(world, serverId)
  return {
    ...{ id, projectId, name, kind, status, shared, serverId },
    vaultId: backup.vault_id ?? null,
    osVersion: backup.os_version ?? server?.osVersion ?? null,
    firmware: server?.firmware ?? null,
    architecture: server?.architecture ?? 'x86',
    disks: disksOf(adding, backup),
    sharedDisks: backup.shared_disks,
    copyOf: backup.copy_of ?? null,
  }
}

function disksOf({ world, facts }: FixtureAdding, { id, server_id, disks }: Backup): BackupDisk[] {
  if (disks !== undefined)
    return disks.map(({ volume_id: volumeId, size, system, key_id: keyId = null }) => {
      return { volumeId, size, system, keyId }
    })
  const found = facts.disksOfServer(world, server_id)
  if (found.length === 0)
    throw new FixtureMistake(`backup ${id} has no disks, and neither has the server ${server_id}`)
  return [...found]
}

function renderVault(row: VaultRow): FixtureItem {
  const { id, name, status, capacity, used, objectType, protectType, serverLimit } = row
  return {
    ...{ id, project_id: row.projectId, name, object_type: objectType, protect_type: protectType },
    ...{ status, capacity, used, server_limit: serverLimit },
  }
}

function renderBackup(row: BackupRow) {
  const { id, name, kind, status, shared } = row
  return {
    ...{ id, project_id: row.projectId, name, kind, status, server_id: row.serverId },
    ...(row.vaultId !== null && { vault_id: row.vaultId }),
    ...(row.osVersion !== null && { os_version: row.osVersion }),
    disks: row.disks.map(({ volumeId, size, system, keyId }) => {
      return { volume_id: volumeId, size, system, ...(keyId !== null && { key_id: keyId }) }
    }),
    ...{ shared_disks: row.sharedDisks, shared },
    ...(row.copyOf !== null && { copy_of: row.copyOf }),
  } satisfies z.input<typeof Backup>
}
