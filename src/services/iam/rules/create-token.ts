import type { Identity } from '../../../accounts/queries/identity.ts'
import { findToken, issueToken } from '../../../accounts/tokens.ts'
import type { World } from '../../../simulation/world.ts'
import type { Principal } from './principal.ts'
import { type ScopeWish, scopeOf } from './scope.ts'

/** A token as it is handed out, this once, and what it stands for. */
export interface NewToken {
  token: string
  identity: Identity
}

/**
 * Gives somebody a token, for as long as the world's tokens are good or for the time asked for (s), whichever is less,
 * and no longer than what he showed for it.
 */
export function createToken(
  world: World,
  principal: Principal,
  wish: ScopeWish,
  durationSeconds?: number,
): NewToken {
  const project = scopeOf(world, principal, wish)
  const { userId, domainId, agency, method, endsAt } = principal
  const { token } = issueToken(world, {
    userId,
    projectId: project?.id,
    ...(agency !== undefined && { agency: { domainId, name: agency } }),
    method,
    life: durationSeconds === undefined ? undefined : durationSeconds * 1000,
    notAfter: endsAt,
  })
  const identity = findToken(world, token)
  if (identity === undefined) throw new Error('a token that was just issued is not there')
  return { token, identity }
}
