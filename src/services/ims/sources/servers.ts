import type { RequestContext } from '../../../contract/call.ts'
import type { World } from '../../../simulation/world.ts'
import { findBackupOf } from '../../cbr/queries.ts'
import { findServer } from '../../ecs/queries.ts'
import type { ServerRow } from '../../ecs/tables.ts'
import { findVolume, systemVolumeOf, volumesOf } from '../../evs/queries.ts'
import type { VolumeRow } from '../../evs/tables.ts'
import { fail } from '../errors.ts'
import { findKeptImage, isBeingMadeFrom } from '../queries/images.ts'

/** Largest disk that becomes a system or data disk image by itself, in GB. */
const LARGEST_DISK = 1024
/** Types of disks in dedicated storage of a customer. */
const DEDICATED: ReadonlySet<string> = new Set(['DESS', 'DSS'])
/** States of a disk that can be read. */
const READABLE: ReadonlySet<string> = new Set(['available', 'in-use'])

/** The `__data_origin` of an image that comes from a server, and of one that comes from a disk. */
export const fromServer = (serverId: string) => `instance,${serverId}`
export const fromVolume = (volumeId: string) => `volume,${volumeId}`

/** Attributes that an image of a server has because the image that the server runs from has them. */
const PASSED_ON = ['__support_agent_list', '__productcode'] as const

/**
 * The attributes that an image of a server takes over from the image that the server runs from: the agents that are installed in
 * it, and the product of the market that it is. They are found in a deleted image, too.
 */
export function originAttributes(world: World, { imageId }: ServerRow): Record<string, string> {
  const origin = imageId === null ? undefined : findKeptImage(world.db, imageId)
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = origin?.attributes[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(passedOn), __originalimagename: imageId ?? '' }
}

/** Finds a server of the caller's project. @throws CodedRefusal IMG.0005 */
function ownServer(context: RequestContext, id: string): ServerRow {
  const { world, caller } = context
  const server = findServer(world.db, id)
  if (server === undefined || server.projectId !== caller.projectId) throw fail('IMG.0005', { server: id })
  return server
}

/** True for a server that is running or stopped, and not frozen. */
function isSteady({ status, frozen }: ServerRow): boolean {
  return (status === 'ACTIVE' || status === 'SHUTOFF') && !frozen
}

/**
 * Checks that a server is idle.
 * @throws CodedRefusal IMG.0008 unless it is running or stopped, IMG.0010 while it has another task.
 */
function checkIdle(world: World, server: ServerRow): void {
  const { id, status, frozen, task } = server
  if (!isSteady(server)) throw fail('IMG.0008', { server: id, status, frozen })
  if (task !== null || isBeingMadeFrom(world.db, server.projectId, [fromServer(id)]))
    throw fail('IMG.0010', { server: id, task: task ?? 'an image is being made of it' })
}

/**
 * Finds the server for an image and its system disk, with checks in the order of the documents.
 * @throws CodedRefusal IMG.0005 for an unknown server; IMG.0008 and IMG.0010 unless it is idle; IMG.0119 without a system
 * disk, IMG.0110 for one that cannot be read, IMG.0111 above 1 TB, IMG.0153 for dedicated storage; IMG.0164 for a spot server
 * that is being reclaimed; IMG.0063 for a type of server that no image can be made of.
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

/** Finds a data disk of the caller's project. @throws CodedRefusal IMG.0120 */
function ownDataDisk(context: RequestContext, id: string): VolumeRow {
  const { world, caller } = context
  const disk = findVolume(world.db, id)
  if (disk === undefined || disk.projectId !== caller.projectId || disk.system)
    throw fail('IMG.0120', { disk: id })
  return disk
}

/** Checks that a disk can be read now and is not being read for another image. @throws CodedRefusal IMG.0022 */
function checkReadable(world: World, { id, projectId, status }: VolumeRow): void {
  if (!READABLE.has(status) || isBeingMadeFrom(world.db, projectId, [fromVolume(id)]))
    throw fail('IMG.0022', { disk: id, status })
}

/**
 * Finds the data disk for a system disk image.
 * @throws CodedRefusal IMG.0120 for a disk that is no data disk of the caller, IMG.0111 above 1 TB, IMG.0153 for dedicated
 * storage, IMG.0022 unless it can be read; IMG.0008 and IMG.0010 unless its server, if it has one, is idle.
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
 * Finds the data disks of one server for data disk images.
 * @throws CodedRefusal IMG.0120 for a disk that is not the caller's, not attached, named twice or above 1 TB; IMG.0140 for
 * disks of several servers; IMG.0008 and IMG.0010 unless the server is idle; IMG.0153 for dedicated storage; IMG.0022 for a
 * disk that cannot be read; IMG.0139 while another disk of the server is being read.
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
 * Finds the server for a whole image, with all its disks.
 * @throws CodedRefusal IMG.0005 for an unknown server; IMG.0126 unless it is running or stopped and has no disk that other
 * servers use; IMG.0136 while it is being backed up; IMG.0010 while it has another task; IMG.0119 without a system disk;
 * IMG.0153 for dedicated storage; IMG.0164 for a server that is being reclaimed; IMG.0063 for a BMS and for a type of server
 * that no image can be made of.
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
