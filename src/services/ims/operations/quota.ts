import { z } from 'zod'
import { contextOf, nothing, ok, operation } from '../../../contract/operation.ts'
import { listQuotas } from '../quota-list.ts'

const Quota = z.strictObject({
  type: z.enum(['image', 'image_shared', 'image_member']),
  used: z.int().nonnegative(),
  quota: z.int().nonnegative(),
  min: z.int(),
  max: z.int(),
})

export const showImageQuota = operation({
  id: 'ShowImageQuota',
  method: 'GET',
  path: '/v1/cloudimages/quota',
  summary: 'Show how many images the project may have and share, and how many it has',
  actions: ['ims:quotas:get'],
  byEnterpriseProject: true,
  request: nothing,
  responses: { 200: z.strictObject({ quotas: z.strictObject({ resources: z.array(Quota) }) }) },
  handle: (call) => ok({ quotas: { resources: listQuotas(contextOf(call)) } }),
})
