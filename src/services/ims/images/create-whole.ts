import type { RequestContext } from '../../../contract/call.ts'
import { submitJob } from '../../../simulation/submit-job.ts'
import { addVaultUse, backupSize, insertBackups } from '../../cbr/queries.ts'
import type { BackupDisk, BackupRow } from '../../cbr/tables.ts'
import { bindServer } from '../../ecs/queries.ts'
import { fail } from '../errors.ts'
import { JOB_TYPE } from '../job-types.ts'
import { wholeImageJobs } from '../jobs.ts'
import { dataAttributes, keyAttribute, osTypeOf, systemAttributes } from '../os-versions.ts'
import { checkConcurrentCreations, checkImageQuota } from '../quotas.ts'
import { fromBackup, imageableBackup, systemDiskOf, vaultForServer } from '../sources/backups.ts'
import { checkKeysOfDisks } from '../sources/keys.ts'
import { fromServer, fromVolume, originAttributes, wholeServer } from '../sources/servers.ts'
import { bytesOfDisk, checkWishes, dataDiskName, type ImageWishes, insertNewImage } from './new-image.ts'

/** An image of a server with all its disks, which is backed up for it. */
export interface CreateWholeFromServer extends ImageWishes {
  serverId: string
  /** The vault of the backup; only a server with the older backup service needs none. */
  vaultId?: string | undefined
}

/** Submits a job that backs up a server and makes a whole image of the backup. @returns the id of the job. */
export function createWholeFromServer(context: RequestContext, request: CreateWholeFromServer): string {
  const { world, caller } = context
  return world.db.transaction(() => {
    checkWishes(context, request)
    const { server, disks: volumes } = wholeServer(context, request.serverId)
    checkKeysOfDisks(context, volumes)
    const disks = volumes.map(({ id, ...disk }): BackupDisk => {
      const { size, system, keyId, content } = disk
      return { volumeId: id, size, system, keyId, content }
    })
    const old = request.vaultId === undefined && server.csbs
    const vault = old ? undefined : vaultForServer(world, server, request.vaultId, backupSize({ disks }))
    if (vault !== undefined && server.osVersion === null) throw fail('IMG.0195', { server: server.id })
    checkRoomForImages(context, disks)
    const { osVersion, firmware, architecture } = server
    const backup: BackupRow = {
      ...{ osVersion, firmware, architecture, disks },
      id: world.chance.uuid('backup'),
      projectId: caller.projectId,
      name: request.name,
      kind: old ? 'CSBS' : 'CBR',
      status: 'creating',
      serverId: server.id,
      vaultId: vault?.id ?? null,
      sharedDisks: false,
      shared: false,
      copyOf: null,
    }
    insertBackups(world.db, [backup])
    if (vault !== undefined) {
      addVaultUse(world.db, vault.id, backupSize(backup))
      bindServer(world.db, server.id, vault.id)
    }
    const images = insertImages(context, request, {
      backup,
      fromImage: originAttributes(world, server),
      origin: fromServer(server.id),
      diskOrigin: ({ volumeId }) => fromVolume(volumeId),
    })
    return submitJob(context, wholeImageJobs, {
      type: JOB_TYPE.wholeFromServer,
      flow: 'create-whole-image',
      projectId: caller.projectId,
      imageName: request.name,
      payload: { backupId: backup.id },
      ...images,
    })
  })
}

/** A whole image of an existing backup. */
export interface CreateWholeFromBackup extends ImageWishes {
  backupId: string
  kind: 'CSBS' | 'CBR'
}

/** Submits a job that makes a whole image of a backup. @returns the id of the job. */
export function createWholeFromBackup(context: RequestContext, request: CreateWholeFromBackup): string {
  const { world, caller } = context
  return world.db.transaction(() => {
    checkWishes(context, request)
    const backup = imageableBackup(context, request.backupId, request.kind)
    checkKeysOfDisks(context, backup.disks)
    checkRoomForImages(context, backup.disks)
    const images = insertImages(context, request, {
      backup,
      fromImage: {},
      origin: fromBackup(backup.id),
      diskOrigin: () => fromBackup(backup.id),
    })
    return submitJob(context, wholeImageJobs, {
      type: JOB_TYPE.wholeFromBackup,
      flow: 'create-whole-image-from-backup',
      projectId: caller.projectId,
      imageName: request.name,
      ...images,
    })
  })
}

/**
 * Checks the quotas of a whole image: one image for the server and one for each data disk.
 * @throws CodedRefusal IMG.0015, IMG.0060
 */
function checkRoomForImages(context: RequestContext, disks: readonly BackupDisk[]): void {
  checkImageQuota(context, disks.filter(({ system }) => !system).length + 1)
  checkConcurrentCreations(context)
}

interface WholeSource {
  backup: BackupRow
  /** What the image takes over from the image that the server runs from. */
  fromImage: Readonly<Record<string, string>>
  origin: string
  diskOrigin: (disk: BackupDisk) => string
}

/** Writes the image of the server and those of its data disks, which the same job fills. */
function insertImages(
  context: RequestContext,
  wishes: ImageWishes,
  { backup, fromImage, origin, diskOrigin }: WholeSource,
): { imageId: string; resources: string[] } {
  const { world, caller } = context
  const system = systemDiskOf(backup)
  if (system === undefined) throw fail('IMG.0119', { server: backup.serverId })
  const imageId = insertNewImage(context, caller.projectId, wishes, {
    environment: 'FusionCompute',
    minDisk: system.size,
    bytes: bytesOfDisk(world, system),
    attributes: {
      ...systemAttributes(world.db, backup),
      ...keyAttribute(system.keyId),
      __whole_image: 'true',
      __backup_id: backup.id,
      ...fromImage,
      __data_origin: origin,
      __lazyloading: 'true',
    },
  })
  const dataDisks = backup.disks.filter((disk) => !disk.system)
  const resources = dataDisks.map((disk, index) =>
    insertNewImage(
      context,
      caller.projectId,
      {
        name: dataDiskName(wishes.name, index + 1),
        tags: wishes.tags,
        enterpriseProjectId: wishes.enterpriseProjectId,
      },
      {
        environment: 'DataImage',
        minDisk: disk.size,
        bytes: bytesOfDisk(world, disk),
        attributes: {
          ...dataAttributes(osTypeOf(world.db, backup.osVersion)),
          ...keyAttribute(disk.keyId),
          __backup_id: backup.id,
          __data_origin: diskOrigin(disk),
          __lazyloading: 'true',
        },
      },
    ),
  )
  return { imageId, resources }
}
