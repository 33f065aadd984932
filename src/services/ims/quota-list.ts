import type { RequestContext } from '../../contract/call.ts'
import type { QuotaName } from '../../simulation/scenario/quotas.ts'
import { countImagesOf } from './queries/images.ts'
import { countAcceptedImages, mostMembers } from './queries/members.ts'
import { quotaOf } from './quotas.ts'

/** One kind of thing that a project may only have so many of. */
export interface Quota {
  type: 'image' | 'image_shared' | 'image_member'
  used: number
  quota: number
  /** Between what the quota can be set. */
  min: number
  max: number
}

const MIN = 1
const MAX = 1000

/**
 * What the caller's project may have, and has: private images in any state, images that somebody has accepted, and members
 * of one image, where the image that has most counts.
 */
export function listQuotas(context: RequestContext): Quota[] {
  const { world, caller } = context
  const { projectId } = caller
  const row = (type: Quota['type'], name: QuotaName, used: number): Quota => {
    const quota = quotaOf(context, name)
    return { type, used, quota, min: MIN, max: Math.max(MAX, quota) }
  }
  return [
    row('image', 'private_images', countImagesOf(world.db, projectId)),
    row('image_shared', 'shared_images', countAcceptedImages(world.db, projectId)),
    row('image_member', 'members_per_image', mostMembers(world.db, projectId)),
  ]
}
