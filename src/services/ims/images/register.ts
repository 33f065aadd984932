import type { RequestContext } from '../../../contract/call.ts'
import type { ReceivedBytes } from '../../../database/blobs.ts'
import { runningJobOf } from '../../../simulation/queries/jobs.ts'
import { submitJob } from '../../../simulation/submit-job.ts'
import type { ObjectUrl } from '../../obs/objects.ts'
import { fail } from '../errors.ts'
import { JOB_TYPE } from '../job-types.ts'
import { imageJobs } from '../jobs.ts'
import { type Image, updateImage } from '../queries/images.ts'
import { diskInObject, type LocatedDisk } from '../sources/objects.ts'
import type { StoredDisk } from '../sources/stored-disks.ts'
import { namedImage } from './find.ts'
import { HEADER_CHECK, lateFailure, originOf } from './import.ts'
import { byteColumns, GIB } from './new-image.ts'

/** A file in a bucket that becomes the bytes of an image without bytes. */
export interface RegisterImage {
  imageId: string
  source: ObjectUrl
}

/**
 * Checks a registration: the image, then the file. An image that is declared raw takes a file of any content, as one named `.raw`.
 * @throws CodedRefusal IMG.0047 for an image of another project, IMG.0046 for one that does not wait for bytes; IMG.0069,
 * IMG.0058, IMG.0057 and IMG.0059 for the file.
 */
export function checkRegister(
  context: RequestContext,
  request: RegisterImage,
): { image: Image; located: LocatedDisk } {
  const image = waitingImage(context, request.imageId)
  const name = image.diskFormat === 'raw' ? 'disk.raw' : undefined
  return { image, located: diskInObject(context, request.source, { name }) }
}

function waitingImage(context: RequestContext, imageId: string): Image {
  const { world, caller } = context
  const image = namedImage(context, imageId)
  if (image.owner !== caller.projectId) throw fail('IMG.0047', { imageId })
  const beingMade = runningJobOf(world.db, imageId) !== undefined
  if (image.status !== 'queued' || beingMade)
    throw fail('IMG.0046', { imageId, status: image.status, beingMade })
  return image
}

/** Gives an image the bytes that have arrived in a blob, and submits its job. @returns the id of the job. */
export function registerImage(
  context: RequestContext,
  { imageId, source }: RegisterImage,
  { disk }: LocatedDisk,
  bytes: ReceivedBytes & StoredDisk & { blobId: string },
): string {
  const { world, caller } = context
  return world.db.transaction(() => {
    const image = waitingImage(context, imageId)
    const { virtualSize, format } = disk
    const minDisk = image.minDisk === 0 ? Math.ceil((virtualSize ?? 0) / GIB) : image.minDisk
    const fits = (image.diskFormat === 'iso') === (format === 'iso')
    const failure = fits && bytes.flaw === undefined ? lateFailure(disk, minDisk) : 'IMG.0057'
    updateImage(world.db, imageId, {
      minDisk,
      ...byteColumns({ ...bytes, virtualSize }),
      updatedAt: world.clock.now(),
      attributes: {
        ...(bytes.needsUefi && { hw_firmware_type: 'uefi' }),
        ...image.attributes,
        __image_size: String(bytes.size),
        __root_origin: 'file',
        __data_origin: originOf(source),
        __is_config_init: 'false',
        ...(format === 'zvhd2' && { __lazyloading: 'true' }),
      },
    })
    return submitJob(context, imageJobs, {
      type: JOB_TYPE.register,
      flow: 'register-image',
      projectId: caller.projectId,
      imageId,
      imageName: image.name,
      failure: failure === undefined ? undefined : { code: failure, at: HEADER_CHECK },
    })
  })
}
