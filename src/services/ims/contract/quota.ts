import { z } from 'zod'
import { contract, nothing } from '../../../contract/operation.ts'

const Quota = z.strictObject({
  type: z.enum(['image', 'image_shared', 'image_member']),
  used: z.int().nonnegative(),
  quota: z.int().nonnegative(),
  /** The bounds within which the quota can be set. */
  min: z.int(),
  max: z.int(),
})

/**
 * Shows how many images and members a project has and may have.
 * @see https://support.huaweicloud.com/intl/en-us/api-ims/ims_03_0630.html Querying the Image Quota
 */
export const showImageQuota = contract({
  id: 'ShowImageQuota',
  method: 'GET',
  path: '/v1/cloudimages/quota',
  summary: 'Show how many images the project may have and share, and how many it has',
  actions: ['ims:quotas:get'],
  byEnterpriseProject: true,
  request: nothing,
  responses: { 200: z.strictObject({ quotas: z.strictObject({ resources: z.array(Quota) }) }) },
})
