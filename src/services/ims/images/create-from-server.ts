import type { Caller } from '../../../accounts/caller.ts'
import type { World } from '../../../simulation/world.ts'
import { submitJob } from '../jobs/submit.ts'
import { JOB_TYPE } from '../jobs/types.ts'
import { checkConcurrentCreations, checkImageQuota } from '../quotas.ts'
import { fromServer, imageableServer } from '../sources/servers.ts'
import { blankDisk, checkWishes, type ImageWishes, insertNewImage } from './new-image.ts'
import { keyAttribute, systemAttributes } from './system.ts'

/** A system disk image of a server. */
export interface CreateFromServer extends ImageWishes {
  serverId: string
}

/** Makes an image of a server's system disk; answers the id of the job. Encrypted with the key of the disk, if it has one. */
export function createFromServer(world: World, caller: Caller, request: CreateFromServer): string {
  return world.db.transaction(() => {
    checkWishes(world, caller, request)
    const { server, disk } = imageableServer(world, caller, request.serverId)
    checkImageQuota(world, caller.projectId)
    checkConcurrentCreations(world, caller.projectId)
    const imageId = insertNewImage(world, caller.projectId, request, {
      environment: server.kind === 'BMS' ? 'Ironic' : 'FusionCompute',
      minDisk: disk.size,
      bytes: blankDisk(world, disk.size),
      attributes: {
        ...systemAttributes(server),
        ...keyAttribute(disk.keyId),
        __originalimagename: server.imageId ?? '',
        __data_origin: fromServer(server.id),
        __lazyloading: 'true',
      },
    })
    return submitJob(world, {
      type: JOB_TYPE.createFromServer,
      flow: 'create-from-server',
      projectId: caller.projectId,
      imageId,
      imageName: request.name,
    })
  })
}
