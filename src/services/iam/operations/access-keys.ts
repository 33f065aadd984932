import { z } from 'zod'
import { callerOf, ok, operation } from '../../../contract/operation.ts'
import { listAccessKeys } from '../rules/access-keys.ts'
import { IamTime, iamTime } from './wire.ts'

const AccessKeyWire = z.strictObject({
  user_id: z.string(),
  access: z.string(),
  status: z.literal('active'),
  create_time: IamTime,
  description: z.string(),
})

/** The secret key was shown once, to whoever made it, and never is again. */
export const listPermanentAccessKeys = operation({
  id: 'ListPermanentAccessKeys',
  method: 'GET',
  path: '/v3.0/OS-CREDENTIAL/credentials',
  summary: 'List the access keys of a user',
  request: z.object({ query: z.object({ user_id: z.string().optional() }) }),
  responses: { 200: z.strictObject({ credentials: z.array(AccessKeyWire) }) },
  handle(call, { query }) {
    const keys = listAccessKeys(call.world, callerOf(call), query.user_id, call.authorize)
    return ok({
      credentials: keys.map(({ id, userId, issuedAt }) => ({
        user_id: userId,
        access: id,
        status: 'active',
        create_time: iamTime(issuedAt ?? 0),
        description: '',
      })),
    })
  },
})
