import { createReadStream } from 'node:fs'
import { z } from 'zod'
import { contextOf, ok, operation } from '../../../contract/operation.ts'
import { checkRegister, registerImage as submitRegister } from '../images/register.ts'
import { ImportUrl, JobCreated } from './fields.ts'

export const registerImage = operation({
  id: 'RegisterImage',
  method: 'PUT',
  path: '/v1/cloudimages/{image_id}/upload',
  summary: 'Fill an image that is only described so far from a file in a bucket',
  actions: ['ims:images:upload'],
  byEnterpriseProject: true,
  request: z.object({
    params: z.object({ image_id: z.string() }),
    body: z.object({ image_url: ImportUrl }),
  }),
  responses: { 200: JobCreated },
  async handle(call, { params, body }) {
    const { world } = call
    const context = contextOf(call)
    const request = { imageId: params.image_id, source: body.image_url }
    const { located } = checkRegister(context, request)
    const blobId = world.chance.uuid('blob')
    const received = await world.blobs.receive(blobId, createReadStream(located.path))
    try {
      return ok({
        job_id: submitRegister(context, request, located, { ...received, blobId }),
      })
    } catch (error) {
      world.blobs.remove(blobId)
      throw error
    }
  },
})
