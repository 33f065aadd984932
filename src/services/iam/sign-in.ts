import { createHash, timingSafeEqual } from 'node:crypto'
import { checkAccess } from '../../accounts/access.ts'
import type { Caller } from '../../accounts/caller.ts'
import { matchesPassword, openSecretKey } from '../../accounts/credentials.ts'
import { findAgency } from '../../accounts/queries/enterprise.ts'
import { findIdentity, findUser, findUserNamed } from '../../accounts/queries/identity.ts'
import { findDomain, findDomainNamed } from '../../accounts/queries/projects.ts'
import type { AgencyRow, DomainRow, UserRow } from '../../accounts/tables.ts'
import { findToken, hasExpired } from '../../accounts/tokens.ts'
import type { World } from '../../simulation/world.ts'
import { IamError, notAuthorized, notFound, wrongAccessKey, wrongPassword } from './errors.ts'
import { type Principal, principalBehind, principalOf, type Reference, standIn } from './principal.ts'

/** A user as clients refer to it: by id, or by name and domain. */
export interface UserReference extends Reference {
  domain?: Reference | undefined
}

/** A password hash of no user: an unknown user costs the same work as a wrong password. */
const DECOY = `${'0'.repeat(32)}:${'0'.repeat(64)}`

/**
 * Authenticates by user and password. A lenient world ignores the password, and takes an unknown user as the demo user.
 * @throws IamError 401, the same for an unknown user and a wrong password; 403 for a disabled user.
 */
export function signInWithPassword(world: World, reference: UserReference, password: string): Principal {
  const user = findReferredUser(world, reference)
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
 * Authenticates by token. A lenient world takes an unknown or expired token as the demo user's.
 * @throws IamError 401 when the token was never issued, was revoked or has expired.
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
 * Authenticates by access key and secret key. A temporary access key is refused: it needs its security token, for which this
 * method has no field.
 * @throws IamError 401, the same for an unknown key and a wrong secret; 403 for a disabled user.
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

/** Compares two secrets by hash, so that the time tells neither their lengths nor where they differ. */
function sameSecret(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

/** The agency that a request asks to assume: its name, and the domain that made it. */
export interface RequestedAgency {
  domain: Reference
  name: string
}

/** The right that the role Agent Operator gives. */
const ASSUME = 'iam:tokens:assume'

/**
 * Lets a caller act for another account. In a strict world the agency must trust the caller's account, and the caller must
 * be allowed to assume agencies; a caller that has assumed an agency cannot assume another one.
 * @throws IamError 404 when there is no such agency; 403 when it does not trust the caller's account.
 * @throws AccessDenied when the caller may not assume agencies.
 */
export function assumeAgency(world: World, caller: Caller, requested: RequestedAgency): Principal {
  const { agency, owner } = findRequestedAgency(world, requested)
  if (world.auth.mode === 'strict') {
    if (agency.trustedDomainId !== caller.userDomainId || caller.agency !== undefined) throw notAuthorized()
    checkAccess(world, caller, ASSUME, { resources: undefined, byEnterpriseProject: false, listing: false })
  }
  return {
    userId: caller.userId,
    domainId: owner.id,
    agency: agency.name,
    method: 'assume_role',
    endsAt: null,
    known: true,
  }
}

function findRequestedAgency(
  { db }: World,
  { domain: { id, name: domainName = '' }, name }: RequestedAgency,
): { agency: AgencyRow; owner: DomainRow } {
  const owner = id === undefined ? findDomainNamed(db, domainName) : findDomain(db, id)
  if (owner === undefined) throw notFound('domain', id ?? domainName)
  const agency = findAgency(db, owner.id, name)
  if (agency === undefined) throw notFound('agency', name)
  return { agency, owner }
}
