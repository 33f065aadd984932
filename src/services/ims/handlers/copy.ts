import { contextOf, handle, type Operation, ok } from '../../../contract/operation.ts'
import { copyImageCrossRegion, copyImageInRegion } from '../contract/copy.ts'
import { copyImage } from '../images/copy.ts'
import { copyImageAcrossRegions } from '../images/copy-across-regions.ts'
import { inSafeMode } from './safe-mode.ts'

const copyInRegion = handle(copyImageInRegion, (call, { params, body }) =>
  ok({
    job_id: copyImage(contextOf(call), {
      imageId: params.image_id,
      name: body.name,
      description: body.description,
      keyId: body.cmk_id,
      enterpriseProjectId: body.enterprise_project_id,
    }),
  }),
)

const copyCrossRegion = handle(copyImageCrossRegion, (call, { params, body }) =>
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
)

export const copyOperations: readonly Operation[] = [copyInRegion, inSafeMode(copyInRegion), copyCrossRegion]
