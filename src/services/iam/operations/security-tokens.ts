import { z } from 'zod'
import { callerOf, operation } from '../../../contract/operation.ts'
import { IamError } from '../errors.ts'
import { assumeAgency } from '../rules/assume-agency.ts'
import { principalCalling } from '../rules/principal.ts'
import { createTemporaryAccessKey } from '../rules/temporary-access-key.ts'
import { AgencyIdentity, agencyWish, Duration, Scope, scopeWish, takeWay } from './auth-body.ts'
import { IamTime, iamTime } from './wire.ts'

const CredentialWire = z.strictObject({
  credential: z.strictObject({
    access: z.string(),
    secret: z.string(),
    securitytoken: z.string(),
    expires_at: IamTime,
  }),
})

const SecurityTokenBody = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.string()),
      /** Its id is what the header says already; the header counts. */
      token: z.object({ id: z.string().optional(), duration_seconds: Duration.optional() }).optional(),
      assume_role: AgencyIdentity.optional(),
      policy: z.unknown().optional(),
    }),
    scope: Scope.nullish(),
  }),
})

/** A quarter of an hour, s. */
const DEFAULT_DURATION = 900

export const createSecurityToken = operation({
  id: 'CreateTemporaryAccessKey',
  method: 'POST',
  path: '/v3.0/OS-CREDENTIAL/securitytokens',
  summary: 'Obtain a temporary access key for oneself or for an agency',
  request: z.object({ body: SecurityTokenBody }),
  responses: { 201: CredentialWire },
  handle(call, { body }) {
    const { world } = call
    const caller = callerOf(call)
    const { methods, token, assume_role, policy } = body.auth.identity
    if (policy !== undefined && policy !== null)
      throw new IamError(400, 'auth.identity.policy is not supported; leave it out.')
    const principal = takeWay(methods, {
      token: () => principalCalling(caller),
      assume_role: () => assume_role && assumeAgency(world, caller, agencyWish(assume_role)),
    })
    const asked = principal.method === 'assume_role' ? assume_role : token
    const key = createTemporaryAccessKey(
      world,
      principal,
      caller,
      scopeWish(body.auth.scope),
      asked?.duration_seconds ?? DEFAULT_DURATION,
    )
    return {
      status: 201,
      body: {
        credential: {
          access: key.accessKey,
          secret: key.secretKey,
          securitytoken: key.securityToken,
          expires_at: iamTime(key.expiresAt),
        },
      },
    }
  },
})
