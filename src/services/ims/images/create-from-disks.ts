import type { RequestContext } from '../../../contract/call.ts'
import { submitJob, submitJobOfParts } from '../../../simulation/submit-job.ts'
import { findServer } from '../../ecs/queries.ts'
import type { VolumeRow } from '../../evs/tables.ts'
import { JOB_TYPE } from '../job-types.ts'
import { imageJobs, type NewImageJob } from '../jobs.ts'
import { dataAttributes, keyAttribute, osTypeOf, systemAttributes } from '../os-versions.ts'
import { checkConcurrentCreations, checkImageQuota } from '../quotas.ts'
import { checkKeysOfDisks } from '../sources/keys.ts'
import {
  fromServer,
  fromVolume,
  imageableDataDisks,
  imageableServer,
  imageableVolume,
  originAttributes,
} from '../sources/servers.ts'
import type { TagRow } from '../tables.ts'
import { bytesOfDisk, checkWishes, type ImageWishes, insertNewImage } from './new-image.ts'

/** A system disk image of a server. */
export interface CreateFromServer extends ImageWishes {
  serverId: string
}

/**
 * Submits a job that makes an image of a server's system disk, encrypted when the disk is.
 * @returns the id of the job.
 */
export function createFromServer(context: RequestContext, request: CreateFromServer): string {
  const { world, caller } = context
  return world.db.transaction(() => {
    checkWishes(context, request)
    const { server, disk } = imageableServer(context, request.serverId)
    checkKeysOfDisks(context, [disk])
    checkImageQuota(context)
    checkConcurrentCreations(context)
    const imageId = insertNewImage(context, caller.projectId, request, {
      environment: server.kind === 'BMS' ? 'Ironic' : 'FusionCompute',
      minDisk: disk.size,
      bytes: bytesOfDisk(world, disk),
      attributes: {
        ...systemAttributes(world.db, server),
        ...keyAttribute(disk.keyId),
        ...originAttributes(world, server),
        __data_origin: fromServer(server.id),
        __lazyloading: 'true',
      },
    })
    return submitJob(context, imageJobs, {
      type: JOB_TYPE.createFromServer,
      flow: 'create-from-server',
      projectId: caller.projectId,
      imageId,
      imageName: request.name,
    })
  })
}

/** A system disk image of a data disk that holds an operating system. */
export interface CreateFromVolume extends ImageWishes {
  volumeId: string
  osVersion: string
  environment: 'FusionCompute' | 'Ironic'
}

/**
 * Submits a job that makes a system disk image of a data disk. The operating system found on the disk wins over the one in
 * the request.
 * @returns the id of the job.
 */
export function createFromVolume(context: RequestContext, request: CreateFromVolume): string {
  const { world, caller } = context
  return world.db.transaction(() => {
    checkWishes(context, request)
    const disk = imageableVolume(context, request.volumeId)
    checkKeysOfDisks(context, [disk])
    checkImageQuota(context)
    checkConcurrentCreations(context)
    const server = disk.serverId === null ? undefined : findServer(world.db, disk.serverId)
    const imageId = insertNewImage(context, caller.projectId, request, {
      environment: request.environment,
      minDisk: disk.size,
      bytes: bytesOfDisk(world, disk),
      attributes: {
        ...systemAttributes(world.db, {
          osVersion: disk.osVersion ?? request.osVersion,
          architecture: server?.architecture ?? 'x86',
        }),
        ...volumeAttributes(disk),
      },
    })
    return submitJob(context, imageJobs, {
      type: JOB_TYPE.createFromVolume,
      flow: 'create-from-volume',
      projectId: caller.projectId,
      imageId,
      imageName: request.name,
    })
  })
}

function volumeAttributes({ id, keyId }: VolumeRow): Record<string, string> {
  return { ...keyAttribute(keyId), __data_origin: fromVolume(id), __lazyloading: 'true' }
}

/** Data disk images, one of each disk; all go into the same enterprise project. */
export interface CreateDataImages {
  images: readonly {
    name: string
    description?: string | undefined
    tags: readonly TagRow[]
    volumeId: string
  }[]
  enterpriseProjectId?: string | undefined
}

/** Submits a job with one part for each data disk of a server. @returns the id of the job. */
export function createDataImages(context: RequestContext, request: CreateDataImages): string {
  const { world, caller } = context
  return world.db.transaction(() => {
    const wanted = request.images.map((image) => ({
      ...image,
      enterpriseProjectId: request.enterpriseProjectId,
    }))
    for (const image of wanted) checkWishes(context, image)
    const { server, disks } = imageableDataDisks(
      context,
      wanted.map(({ volumeId }) => volumeId),
    )
    checkKeysOfDisks(context, disks)
    checkImageQuota(context, wanted.length)
    checkConcurrentCreations(context)
    const osType = osTypeOf(world.db, server.osVersion)
    const parts = wanted.flatMap((image): NewImageJob[] => {
      const disk = disks.find(({ id }) => id === image.volumeId)
      if (disk === undefined) return []
      const imageId = insertNewImage(context, caller.projectId, image, {
        environment: 'DataImage',
        minDisk: disk.size,
        bytes: bytesOfDisk(world, disk),
        attributes: { ...dataAttributes(osType), ...volumeAttributes(disk) },
      })
      const { projectId } = caller
      const job = { type: JOB_TYPE.copyVolume, flow: 'create-data-images', projectId }
      return [{ ...job, imageId, imageName: image.name }]
    })
    return submitJobOfParts(
      context,
      { type: JOB_TYPE.createDataImages, projectId: caller.projectId },
      imageJobs,
      parts,
    )
  })
}
