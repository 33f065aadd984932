import type { RequestContext } from '../../../contract/call.ts'
import type { DiskBytes } from '../../../database/blobs.ts'
import { submitJob } from '../../../simulation/submit-job.ts'
import type { World } from '../../../simulation/world.ts'
import { findKey, isGranted } from '../../kms/tables.ts'
import { fail } from '../errors.ts'
import { JOB_TYPE } from '../job-types.ts'
import { imageJobs } from '../jobs.ts'
import { keyAttribute } from '../os-versions.ts'
import { findSharingStatus } from '../queries/account-members.ts'
import type { Image } from '../queries/images.ts'
import { checkConcurrentCopies, checkImageQuota } from '../quotas.ts'
import { checkKey, checkOriginalKey } from '../sources/keys.ts'
import { LARGEST_FILE } from '../sources/objects.ts'
import { checkActive, namedImage } from './find.ts'
import {
  bytesOf,
  checkWishes,
  copyOfBytes,
  type ImageSubstance,
  type ImageWishes,
  insertNewImage,
} from './new-image.ts'

/** A copy in the same region; it is encrypted only when a key is given. */
export interface CopyImage {
  imageId: string
  name: string
  description?: string | undefined
  keyId?: string | undefined
  enterpriseProjectId?: string | undefined
}

/**
 * Submits a job that copies an image, for its owner or for a member that has accepted it.
 * @returns the id of the job.
 */
export function copyImage(context: RequestContext, request: CopyImage): string {
  const { world, caller } = context
  return world.db.transaction(() => {
    const image = copiedImage(context, request.imageId)
    checkKeys(context, image, request.keyId)
    const wishes: ImageWishes = { ...request, minRam: image.minRam, tags: [] }
    checkWishes(context, wishes)
    checkImageQuota(context)
    checkConcurrentCopies(context)
    const imageId = insertNewImage(context, caller.projectId, wishes, {
      ...substanceOfCopy(world, image),
      attributes: { ...attributesOfCopy(caller.region, image), ...keyAttribute(request.keyId) },
    })
    return submitJob(context, imageJobs, {
      type: JOB_TYPE.copy,
      flow: 'copy-image',
      projectId: caller.projectId,
      imageId,
      imageName: request.name,
    })
  })
}

/**
 * Finds the image of a copy: an active private image of at most 128 GB that is the caller's, or that the caller has accepted.
 * @throws CodedRefusal IMG.0066 for a malformed id, IMG.0027 for an image that the caller does not see, IMG.0105 for a public
 * one, IMG.0196 for one that the caller has not accepted, IMG.0197 for an encrypted one whose key is not granted to the
 * caller, IMG.0167 for an ISO, IMG.0130 for a whole image, IMG.0046 unless it is active, IMG.0059 for one that is too large.
 */
function copiedImage(context: RequestContext, imageId: string): Image {
  const { caller } = context
  const image = namedImage(context, imageId)
  if (image.visibility === 'public') throw fail('IMG.0105', { imageId })
  if (image.owner !== caller.projectId) checkAccepted(context, image)
  if (image.attributes.virtual_env_type === 'IsoImage') throw fail('IMG.0167', { imageId })
  if (image.attributes.__whole_image === 'true') throw fail('IMG.0130', { imageId })
  checkActive(image)
  if ((image.size ?? 0) > LARGEST_FILE) throw fail('IMG.0059', { imageId, size: image.size })
  return image
}

function checkAccepted(context: RequestContext, image: Image): void {
  const { world, caller } = context
  const status = findSharingStatus(world.db, image.id, caller)
  if (status !== 'accepted') throw fail('IMG.0196', { imageId: image.id, status })
  const keyId = image.attributes.__system__cmkid
  if (keyId === undefined) return
  const key = findKey(world.db, keyId)
  if (key === undefined || !isGranted(key, caller)) throw fail('IMG.0197', { imageId: image.id, keyId })
}

/**
 * Checks the keys of a copy and of its image.
 * @throws CodedRefusal IMG.0096 for a copy with the key of its image, IMG.0118 for a BMS image; IMG.0095, IMG.0099 and
 * IMG.0097 for the key of the copy; IMG.0101, IMG.0103 and IMG.0102 for the key of the image.
 */
function checkKeys(context: RequestContext, image: Image, keyId: string | undefined): void {
  const original = image.attributes.__system__cmkid
  if (keyId !== undefined) {
    if (keyId === original) throw fail('IMG.0096', { keyId })
    if (image.attributes.virtual_env_type === 'Ironic') throw fail('IMG.0118', { keyId })
    checkKey(context, keyId)
  }
  if (original !== undefined) checkOriginalKey(context, original)
}

/** The fields that a copy takes over from its image, beside the attributes. */
export function substanceOfCopy(world: World, image: Image): Omit<ImageSubstance, 'attributes'> {
  return {
    ...(image.diskFormat !== null && { diskFormat: image.diskFormat }),
    minDisk: image.minDisk,
    bytes: duplicateBytes(world, image),
  }
}

function duplicateBytes(world: World, image: Image): DiskBytes {
  const { id, blobId } = image
  if (blobId === null || !world.blobs.has(blobId)) throw fail('IMG.0046', { imageId: id, found: 'no bytes' })
  return copyOfBytes(world, bytesOf({ ...image, blobId }))
}

/** Attributes that a copy does not take over. The product of the market is kept, as the copy is bound to it like its image. */
const NOT_COPIED: ReadonlySet<string> = new Set([
  ...['__description', '__backup_id', '__whole_image', '__system__cmkid', 'enterprise_project_id'],
])

/** The attributes of a copy: those of the image, and its origin. */
export function attributesOfCopy(region: string, image: Image): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(image.attributes).filter(([name]) => !NOT_COPIED.has(name))),
    __originalimagename: image.id,
    __data_origin: `image,${region},${image.id}`,
  }
}
