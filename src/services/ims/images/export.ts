import { isAbsolute } from 'node:path'
import type { RequestContext } from '../../../contract/call.ts'
import { runningJobOf } from '../../../simulation/queries/jobs.ts'
import { submitJob } from '../../../simulation/submit-job.ts'
import type { World } from '../../../simulation/world.ts'
import { fail } from '../errors.ts'
import { exportJobs, JOB_TYPE } from '../jobs.ts'
import { findKeptImage, type Image } from '../queries/images.ts'
import { checkBucket, LARGEST_FILE, LARGEST_QUICK_FILE, type ObjectUrl } from '../sources/objects.ts'
import { checkActive, checkOwnImage, namedImage } from './find.ts'

/** An image as a file in a bucket; quick means as it is stored, without conversion. */
export interface ExportImage {
  imageId: string
  target: ObjectUrl
  quick: boolean
}

/** Longest key, in bytes, and longest name of the file in it, in characters. */
const LONGEST_KEY = 1024
const LONGEST_NAME = 128
const NAME_CHARACTERS = /^[\p{Letter}\p{Number}._-]([\p{Letter}\p{Number}._ -]*[\p{Letter}\p{Number}._-])?$/u

/** What can be exported now: the image, then where it goes. */
export function checkExport(context: RequestContext, request: ExportImage): Image & { blobId: string } {
  const { world } = context
  const { imageId, target, quick } = request
  const image = exportableImage(context, imageId)
  if (runningJobOf(world.db, imageId, JOB_TYPE.export) !== undefined) throw fail('IMG.0148', { imageId })
  checkSize(image, quick)
  if (quick && image.attributes.__system__cmkid !== undefined)
    throw fail('IMG.0071', { imageId, found: 'encrypted' })
  checkTarget(context, target)
  const { blobId } = image
  if (blobId === null) throw fail('IMG.0071', { imageId, found: 'no bytes' })
  return { ...image, blobId }
}

/**
 * An image that the caller may take out of the cloud: not of the market (IMG.0078), not public (IMG.0077), its own
 * (IMG.0047), no whole server (IMG.0128), no ISO (IMG.0167), not from a backup (IMG.0080), without a system that has to be
 * paid for (IMG.0079), active (IMG.0046).
 */
function exportableImage(context: RequestContext, imageId: string): Image {
  const { world, caller } = context
  const image = namedImage(context, imageId)
  if (image.imageType === 'market') throw fail('IMG.0078', { imageId })
  checkOwnImage(caller, image, 'IMG.0077')
  const { __whole_image, virtual_env_type, __backup_id } = image.attributes
  if (__whole_image === 'true') throw fail('IMG.0128', { imageId })
  if (virtual_env_type === 'IsoImage') throw fail('IMG.0167', { imageId })
  if (__backup_id !== undefined && __backup_id !== '') throw fail('IMG.0080', { imageId })
  checkFreeSystem(world, image)
  checkActive(image)
  return image
}

/** Platforms of public images whose system has its price. */
const CHARGED: ReadonlySet<string | undefined> = new Set(['Windows', 'SUSE', 'RedHat', 'Oracle Linux'])
/** Images that came from images that came from images: nobody makes longer chains. */
const LONGEST_DESCENT = 100

/** Goes back to the image at the beginning: one from a public image with a system that has its price stays (IMG.0079). */
function checkFreeSystem(world: World, image: Image): void {
  let origin: Image | undefined = image
  for (let steps = 0; origin !== undefined && steps < LONGEST_DESCENT; steps++) {
    if (origin.visibility === 'public' && CHARGED.has(origin.attributes.__platform))
      throw fail('IMG.0079', { imageId: image.id, origin: origin.id })
    const from: string | undefined = origin.attributes.__originalimagename
    origin = from === undefined || from === '' ? undefined : findKeptImage(world.db, from)
  }
}

/** Above 128 GB only as it is (IMG.0160), above 1 TB not at all (IMG.0071). */
function checkSize({ id, size }: Image, quick: boolean): void {
  if (size === null) return
  if (!quick && size > LARGEST_FILE) throw fail('IMG.0160', { imageId: id, size })
  if (size > LARGEST_QUICK_FILE) throw fail('IMG.0071', { imageId: id, size })
}

/** The key fits (IMG.0074, IMG.0075), the bucket can be written to (IMG.0069, IMG.0058), nothing is there yet (IMG.0070). */
function checkTarget(context: RequestContext, { bucket, key }: ObjectUrl): void {
  const { world } = context
  const parts = key.split('/')
  if (Buffer.byteLength(key) > LONGEST_KEY || (parts.at(-1) ?? '').length > LONGEST_NAME)
    throw fail('IMG.0074', { key })
  const unfit = parts.some((part) => part === '.' || part === '..' || !NAME_CHARACTERS.test(part))
  if (unfit || isAbsolute(key) || key.startsWith('.ims-emulator')) throw fail('IMG.0075', { key })
  checkBucket(context, bucket)
  if (world.buckets.find(bucket, key) !== undefined) throw fail('IMG.0070', { bucket, key })
}

/** Starts the job after whose success the staged file stands in the bucket; answers the job's id. */
export function exportImage(context: RequestContext, request: ExportImage, staged: string): string {
  const { world, caller } = context
  return world.db.transaction(() => {
    checkExport(context, request)
    return submitJob(context, exportJobs, {
      type: JOB_TYPE.export,
      flow: request.quick ? 'quick-export-image' : 'export-image',
      projectId: caller.projectId,
      imageId: request.imageId,
      payload: { staged, ...request.target },
    })
  })
}
