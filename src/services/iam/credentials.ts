import { sealSecretKey } from '../../accounts/credentials.ts'
import { findAgency } from '../../accounts/queries/enterprise.ts'
import {
  accessKeysOf,
  deleteCredential,
  findUser,
  type Identity,
  insertCredential,
} from '../../accounts/queries/identity.ts'
import { projectsOf } from '../../accounts/queries/projects.ts'
import type { CredentialRow } from '../../accounts/tables.ts'
import { findToken, hasExpired, hashToken, issueToken, purposeIn } from '../../accounts/tokens.ts'
import type { RequestContext } from '../../contract/call.ts'
import type { World } from '../../simulation/world.ts'
import { IamError, noSuchProject, notFound } from './errors.ts'
import { type Principal, type RequestedScope, scopeInAccount, type TokenScope } from './principal.ts'

/** A new token, which is shown this once, and the identity behind it. */
export interface NewToken {
  token: string
  identity: Identity
}

/**
 * Issues a token for a principal. It is valid for the requested time (s) or for the validity of the world's tokens, whichever
 * is shorter, and not longer than the credential that the principal presented.
 */
export function createToken(
  world: World,
  principal: Principal,
  { domainId, project }: TokenScope,
  durationSeconds?: number,
): NewToken {
  const { userId, agency, method, endsAt } = principal
  const { token } = issueToken(world, {
    userId,
    projectId: project?.id,
    ...((agency !== undefined || domainId !== principal.domainId) && { domainId }),
    agency,
    method,
    life: durationSeconds === undefined ? undefined : durationSeconds * 1000,
    notAfter: endsAt,
  })
  const identity = findToken(world, token)
  if (identity === undefined) throw new Error('a token that was just issued is not there')
  return { token, identity }
}

/** Checks a right of the caller. @throws AccessDenied */
type Authorize = (action: string) => void

/** Rights that no table of the vendor names; Security Administrator has them with everything else about identities. */
const VALIDATE = 'iam:tokens:validateToken'
const REVOKE = 'iam:tokens:revokeToken'

/**
 * Finds the identity behind a token. Callers may always validate their own tokens; for a token of another user of the
 * account, or of another one where that is allowed, they need a right.
 * @throws IamError 404 when the token was never issued, was revoked, has expired, or belongs to another account.
 */
export function validateToken(
  context: RequestContext,
  token: string,
  authorize: Authorize,
  acrossDomains: boolean,
): Identity {
  const identity = findSubject(context, token, acrossDomains, () => authorize(VALIDATE))
  if (hasExpired(context.world, identity)) throw unknownToken()
  return identity
}

/** Revokes a token, with the same rights; an expired token can be revoked too. @throws IamError 404 as `validateToken`. */
export function revokeToken(
  context: RequestContext,
  token: string,
  authorize: Authorize,
  acrossDomains: boolean,
): void {
  const { credential } = findSubject(context, token, acrossDomains, () => authorize(REVOKE))
  deleteCredential(context.world.db, 'token', credential.id)
}

/** Finds a token of the caller, or one for which the caller has a right. */
function findSubject(
  { world, caller }: RequestContext,
  token: string,
  acrossDomains: boolean,
  checkRight: () => void,
): Identity {
  const identity = findToken(world, token)
  if (identity === undefined) throw unknownToken()
  const { user, domain, credential } = identity
  if (user.id === caller.userId && (credential.agencyName ?? undefined) === caller.agency) return identity
  if (caller.known && domain.id !== caller.domainId && !acrossDomains) throw unknownToken()
  checkRight()
  return identity
}

/** The refusal does not repeat the token: it may be logged. */
function unknownToken(): IamError {
  return new IamError(404, 'The token could not be found.')
}

/** A new temporary access key, which is shown this once. It is valid only together with its security token. */
export interface TemporaryAccessKey {
  accessKey: string
  secretKey: string
  securityToken: string
  /** ms since the epoch. */
  expiresAt: number
}

/** Numbers of characters, as in the cloud. */
const SECRET_KEY_LENGTH = 40
const SECURITY_TOKEN_LENGTH = 256

/**
 * Issues a temporary access key for a number of seconds. A key of an agency acts in the requested project, or else in the
 * first project of the agency's account in the caller's region, until a request names another project.
 * @throws IamError 400 when the agency has no project.
 */
export function createTemporaryAccessKey(
  world: World,
  principal: Principal,
  region: string,
  scope: RequestedScope,
  durationSeconds: number,
): TemporaryAccessKey {
  const { userId, domainId, agency } = principal
  const project =
    scopeInAccount(world, principal, scope).project?.id ?? firstProject(world, principal, region)
  const accessKey = world.chance.accessKey(purposeIn(world, 'temporary-access-key'))
  const secretKey = world.chance.secret(purposeIn(world, 'temporary-secret-key'), SECRET_KEY_LENGTH)
  const securityToken = world.chance.secret(purposeIn(world, 'security-token'), SECURITY_TOKEN_LENGTH)
  const issuedAt = world.clock.now()
  const expiresAt = issuedAt + durationSeconds * 1000
  insertCredential(world.db, {
    id: accessKey,
    kind: 'access_key',
    userId,
    projectId: project ?? null,
    agencyDomainId: agency === undefined ? null : domainId,
    agencyName: agency ?? null,
    secret: sealSecretKey(world, secretKey),
    securityToken: hashToken(securityToken),
    issuedAt,
    expiresAt,
  })
  return { accessKey, secretKey, securityToken, expiresAt }
}

/** A key of an agency needs a project: without one it would act in the user's own project, where the agency has no rights. */
function firstProject(world: World, { domainId, agency }: Principal, region: string): string | undefined {
  if (agency === undefined) return undefined
  const given = findAgency(world.db, domainId, agency)?.projects ?? null
  const usable = projectsOf(world.db, domainId).filter(({ id }) => given === null || given.includes(id))
  const project = usable.find((one) => one.region === region) ?? usable[0]
  if (project === undefined) throw noSuchProject()
  return project.id
}

/**
 * Lists the permanent access keys of a user of the caller's account; without a user those of the caller. Callers need a right
 * for the keys of another user. An agency has no access keys.
 * @throws IamError 404 when the account has no such user.
 */
export function listAccessKeys(
  { world, caller }: RequestContext,
  userId: string | undefined,
  authorize: Authorize,
): CredentialRow[] {
  const isOwn = caller.agency === undefined && (userId === undefined || userId === caller.userId)
  if (userId === undefined && !isOwn) return []
  const id = userId ?? caller.userId
  if (!isOwn) authorize('iam:credentials:listCredentials')
  if (findUser(world.db, id)?.domainId !== caller.domainId) throw notFound('user', id)
  return accessKeysOf(world.db, id)
}
