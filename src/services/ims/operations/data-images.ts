import { z } from 'zod'
import { operation } from '../../../contract/operation.ts'
import {
  DataOsType,
  Description,
  EnterpriseProjectId,
  ImageName,
  ImportUrl,
  JobCreated,
  KeyId,
  MinDataDisk,
} from './fields.ts'
import { importInto } from './import-files.ts'
import { readWishes, tagFields } from './wishes.ts'

const CreateDataImageBody = z.object({
  name: ImageName,
  description: Description.optional(),
  image_url: ImportUrl,
  min_disk: MinDataDisk,
  os_type: DataOsType,
  cmk_id: KeyId.optional(),
  ...tagFields,
  enterprise_project_id: EnterpriseProjectId.optional(),
})

export const createDataImage = operation({
  id: 'CreateDataImage',
  method: 'POST',
  path: '/v1/cloudimages/dataimages/action',
  summary: 'Create a data disk image from a file in a bucket',
  actions: ['ims:dataImages:create'],
  byEnterpriseProject: true,
  request: z.object({ body: CreateDataImageBody }),
  responses: { 200: JobCreated },
  handle: (call, { body }) =>
    importInto(call, [
      {
        ...readWishes(body.name, body),
        source: body.image_url,
        minDisk: body.min_disk,
        quick: false,
        keyId: body.cmk_id,
        environment: 'DataImage',
        osType: body.os_type,
      },
    ]),
})
