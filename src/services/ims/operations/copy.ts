import { z } from 'zod'
import { contextOf, ok, operation } from '../../../contract/operation.ts'
import { orFail } from '../errors.ts'
import { copyImage } from '../images/copy.ts'
import { copyImageAcrossRegions } from '../images/copy-across-regions.ts'
import { Description, EnterpriseProjectId, ImageName, JobCreated, KeyId } from './fields.ts'

const ImageParams = z.object({ image_id: z.string() })

export const copyImageInRegion = operation({
  id: 'CopyImageInRegion',
  method: 'POST',
  path: '/v1/cloudimages/{image_id}/copy',
  summary: 'Copy an image within the region, encrypted with a key or not at all',
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
  handle: (call, { params, body }) =>
    ok({
      job_id: copyImage(contextOf(call), {
        imageId: params.image_id,
        name: body.name,
        description: body.description,
        keyId: body.cmk_id,
        enterpriseProjectId: body.enterprise_project_id,
      }),
    }),
})

export const copyImageCrossRegion = operation({
  id: 'CopyImageCrossRegion',
  method: 'POST',
  path: '/v1/cloudimages/{image_id}/cross_region_copy',
  summary: 'Copy an image into a project of another region',
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
      vault_id: z.string(orFail('IMG.0184')).min(1, orFail('IMG.0184')).optional(),
    }),
  }),
  responses: { 200: JobCreated },
  handle: (call, { params, body }) =>
    ok({
      job_id: copyImageAcrossRegions(contextOf(call), {
        imageId: params.image_id,
        name: body.name,
        description: body.description,
        region: body.region,
        projectName: body.project_name,
        agencyName: body.agency_name,
        vaultId: body.vault_id,
      }),
    }),
})
