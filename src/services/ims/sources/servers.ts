import type { RequestContext } from '../../../contract/call.ts'
import type { World } from '../../../simulation/world.ts'
import { findBackupOf } from '../../cbr/queries.ts'
import { findServer } from '../../ecs/queries.ts'
import type { ServerRow } from '../../ecs/tables.ts'
import { findVolume, systemVolumeOf, volumesOf } from '../../evs/queries.ts'
import type { VolumeRow } from '../../evs/tables.ts'
import { fail } from '../errors.ts'
import { isBeingMadeFrom } from '../queries/images.ts'

/** Largest disk that becomes a system or data disk image by itself, in GB. */
const LARGEST_DISK = 1024
/** Types of disks in storage of the customer's own. */
const DEDICATED: ReadonlySet<string> = new Set(['DESS', 'DSS'])
/** States of a disk that can be read. */
const READABLE: ReadonlySet<string> = new Set(['available', 'in-use'])

/** What `__data_origin` says of an image that comes from a server, from a disk. */
export const fromServer = (serverId: string) => `instance,${serverId}`
export const fromVolume = (volumeId: string) => `volume,${volumeId}`

/** A server of the caller's project; any other does not exist (IMG.0005). */
function ownServer(context: RequestContext, id: string): ServerRow {
  const { world, caller } = context
  const server = findServer(world.db, id)
  if (server === undefined || server.projectId !== caller.projectId) throw fail('IMG.0005', { server: id })
  return server
}

/** Whether a server runs or is stopped, and nobody has frozen it. */
function isSteady({ status, frozen }: ServerRow): boolean {
  return (status === 'ACTIVE' || status === 'SHUTOFF') && !frozen
}

/** Refuses a server that neither runs nor is stopped (IMG.0008), or has something else to do (IMG.0010). */
function checkIdle(world: World, server: ServerRow): void {
  const { id, status, frozen, task } = server
  if (!isSteady(server)) throw fail('IMG.0008', { server: id, status, frozen })
  if (task !== null || isBeingMadeFrom(world.db, server.projectId, [fromServer(id)]))
    throw fail('IMG.0010', { server: id, task: task ?? 'an image is being made of it' })
}

/**
 * The server and its system disk that an image is made of, checked in the order the documents list the reasons: there
 * (IMG.0005), idle (IMG.0008, IMG.0010), with a system disk (IMG.0119) that is in order (IMG.0110), at most 1 TB (IMG.0111)
 * and not dedicated (IMG.0153); not a spot server that is going (IMG.0164); of a type that images are made of (IMG.0063).
 */
export function imageableServer(context: RequestContext, id: string): { server: ServerRow; disk: VolumeRow } {
  const { world } = context
  const server = ownServer(context, id)
  checkIdle(world, server)
  const disk = systemVolumeOf(world.db, id)
  if (disk === undefined) throw fail('IMG.0119', { server: id })
  if (!READABLE.has(disk.status)) throw fail('IMG.0110', { disk: disk.id, status: disk.status })
  if (disk.size > LARGEST_DISK) throw fail('IMG.0111', { disk: disk.id, size: disk.size })
  checkNotDedicated(disk)
  checkType(server)
  return { server, disk }
}

function checkNotDedicated({ id, type }: VolumeRow): void {
  if (DEDICATED.has(type)) throw fail('IMG.0153', { disk: id, type })
}

/** A disk of the caller's project that is no system disk of a server; any other cannot be had (IMG.0120). */
function ownDataDisk(context: RequestContext, id: string): VolumeRow {
  const { world, caller } = context
  const disk = findVolume(world.db, id)
  if (disk === undefined || disk.projectId !== caller.projectId || disk.system)
    throw fail('IMG.0120', { disk: id })
  return disk
}

/** Refuses a disk that cannot be read now, or is being read for another image (IMG.0022). */
function checkReadable(world: World, { id, projectId, status }: VolumeRow): void {
  if (!READABLE.has(status) || isBeingMadeFrom(world.db, projectId, [fromVolume(id)]))
    throw fail('IMG.0022', { disk: id, status })
}

/**
 * The data disk that a system disk image is made of: the caller's (IMG.0120), at most 1 TB (IMG.0111), not dedicated
 * (IMG.0153), in order (IMG.0022), and its server idle when it has one (IMG.0008, IMG.0010).
 */
export function imageableVolume(context: RequestContext, id: string): VolumeRow {
  const { world } = context
  const disk = ownDataDisk(context, id)
  if (disk.size > LARGEST_DISK) throw fail('IMG.0111', { disk: id, size: disk.size })
  checkNotDedicated(disk)
  checkReadable(world, disk)
  if (disk.serverId !== null) checkIdle(world, ownServer(context, disk.serverId))
  return disk
}

/**
 * The data disks of one server that images are made of: the caller's and attached, each once and at most 1 TB (IMG.0120),
 * all to the same server (IMG.0140), which is idle (IMG.0008, IMG.0010); none dedicated (IMG.0153), all in order (IMG.0022),
 * and no other disk of that server being read (IMG.0139).
 */
export function imageableDataDisks(
  context: RequestContext,
  ids: readonly string[],
): { server: ServerRow; disks: VolumeRow[] } {
  const { world } = context
  const disks = ids.map((id) => ownDataDisk(context, id))
  const unfit = disks.find(({ serverId, size }) => serverId === null || size > LARGEST_DISK)
  if (unfit !== undefined) throw fail('IMG.0120', { disk: unfit.id, size: unfit.size })
  if (new Set(ids).size < ids.length) throw fail('IMG.0120', { disks: ids })
  const servers = new Set(disks.map(({ serverId }) => serverId))
  const [serverId] = servers
  if (serverId == null || servers.size > 1) throw fail('IMG.0140', { servers: [...servers] })
  const server = ownServer(context, serverId)
  checkIdle(world, server)
  for (const disk of disks) checkNotDedicated(disk)
  for (const disk of disks) checkReadable(world, disk)
  const others = volumesOf(world.db, serverId).filter(({ id }) => !ids.includes(id))
  if (
    isBeingMadeFrom(
      world.db,
      server.projectId,
      others.map(({ id }) => fromVolume(id)),
    )
  )
    throw fail('IMG.0139', { server: serverId })
  return { server, disks }
}

/**
 * The server that a whole image is made of, with all its disks: there (IMG.0005), running or stopped and without a disk
 * that other servers use (IMG.0126), not being backed up (IMG.0136), with nothing else to do (IMG.0010), with a system disk
 * (IMG.0119), no dedicated one (IMG.0153), not going (IMG.0164), and a cloud server of a type that images are made of
 * (IMG.0063).
 */
export function wholeServer(context: RequestContext, id: string): { server: ServerRow; disks: VolumeRow[] } {
  const { world } = context
  const server = ownServer(context, id)
  const disks = volumesOf(world.db, id)
  if (!isSteady(server) || disks.some(({ shareable }) => shareable))
    throw fail('IMG.0126', { server: id, status: server.status, frozen: server.frozen })
  if (findBackupOf(world.db, id, 'creating') !== undefined) throw fail('IMG.0136', { server: id })
  checkIdle(world, server)
  if (!disks.some(({ system }) => system)) throw fail('IMG.0119', { server: id })
  for (const disk of disks) checkNotDedicated(disk)
  checkType(server, server.kind === 'ECS')
  return { server, disks }
}

function checkType({ id, reclaimed, imageable }: ServerRow, kindFits = true): void {
  if (reclaimed) throw fail('IMG.0164', { server: id })
  if (!imageable || !kindFits) throw fail('IMG.0063', { server: id })
}
