import { isAbsolute } from 'node:path'
import type { World } from '../../engine/world.ts'
import { CloudError } from '../../kernel/errors.ts'
import type { Image } from '../../store/images.ts'
import { runningJobOf } from '../../store/jobs.ts'
import type { Caller } from '../identity/caller.ts'
import { submitJob } from '../jobs/submit.ts'
import { checkActive, checkOwnImage, namedImage } from './find.ts'
import type { ObjectUrl } from './import.ts'

const JOB_TYPE = 'imsNativeExportImageJob'
/** Longest object key, in bytes, as OBS has it. */
const KEY_LIMIT = 1024

/** What can be exported: an active private image of the caller that is not being exported and whose bytes are there. */
export function checkExport(
  world: World,
  caller: Caller,
  imageId: string,
  target: ObjectUrl,
): Image & { blobId: string } {
  const image = namedImage(world, caller, imageId)
  checkOwnImage(caller, image, 'IMG.0077')
  if (image.attributes.__whole_image === 'true') throw new CloudError('IMG.0128', { imageId })
  if (image.attributes.virtual_env_type === 'IsoImage') throw new CloudError('IMG.0167', { imageId })
  checkActive(image)
  if (runningJobOf(world.db, imageId, JOB_TYPE) !== undefined) throw new CloudError('IMG.0148', { imageId })
  checkTarget(world, target)
  const { blobId } = image
  if (blobId === null) throw new CloudError('IMG.0071', { imageId, found: 'no bytes' })
  return { ...image, blobId }
}

function checkTarget(world: World, { bucket, key }: ObjectUrl): void {
  if (Buffer.byteLength(key) > KEY_LIMIT) throw new CloudError('IMG.0074', { key })
  const climbs =
    isAbsolute(key) || key.split(/[/\\]/).some((part) => part === '' || part === '.' || part === '..')
  if (climbs || key.startsWith('.ims-emulator')) throw new CloudError('IMG.0075', { key })
  if (!world.buckets.exists(bucket)) throw new CloudError('IMG.0069', { bucket })
  if (world.buckets.find(bucket, key) !== undefined) throw new CloudError('IMG.0070', { bucket, key })
}

/** Starts the job after whose success the staged file stands in the bucket; answers the job's id. */
export function exportImage(
  world: World,
  caller: Caller,
  imageId: string,
  target: ObjectUrl,
  staged: string,
): string {
  return world.db.transaction(() => {
    checkExport(world, caller, imageId, target)
    return submitJob(world, {
      type: JOB_TYPE,
      flow: 'export-image',
      projectId: caller.projectId,
      imageId,
      imageName: null,
      deliver: { staged, ...target },
    })
  })
}
