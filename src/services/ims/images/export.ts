import type { RequestContext } from '../../../contract/call.ts'
import type { WrittenFormat } from '../../../lib/disk-image/convert.ts'
import { runningJobOf } from '../../../simulation/queries/jobs.ts'
import { submitJob } from '../../../simulation/submit-job.ts'
import type { World } from '../../../simulation/world.ts'
import { findObject, type ObjectBytes, type ObjectUrl } from '../../obs/objects.ts'
import { fail } from '../errors.ts'
import { JOB_TYPE } from '../job-types.ts'
import { exportJobs, obstacleCode } from '../jobs.ts'
import { isExportedTo } from '../queries/exports.ts'
import { findKeptImage, type Image } from '../queries/images.ts'
import { checkOriginalKey } from '../sources/keys.ts'
import { checkBucket, LARGEST_FILE, LARGEST_QUICK_FILE } from '../sources/objects.ts'
import { checkActive, checkOwnImage, namedImage } from './find.ts'

/** An image as a file in a bucket; quick means in the format in which the cloud stores images. */
export interface ExportImage {
  imageId: string
  target: ObjectUrl
  quick: boolean
  /** The format of the file; ZVHD2 for a quick export. */
  format: WrittenFormat
}

/** Longest key, in bytes, and longest name of the file in it, in characters. */
const LONGEST_KEY = 1024
const LONGEST_NAME = 128
const NAME_CHARACTERS = /^[\p{Letter}\p{Number}._-]([\p{Letter}\p{Number}._ -]*[\p{Letter}\p{Number}._-])?$/u

/**
 * Checks an export: first its image and its key, then its target.
 * @throws CodedRefusal IMG.0148 while the image is already being exported; IMG.0101, IMG.0103 and IMG.0102 for the key of an
 * encrypted image.
 */
export function checkExport(context: RequestContext, request: ExportImage): Image & { blobId: string } {
  const { world } = context
  const { imageId, target, quick } = request
  const image = exportableImage(context, imageId)
  if (runningJobOf(world.db, imageId, JOB_TYPE.export) !== undefined) throw fail('IMG.0148', { imageId })
  checkSize(image, quick)
  const keyId = image.attributes.__system__cmkid
  if (quick && keyId !== undefined) throw fail('IMG.0071', { imageId, found: 'encrypted' })
  if (keyId !== undefined) checkOriginalKey(context, keyId)
  checkTarget(context, target)
  const { blobId } = image
  if (blobId === null || !world.blobs.has(blobId)) throw fail('IMG.0071', { imageId, found: 'no bytes' })
  return { ...image, blobId }
}

/**
 * Finds an image that the caller may export.
 * @throws CodedRefusal IMG.0078 for an image of the market and for one that descends from it, IMG.0077 for a public one, IMG.0047 for one of another project,
 * IMG.0128 for a whole image, IMG.0167 for an ISO, IMG.0080 for one from a backup, IMG.0079 for one with an operating system
 * that is charged for, IMG.0046 unless it is active.
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
  checkOrigins(world, image)
  checkActive(image)
  return image
}

/** Platforms of public images whose operating system is charged for. */
const CHARGED: ReadonlySet<string | undefined> = new Set(['Windows', 'SUSE', 'RedHat', 'Oracle Linux'])
/** Longest chain of images made from images that is followed. */
const LONGEST_DESCENT = 100

/**
 * Follows an image to its origin.
 * @throws CodedRefusal IMG.0078 when an image on the way is a product of the market, IMG.0079 when the origin is a public image
 * with a charged operating system.
 */
function checkOrigins(world: World, image: Image): void {
  let origin: Image | undefined = image
  for (let steps = 0; origin !== undefined && steps < LONGEST_DESCENT; steps++) {
    if (origin.imageType === 'market' || (origin.attributes.__productcode ?? '') !== '')
      throw fail('IMG.0078', { imageId: image.id, origin: origin.id })
    if (origin.visibility === 'public' && CHARGED.has(origin.attributes.__platform))
      throw fail('IMG.0079', { imageId: image.id, origin: origin.id })
    const from: string | undefined = origin.attributes.__originalimagename
    origin = from === undefined || from === '' ? undefined : findKeptImage(world.db, from)
  }
}

/**
 * Checks the size of an export.
 * @throws CodedRefusal IMG.0160 for a conversion above 128 GB, IMG.0071 for anything above 1 TB.
 */
function checkSize({ id, size }: Image, quick: boolean): void {
  if (size === null) return
  if (!quick && size > LARGEST_FILE) throw fail('IMG.0160', { imageId: id, size })
  if (size > LARGEST_QUICK_FILE) throw fail('IMG.0071', { imageId: id, size })
}

/**
 * Checks the target of an export.
 * @throws CodedRefusal IMG.0074 and IMG.0075 for the key, IMG.0069 and IMG.0058 for the bucket, IMG.0070 for an object that exists
 * or that another export is about to write. In a world whose exports are also files, further keys cannot be written.
 */
function checkTarget(context: RequestContext, { bucket, key }: ObjectUrl): void {
  const { world } = context
  const parts = key.split('/')
  if (Buffer.byteLength(key) > LONGEST_KEY || (parts.at(-1) ?? '').length > LONGEST_NAME)
    throw fail('IMG.0074', { key })
  if (parts.some((part) => part === '.' || part === '..' || !NAME_CHARACTERS.test(part)))
    throw fail('IMG.0075', { key })
  checkBucket(context, { bucket, key }, 'PutObject')
  // An object of the store is in the way even where the world has deleted it for itself.
  const there = findObject(world, { bucket, key }) ?? world.objectStore?.find(bucket, key)
  if (there !== undefined) throw fail('IMG.0070', { bucket, key })
  if (isExportedTo(world.db, bucket, key)) throw fail('IMG.0070', { bucket, key, found: 'another export' })
  const code = obstacleCode(world, { bucket, key })
  if (code !== undefined) throw fail(code, { bucket, key })
}

/** Submits the job that makes the object of its bytes when it succeeds. @returns the id of the job. */
export function exportImage(context: RequestContext, request: ExportImage, bytes: ObjectBytes): string {
  const { world, caller } = context
  return world.db.transaction(() => {
    const image = checkExport(context, request)
    return submitJob(context, exportJobs, {
      type: JOB_TYPE.export,
      flow: request.quick ? 'quick-export-image' : 'export-image',
      projectId: caller.projectId,
      imageId: request.imageId,
      imageName: image.name,
      payload: { ...bytes, ...request.target },
    })
  })
}
