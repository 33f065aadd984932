import { callerWithAccessKey } from '../../accounts/authenticate.ts'
import { type Caller, callerOf, demoCaller } from '../../accounts/caller.ts'
import { openSecretKey } from '../../accounts/credentials.ts'
import { findIdentity, type Identity } from '../../accounts/queries/identity.ts'
import { hasExpired, hashToken } from '../../accounts/tokens.ts'
import { hostNow } from '../../lib/time.ts'
import type { World } from '../../simulation/world.ts'
import type { Visit } from '../service.ts'
import { obsError, obsErrors } from './errors.ts'
import type { ChunkSigning } from './signature/chunks.ts'
import { parseCredential } from './signature/parse.ts'
import type { SignedRequest } from './signature/signed-request.ts'
import { verifySignature } from './signature/verify.ts'
import type { Dialect } from './wire/dialect.ts'

/** Who sent a request, and in which dialect. */
export interface Identified {
  /** Undefined for a request without a signature in a strict world. */
  caller: Caller | undefined
  dialect: Dialect
  signed: boolean
  /** What the chunks of the body are checked with. */
  chunks: ChunkSigning | undefined
}

/**
 * Finds the caller of a request by its signature, as strictly as its world does.
 * @throws CodedRefusal InvalidAccessKeyId, SignatureDoesNotMatch, RequestTimeTooSkewed, AccessDenied, InvalidArgument
 */
export function identify(
  { world, explainsAuth }: Pick<Visit, 'world' | 'explainsAuth'>,
  request: SignedRequest,
): Identified {
  const credential = parseCredential(request)
  const isLenient = world.auth.mode === 'lenient'
  if (credential === 'unreadable' && !isLenient)
    throw obsError('InvalidArgument', { why: 'the signature cannot be read' })
  if (credential === 'none' || credential === 'unreadable')
    return {
      caller: isLenient ? demoCaller(world) : undefined,
      dialect: dialectOfUnsigned(request.headers),
      signed: false,
      chunks: undefined,
    }
  const { dialect, accessKey, securityToken } = credential
  if (isLenient) {
    const caller = callerWithAccessKey(world, accessKey)
    return { caller, dialect, signed: true, chunks: undefined }
  }
  const { identity, secretKey } = keyOf(world, accessKey, securityToken)
  const verdict = verifySignature(request, credential, secretKey, [hostNow(), world.clock.now()])
  if (!verdict.valid) {
    const fields = explainsAuth ? verdict.computed : {}
    throw obsErrors.fail(verdict.code, { why: verdict.why }, { fields })
  }
  return { caller: callerOf(world, identity), dialect, signed: true, chunks: verdict.chunks }
}

/** Finds an access key with its secret. A temporary one must come with its token, and must not have ended. */
export function keyOf(
  world: World,
  accessKey: string,
  securityToken: string | undefined,
): { identity: Identity; secretKey: string } {
  const identity = findIdentity(world.db, 'access_key', accessKey)
  const { secret = null, securityToken: wanted = null } = identity?.credential ?? {}
  if (identity === undefined || secret === null || !identity.user.enabled)
    throw obsError('InvalidAccessKeyId', { accessKey })
  if (wanted !== null && wanted !== hashToken(securityToken ?? ''))
    throw obsError('InvalidAccessKeyId', {
      why: 'the key is temporary, and its security token is missing or another',
    })
  if (hasExpired(world, identity)) throw obsError('ExpiredToken', { accessKey })
  return { identity, secretKey: openSecretKey(world, secret) }
}

/** The dialect of a request without a signature: that of its headers, else OBS's own. */
function dialectOfUnsigned(headers: Headers): Dialect {
  if (/^AWS/.test(headers.get('authorization') ?? '')) return 's3'
  for (const name of headers.keys()) {
    if (name.startsWith('x-obs-')) return 'obs'
    if (name.startsWith('x-amz-')) return 's3'
  }
  return 'obs'
}
