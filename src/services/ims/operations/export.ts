import { z } from 'zod'
import { contextOf, ok, operation } from '../../../contract/operation.ts'
import { orFail } from '../errors.ts'
import { checkExport, exportImage as submitExport } from '../images/export.ts'
import { ExportUrl, Flag, JobCreated } from './fields.ts'

const FORMATS = ['qcow2', 'vhd', 'zvhd', 'vmdk']

const ExportBody = z
  .object({
    bucket_url: ExportUrl,
    file_format: z.string(orFail('IMG.0072')).optional(),
    is_quick_export: Flag.default(false),
  })
  .refine(
    ({ file_format, is_quick_export }) =>
      is_quick_export || (file_format !== undefined && FORMATS.includes(file_format)),
    orFail('IMG.0072'),
  )

export const exportImage = operation({
  id: 'ExportImage',
  method: 'POST',
  path: '/v1/cloudimages/{image_id}/file',
  summary: 'Export an image into a bucket',
  actions: ['ims:images:export'],
  byEnterpriseProject: true,
  request: z.object({ params: z.object({ image_id: z.string() }), body: ExportBody }),
  responses: { 200: JobCreated },
  async handle(call, { params, body }) {
    const { world } = call
    const context = contextOf(call)
    const request = { imageId: params.image_id, target: body.bucket_url, quick: body.is_quick_export }
    const { blobId } = checkExport(context, request)
    const name = world.chance.uuid('staged')
    const staged = await world.buckets.stage(world.blobs.path(blobId), request.target.bucket, name)
    try {
      return ok({ job_id: submitExport(context, request, staged) })
    } catch (error) {
      world.buckets.discard(staged)
      throw error
    }
  },
})
