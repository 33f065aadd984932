import type { Caller } from '../../../accounts/caller.ts'
import { deleteCredential, type Identity } from '../../../accounts/queries/identity.ts'
import { findToken, hasExpired } from '../../../accounts/tokens.ts'
import type { World } from '../../../simulation/world.ts'
import { IamError } from '../errors.ts'

/** Asks for a right to somebody else's token. @throws AccessDenied */
type Demand = (action: string) => void

/** Rights that no table names; those who may do everything with identities have them: Security Administrator. */
const LOOK = 'iam:tokens:validateToken'
const REVOKE = 'iam:tokens:revokeToken'

/**
 * What a token stands for. One's own may always be looked at, another user's of the same account with the right to it.
 * @throws IamError 404 when it was never issued, was revoked, has ended, or is another account's.
 */
export function lookAtToken(world: World, caller: Caller, token: string, demand: Demand): Identity {
  const identity = tokenWithinReach(world, caller, token, LOOK, demand)
  if (hasExpired(world, identity)) throw unknownToken()
  return identity
}

/** Ends a token now, by the same rights; one that has ended already may be revoked too. */
export function revokeToken(world: World, caller: Caller, token: string, demand: Demand): void {
  const { credential } = tokenWithinReach(world, caller, token, REVOKE, demand)
  deleteCredential(world.db, 'token', credential.id)
}

function tokenWithinReach(
  world: World,
  caller: Caller,
  token: string,
  right: string,
  demand: Demand,
): Identity {
  const identity = findToken(world, token)
  if (identity === undefined) throw unknownToken()
  const { user, domain, credential } = identity
  if (user.id === caller.userId && (credential.agencyName ?? undefined) === caller.agency) return identity
  if (caller.known && domain.id !== caller.domainId) throw unknownToken()
  demand(right)
  return identity
}

/** The token itself is never repeated. */
function unknownToken(): IamError {
  return new IamError(404, 'The token could not be found.')
}
