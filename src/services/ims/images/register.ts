import type { Caller } from '../../../accounts/caller.ts'
import type { ReceivedBytes } from '../../../database/blobs.ts'
import type { World } from '../../../simulation/world.ts'
import { fail } from '../errors.ts'
import { submitJob } from '../jobs/submit.ts'
import { JOB_TYPE } from '../jobs/types.ts'
import { type Image, updateImage } from '../queries/images.ts'
import { runningJobOf } from '../queries/jobs.ts'
import { diskInObject, type LocatedDisk, type ObjectUrl } from '../sources/objects.ts'
import { namedImage } from './find.ts'
import { HEADER_CHECK, lateFailure, originOf } from './import.ts'
import { byteColumns, GIB } from './new-image.ts'

/** The file in a bucket that becomes the bytes of an image that is only described so far. */
export interface RegisterImage {
  imageId: string
  source: ObjectUrl
}

/**
 * What can be registered: an image of the caller (IMG.0047) that waits for its bytes (IMG.0046), and a disk image in a
 * bucket (IMG.0069, IMG.0058, IMG.0057, IMG.0059).
 */
export function checkRegister(
  world: World,
  caller: Caller,
  request: RegisterImage,
): { image: Image; located: LocatedDisk } {
  return {
    image: waitingImage(world, caller, request.imageId),
    located: diskInObject(world, caller, request.source),
  }
}

function waitingImage(world: World, caller: Caller, imageId: string): Image {
  const image = namedImage(world, caller, imageId)
  if (image.owner !== caller.projectId) throw fail('IMG.0047', { imageId })
  const beingMade = runningJobOf(world.db, imageId) !== undefined
  if (image.status !== 'queued' || beingMade)
    throw fail('IMG.0046', { imageId, status: image.status, beingMade })
  return image
}

/** Gives an image the bytes that have arrived in a blob, and starts its job; answers the job's id. */
export function registerImage(
  world: World,
  caller: Caller,
  { imageId, source }: RegisterImage,
  { disk }: LocatedDisk,
  bytes: ReceivedBytes & { blobId: string },
): string {
  return world.db.transaction(() => {
    const image = waitingImage(world, caller, imageId)
    const { virtualSize, format } = disk
    const minDisk = image.minDisk === 0 ? Math.ceil((virtualSize ?? 0) / GIB) : image.minDisk
    const failure = lateFailure(disk, minDisk)
    updateImage(world.db, imageId, {
      minDisk,
      ...byteColumns({ ...bytes, virtualSize }),
      updatedAt: world.clock.now(),
      attributes: {
        ...image.attributes,
        __image_size: String(bytes.size),
        __root_origin: 'file',
        __data_origin: originOf(source),
        __is_config_init: 'false',
        ...(format === 'zvhd2' && { __lazyloading: 'true' }),
      },
    })
    return submitJob(world, {
      type: JOB_TYPE.register,
      flow: 'register-image',
      projectId: caller.projectId,
      imageId,
      failure: failure === undefined ? undefined : { code: failure, at: HEADER_CHECK },
    })
  })
}
