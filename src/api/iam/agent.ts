import { callerWithAccessKey, callerWithToken, notAuthenticated } from '../../cloud/identity/authenticate.ts'
import type { Caller } from '../../cloud/identity/caller.ts'
import { parseAuthorization } from '../../kernel/signature/authorization.ts'
import type { Call } from '../../operations/operation.ts'

/**
 * Who asks for an agency's token, on a call that all others make without credentials: whose token it shows. A signature
 * is not verified here, so the access key it names counts only where a world is lenient.
 * @throws CloudError APIGW.0301
 */
export function agentOf({ world, headers }: Call): Caller {
  const token = headers.get('x-auth-token') ?? ''
  if (token !== '') return callerWithToken(world, token)
  const signature = parseAuthorization(headers.get('authorization') ?? '')
  if (signature === undefined || world.auth.mode === 'strict')
    throw notAuthenticated('x-auth-token not found')
  return callerWithAccessKey(world, signature.accessKey, undefined)
}
