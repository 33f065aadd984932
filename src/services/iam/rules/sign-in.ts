import { createHash, timingSafeEqual } from 'node:crypto'
import { findIdentity, findUser, findUserNamed } from '../../../accounts/queries/identity.ts'
import { findDomain, findDomainNamed } from '../../../accounts/queries/projects.ts'
import { matchesPassword, openSecretKey } from '../../../accounts/secrets.ts'
import type { UserRow } from '../../../accounts/tables.ts'
import { findToken, hasExpired } from '../../../accounts/tokens.ts'
import type { World } from '../../../simulation/world.ts'
import { IamError } from '../errors.ts'
import { type Principal, principalBehind, principalOf, type Reference, standIn } from './principal.ts'
import { wrongAccessKey, wrongPassword } from './refusals.ts'

/** A user as clients name it: by id, or by name and domain. */
export interface UserReference extends Reference {
  domain?: Reference | undefined
}

/** Kept for nobody: an unknown user costs the same work as a wrong password. */
const DECOY = `${'0'.repeat(32)}:${'0'.repeat(64)}`

/**
 * Somebody with a name and a password. Where the world is lenient no password is looked at, and who is unknown is the
 * demo user. @throws IamError 401, the same for an unknown user and a wrong password; 403 for a disabled user.
 */
export function signInWithPassword(world: World, who: UserReference, password: string): Principal {
  const user = findReferredUser(world, who)
  if (world.auth.mode === 'lenient')
    return user === undefined ? standIn(world, 'password') : principalOf(world, user, 'password')
  const matches = matchesPassword(user?.password ?? DECOY, password)
  if (user === undefined || user.password === null || !matches) throw wrongPassword()
  return principalOf(world, user, 'password')
}

function findReferredUser({ db }: World, { id, name, domain }: UserReference): UserRow | undefined {
  if (id !== undefined) return findUser(db, id)
  if (name === undefined || domain === undefined) return undefined
  const found = domain.id === undefined ? findDomainNamed(db, domain.name ?? '') : findDomain(db, domain.id)
  return found && findUserNamed(db, found.id, name)
}

/**
 * Somebody with a token. Where the world is lenient one that is unknown or has ended is the demo user's.
 * @throws IamError 401 when it was never issued, was revoked or has ended.
 */
export function signInWithToken(world: World, token: string): Principal {
  const identity = findToken(world, token)
  const ended = identity !== undefined && hasExpired(world, identity)
  if (world.auth.mode === 'lenient')
    return identity === undefined || ended
      ? standIn(world, 'token')
      : principalBehind(world, identity, 'token')
  if (identity === undefined) throw new IamError(401, 'Invalid token.')
  if (ended) throw new IamError(401, 'The token has expired.')
  return principalBehind(world, identity, 'token')
}

/**
 * Somebody with an access key and its secret key. A temporary pair is none without its security token, for which this
 * way has no place. @throws IamError 401, the same for an unknown key and a wrong secret; 403 for a disabled user.
 */
export function signInWithAccessKey(world: World, accessKey: string, secretKey: string): Principal {
  const identity = findIdentity(world.db, 'access_key', accessKey)
  const ended = identity !== undefined && hasExpired(world, identity)
  if (world.auth.mode === 'lenient')
    return identity === undefined || ended
      ? standIn(world, 'hw_ak_sk')
      : principalBehind(world, identity, 'hw_ak_sk')
  const kept = identity?.credential.secret ?? null
  const matches = sameSecret(kept === null ? '' : openSecretKey(world, kept), secretKey)
  const temporary = identity !== undefined && identity.credential.securityToken !== null
  if (identity === undefined || kept === null || temporary || ended || !matches) throw wrongAccessKey()
  return principalBehind(world, identity, 'hw_ak_sk')
}

/** Compares by hash: in the same time however much of it is right, and however long it is. */
function sameSecret(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}
