import type { Ledger } from '../../database/id-registry.ts'
import type { World } from '../../simulation/world.ts'
import type { Fixture, FixtureBackup, FixtureServer, FixtureVolume } from '../../worlds/fixtures/format.ts'
import { FixtureMistake } from '../../worlds/fixtures/mistake.ts'
import { insertBackups, insertVaults } from '../cbr/queries.ts'
import type { BackupDisk, BackupRow, VaultRow } from '../cbr/tables.ts'
import { insertVolumes, volumesOf } from '../evs/queries.ts'
import type { VolumeRow } from '../evs/tables.ts'
import { osVersions } from '../ims/os-versions.ts'
import { findImage } from '../ims/queries/images.ts'
import { findServer, insertServers } from './queries.ts'
import type { ServerRow } from './tables.ts'

export function addVaults(world: World, ledger: Ledger, vaults: Fixture['vaults']): void {
  const rows = vaults.map((vault): VaultRow => {
    const { id, name, status, capacity, used, project_id: projectId } = vault
    ledger.claim('vault', id)
    ledger.require('project', projectId, `vault ${id}`)
    return {
      ...{ id, projectId, name, status, capacity, used },
      objectType: vault.object_type,
      protectType: vault.protect_type,
      serverLimit: vault.server_limit,
    }
  })
  insertVaults(world.db, rows)
}

/** Adds servers with their disks. */
export function addServers(world: World, ledger: Ledger, servers: Fixture['servers']): void {
  insertServers(
    world.db,
    servers.map((server) => serverRow(world, ledger, server)),
  )
  const attached = servers.flatMap(({ id, project_id, volumes }) =>
    volumes.map((volume) => ({ ...volume, project_id, server_id: id })),
  )
  addVolumes(world, ledger, attached)
}

function serverRow(world: World, ledger: Ledger, server: FixtureServer): ServerRow {
  const { id, name, status, kind, frozen, reclaimed, imageable, csbs, project_id: projectId } = server
  const what = `server ${id}`
  ledger.claim('server', id)
  ledger.require('project', projectId, what)
  ledger.require('vault', server.vault_id, what)
  return {
    ...{ id, projectId, name, status, kind, frozen, reclaimed, imageable, csbs },
    imageId: server.image_id ?? null,
    task: server.task ?? null,
    vaultId: server.vault_id ?? null,
    ...systemOf(world, server),
  }
}

/** What a server runs, from what is said of it or from the image it runs from. */
function systemOf(
  world: World,
  server: FixtureServer,
): Pick<ServerRow, 'osVersion' | 'firmware' | 'architecture'> {
  const attributes =
    server.image_id === undefined ? undefined : findImage(world.db, server.image_id)?.attributes
  const imageFirmware = attributes?.hw_firmware_type
  const osVersion = server.os_version ?? attributes?.__os_version
  mustBeSystem(osVersion, `server ${server.id}`)
  return {
    osVersion: osVersion ?? null,
    firmware:
      server.firmware ?? (imageFirmware === 'uefi' || imageFirmware === 'bios' ? imageFirmware : null),
    architecture: server.architecture ?? (attributes?.__support_arm === 'true' ? 'arm' : 'x86'),
  }
}

/** Refuses a version that is in no table. */
function mustBeSystem(osVersion: string | undefined, by: string): void {
  if (osVersion !== undefined && !osVersions().has(osVersion))
    throw new FixtureMistake(`${by} names the operating system ${osVersion}, which does not exist`)
}

export function addVolumes(world: World, ledger: Ledger, volumes: readonly FixtureVolume[]): void {
  const rows = volumes.map((volume): VolumeRow => {
    const { id, size, type, status, system, shareable, project_id: projectId } = volume
    const what = `volume ${id}`
    ledger.claim('volume', id)
    ledger.require('project', projectId, what)
    ledger.require('server', volume.server_id, what)
    ledger.require('key', volume.key_id, what)
    mustBeSystem(volume.os_version, what)
    return {
      ...{ id, projectId, size, type, status, system, shareable },
      name: volume.name ?? id,
      serverId: volume.server_id ?? null,
      keyId: volume.key_id ?? null,
      osVersion: volume.os_version ?? null,
    }
  })
  insertVolumes(world.db, rows)
}

export function addBackups(world: World, ledger: Ledger, backups: Fixture['backups']): void {
  insertBackups(
    world.db,
    backups.map((backup) => backupRow(world, ledger, backup)),
  )
}

function backupRow(world: World, ledger: Ledger, backup: FixtureBackup): BackupRow {
  const { id, name, kind, status, shared, project_id: projectId, server_id: serverId } = backup
  const what = `backup ${id}`
  ledger.claim('backup', id)
  ledger.require('project', projectId, what)
  ledger.require('vault', backup.vault_id, what)
  mustBeSystem(backup.os_version, what)
  const server = findServer(world.db, serverId)
  return {
    ...{ id, projectId, name, kind, status, shared, serverId },
    vaultId: backup.vault_id ?? null,
    osVersion: backup.os_version ?? server?.osVersion ?? null,
    firmware: server?.firmware ?? null,
    architecture: server?.architecture ?? 'x86',
    disks: disksOf(world, backup),
    sharedDisks: backup.shared_disks,
    copyOf: backup.copy_of ?? null,
  }
}

function disksOf(world: World, { id, server_id, disks }: FixtureBackup): BackupDisk[] {
  if (disks !== undefined) {
    return disks.map(({ volume_id, size, system, key_id }) => ({
      volumeId: volume_id,
      size,
      system,
      keyId: key_id ?? null,
    }))
  }
  const volumes = volumesOf(world.db, server_id)
  if (volumes.length === 0)
    throw new FixtureMistake(`backup ${id} has no disks, and neither has the server ${server_id}`)
  return volumes.map((volume) => ({
    volumeId: volume.id,
    size: volume.size,
    system: volume.system,
    keyId: volume.keyId,
  }))
}
