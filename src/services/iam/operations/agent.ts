import { callerWithToken, notAuthenticated } from '../../../accounts/authenticate.ts'
import type { Caller } from '../../../accounts/caller.ts'
import type { Call } from '../../../contract/operation.ts'

/**
 * Who asks for an agency's token, on a call that all others make without credentials: who signed it, or whose token it
 * shows. @throws CloudError APIGW.0301
 */
export function agentOf({ world, headers, caller }: Call): Caller {
  if (caller !== undefined) return caller
  const token = headers.get('x-auth-token') ?? ''
  if (token === '') throw notAuthenticated('x-auth-token not found')
  return callerWithToken(world, token)
}
