import { z } from 'zod'
import { contract } from '../../../contract/operation.ts'
import { orFail } from '../errors.ts'
import { Description, EnterpriseProjectId, ImageName, JobCreated, KeyId, VaultId } from './fields.ts'
import { imsTrace } from './trace.ts'

const ImageParams = z.object({ image_id: z.string() })

/**
 * Copies a private image within its region, for example to encrypt it.
 * @see https://support.huaweicloud.com/intl/en-us/api-ims/ims_03_0627_1.html Replicating an Image Within a Region
 */
export const copyImageInRegion = contract({
  id: 'CopyImageInRegion',
  method: 'POST',
  path: '/v1/cloudimages/{image_id}/copy',
  summary: 'Copy an image within the region, encrypted with a key or not at all',
  trace: imsTrace('copyImage'),
  actions: ['ims:images:copy'],
  conditionalActions: [
    {
      action: 'ims:serverImages:create',
      when: 'the copy is put into an enterprise project',
      applies: ({ body }) => body.enterprise_project_id !== undefined,
    },
  ],
  byEnterpriseProject: true,
  request: z.object({
    params: ImageParams,
    body: z.object({
      name: ImageName,
      description: Description.optional(),
      cmk_id: KeyId.optional(),
      enterprise_project_id: EnterpriseProjectId.optional(),
    }),
  }),
  responses: { 200: JobCreated },
})

/**
 * Copies a private image into another region of the same account.
 * @see https://support.huaweicloud.com/intl/en-us/api-ims/ims_03_0628.html Replicating an Image Across Regions
 */
export const copyImageCrossRegion = contract({
  id: 'CopyImageCrossRegion',
  method: 'POST',
  path: '/v1/cloudimages/{image_id}/cross_region_copy',
  summary: 'Copy an image into a project of another region',
  trace: imsTrace('copyImage'),
  actions: ['ims:images:copy'],
  byEnterpriseProject: true,
  request: z.object({
    params: ImageParams,
    body: z.object({
      name: ImageName,
      description: Description.optional(),
      region: z.string(orFail('IMG.0147')).min(1, orFail('IMG.0147')),
      project_name: z.string(orFail('IMG.0145')).min(1, orFail('IMG.0145')).optional(),
      agency_name: z.string(orFail('IMG.0001')).min(1, orFail('IMG.0001')),
      vault_id: VaultId.optional(),
    }),
  }),
  responses: { 200: JobCreated },
})
