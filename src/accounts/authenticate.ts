import type { CodedRefusal, CodedRefusalParts } from '../lib/errors.ts'
import { wireMillis } from '../lib/time.ts'
import type { World } from '../simulation/world.ts'
import { type Caller, callerOf, demoCaller, isGoodFor, type NamedPlace } from './caller.ts'
import { openSecretKey } from './credentials.ts'
import { gatewayError } from './gateway-errors.ts'
import { findIdentity, type Identity } from './queries/identity.ts'
import { findProject } from './queries/projects.ts'
import { findToken, hasExpired, hashToken } from './tokens.ts'

const GATEWAY_SENTENCE = 'Incorrect IAM authentication information'

/** The gateway lets nobody in without saying why. */
export function notAuthenticated(reason: string, fields?: CodedRefusalParts['fields']): CodedRefusal {
  const text = `${GATEWAY_SENTENCE}: ${reason}`
  return gatewayError('APIGW.0301', { reason }, { text, ...(fields && { fields }) })
}

/**
 * The caller behind a token. Where authentication is lenient an unknown token stands for the demo user, so that whatever
 * somebody pastes works; where it is strict a token must have been issued, not revoked, and not have ended.
 */
export function callerWithToken(world: World, token: string, region?: string): Caller {
  const identity = findToken(world, token)
  if (world.auth.mode === 'lenient')
    return identity === undefined ? demoCaller(world, region) : callerOf(world, identity, { region })
  if (identity === undefined) throw notAuthenticated('decrypt token fail')
  checkEnd(world, identity)
  return callerOf(world, identity, { region })
}

/** The caller with a token that is good; undefined for any other. */
export function callerWithIssuedToken(world: World, token: string): Caller | undefined {
  const identity = findToken(world, token)
  const good = identity?.user.enabled && !hasExpired(world, identity)
  return good ? callerOf(world, identity) : undefined
}

/** The caller that an access key names, where nobody asks for proof; an unknown one stands for the demo user. */
export function callerWithAccessKey(world: World, accessKey: string, place: NamedPlace = {}): Caller {
  const identity = findIdentity(world.db, 'access_key', accessKey)
  return identity === undefined ? demoCaller(world, place.region) : callerOf(world, identity, place)
}

/** What is known of an access key: whose it is, and the secret key that its signatures are checked with. */
export interface SigningKey {
  identity: Identity
  secretKey: string
}

/**
 * The key that a signature is to be checked with. A temporary one must come with its security token and not have ended.
 * @throws CodedRefusal APIGW.0301 with the gateway's reason.
 */
export function signingKey(world: World, accessKey: string, securityToken: string | undefined): SigningKey {
  const identity = findIdentity(world.db, 'access_key', accessKey)
  const { secret = null, securityToken: wanted = null } = identity?.credential ?? {}
  const bare = wanted !== null && securityToken === undefined
  if (identity === undefined || secret === null || bare) throw notAuthenticated(`ak ${accessKey} not exist`)
  if (wanted !== null && wanted !== hashToken(securityToken ?? ''))
    throw notAuthenticated('verify securityToken fail')
  checkEnd(world, identity)
  return { identity, secretKey: openSecretKey(world, secret) }
}

/**
 * The caller of a verified signature: in the project that a header names, which must be one of its domain, or else in the
 * one in the path, or else in that of the region, or else in its own. A foreign project in a path is the call's own to refuse.
 */
export function signedCaller(
  world: World,
  { identity }: SigningKey,
  projectId: string | undefined,
  place: NamedPlace,
): Caller {
  const named = projectId === undefined ? undefined : findProject(world.db, projectId)
  if (projectId !== undefined && (named === undefined || !isGoodFor(world, identity, named)))
    throw notAuthenticated(`project ${projectId} is none that ak ${identity.credential.id} is good for`)
  return callerOf(world, identity, { ...place, ...(projectId !== undefined && { projectId }) })
}

function checkEnd(world: World, identity: Identity): void {
  const { expiresAt } = identity.credential
  if (hasExpired(world, identity) && expiresAt !== null)
    throw notAuthenticated(`token expires, expires_at: ${wireMillis(expiresAt).replace('Z', '000Z')}`)
  if (!identity.user.enabled) throw notAuthenticated('Unauthorized')
}
