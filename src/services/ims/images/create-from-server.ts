import type { RequestContext } from '../../../contract/call.ts'
import { submitJob } from '../../../simulation/submit-job.ts'
import { imageJobs, JOB_TYPE } from '../jobs.ts'
import { checkConcurrentCreations, checkImageQuota } from '../quotas.ts'
import { fromServer, imageableServer } from '../sources/servers.ts'
import { blankDisk, checkWishes, type ImageWishes, insertNewImage } from './new-image.ts'
import { keyAttribute, systemAttributes } from './system.ts'

/** A system disk image of a server. */
export interface CreateFromServer extends ImageWishes {
  serverId: string
}

/** Makes an image of a server's system disk; answers the id of the job. Encrypted with the key of the disk, if it has one. */
export function createFromServer(context: RequestContext, request: CreateFromServer): string {
  const { world, caller } = context
  return world.db.transaction(() => {
    checkWishes(context, request)
    const { server, disk } = imageableServer(context, request.serverId)
    checkImageQuota(context)
    checkConcurrentCreations(context)
    const imageId = insertNewImage(context, caller.projectId, request, {
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
    return submitJob(context, imageJobs, {
      type: JOB_TYPE.createFromServer,
      flow: 'create-from-server',
      projectId: caller.projectId,
      imageId,
      imageName: request.name,
    })
  })
}
