import { z } from 'zod'
import { contract } from '../../../contract/operation.ts'
import { safeParse } from '../../../lib/parse.ts'
import { orFail } from '../errors.ts'
import { ExportUrl, Flag, ImportUrl, JobCreated } from './fields.ts'
import { READS_FILE, WRITES_FILE } from './needed-rights.ts'
import { imsTrace } from './trace.ts'

const ImageParams = z.object({ image_id: z.string() })

/**
 * Fills an image that has only metadata from a file in a bucket.
 * @see https://support.huaweicloud.com/intl/en-us/ae-ad-1-api-ims/en-us_topic_0037131984.html Registering an Image
 */
export const registerImage = contract({
  id: 'RegisterImage',
  method: 'PUT',
  path: '/v1/cloudimages/{image_id}/upload',
  summary: 'Import a file of a bucket into an image that was created without bytes',
  trace: imsTrace('updateImage'),
  actions: ['ims:images:upload'],
  conditionalActions: [READS_FILE],
  byEnterpriseProject: true,
  request: z.object({ params: ImageParams, body: z.object({ image_url: ImportUrl }) }),
  responses: { 200: JobCreated },
})

const ExportFormat = z.enum(['qcow2', 'vhd', 'zvhd', 'vmdk', 'zvhd2'])

/** A quick export writes the format in which the cloud stores images, so that it needs none. No other export writes it. */
const ExportBody = z
  .object({
    bucket_url: ExportUrl,
    file_format: z.string(orFail('IMG.0072')).optional(),
    is_quick_export: Flag.default(false),
  })
  .transform((body, context) => {
    const format = safeParse(ExportFormat, body.file_format ?? (body.is_quick_export ? 'zvhd2' : undefined))
    const fits = format.success && (format.data === 'zvhd2') === body.is_quick_export
    if (fits) return { ...body, file_format: format.data }
    context.addIssue({ code: 'custom', message: 'IMG.0072' })
    return z.NEVER
  })

/**
 * Writes the bytes of a private image into a bucket.
 * @see https://support.huaweicloud.com/en-us/api-ims/ims_03_0609.html Exporting an Image
 */
export const exportImage = contract({
  id: 'ExportImage',
  method: 'POST',
  path: '/v1/cloudimages/{image_id}/file',
  summary: 'Export an image into a bucket',
  trace: imsTrace('exportImage'),
  actions: ['ims:images:export'],
  conditionalActions: [WRITES_FILE],
  byEnterpriseProject: true,
  request: z.object({ params: ImageParams, body: ExportBody }),
  responses: { 200: JobCreated },
})
