import { callerWithToken, notAuthenticated } from '../../../accounts/authenticate.ts'
import { type Caller, callerOf as callerBehind } from '../../../accounts/caller.ts'
import type { Identity } from '../../../accounts/queries/identity.ts'
import { findDomain } from '../../../accounts/queries/projects.ts'
import {
  type Call,
  callerOf,
  contextOf,
  created,
  handle,
  noContent,
  type Operation,
  ok,
  reply,
} from '../../../contract/operation.ts'
import { wireMillis } from '../../../lib/time.ts'
import { catalogFor, stableId } from '../catalog.ts'
import * as contract from '../contract/credentials.ts'
import {
  createTemporaryAccessKey,
  createToken,
  listAccessKeys,
  revokeToken,
  validateToken,
} from '../credentials.ts'
import { IamError } from '../errors.ts'
import { roleIdOf } from '../keystone/rights.ts'
import { type Principal, principalCalling, type RequestedScope, type ScopeRule } from '../principal.ts'
import {
  assumeAgency,
  type RequestedAgency,
  signInWithAccessKey,
  signInWithPassword,
  signInWithToken,
} from '../sign-in.ts'
import { renderCatalog } from './catalog.ts'

/** What an edition decides about tokens by rules of its own. */
export interface TokenRules {
  scope: ScopeRule
  /** Whether callers with the right to it may look at tokens of other domains. */
  acrossDomains: boolean
}

/** Operations about tokens. */
export const tokenOperations = ({ scope, acrossDomains }: TokenRules): readonly Operation[] => [
  handle(contract.createToken, (call, { query, body }) => {
    const { world } = call
    const { methods, password, token, hw_ak_sk, assume_role } = body.auth.identity
    const principal = signIn(methods, {
      password: () => password && signInWithPassword(world, password.user, password.user.password),
      token: () => token && signInWithToken(world, token.id),
      hw_ak_sk: () => hw_ak_sk && signInWithAccessKey(world, hw_ak_sk.access.key, hw_ak_sk.secret.key),
      assume_role: () => assume_role && assumeAgency(world, agentOf(call), requestedAgency(assume_role)),
    })
    const seconds = principal.method === 'assume_role' ? assume_role?.duration_seconds : undefined
    const made = createToken(
      world,
      principal,
      scope(world, principal, requestedScope(body.auth.scope)),
      seconds,
    )
    return reply(201, {
      body: renderToken(call, made.identity, !query.nocatalog),
      headers: { 'X-Subject-Token': made.token },
    })
  }),

  handle(contract.validateToken, (call, { query }) => {
    const token = subjectOf(call)
    const identity = validateToken(contextOf(call), token, call.authorize, acrossDomains)
    const withCatalog = !query.nocatalog && !call.headers.get('nocatalog')
    return ok(renderToken(call, identity, withCatalog), { 'X-Subject-Token': token })
  }),

  handle(contract.checkToken, (call) => {
    const token = subjectOf(call)
    validateToken(contextOf(call), token, call.authorize, acrossDomains)
    return reply(200, { headers: { 'X-Subject-Token': token } })
  }),

  handle(contract.revokeToken, (call) => {
    revokeToken(contextOf(call), subjectOf(call), call.authorize, acrossDomains)
    return noContent()
  }),
]

/** Operations about access keys. */
export const accessKeyOperations: readonly Operation[] = [
  handle(contract.createTemporaryAccessKey, (call, { body }) => {
    const caller = callerOf(call)
    const { methods, token, assume_role, policy } = body.auth.identity
    if (policy !== undefined && policy !== null)
      throw new IamError(400, 'auth.identity.policy is not supported; leave it out.')
    const principal = signIn(methods, {
      token: () => principalCalling(caller),
      assume_role: () => assume_role && assumeAgency(call.world, caller, requestedAgency(assume_role)),
    })
    const asked = principal.method === 'assume_role' ? assume_role : token
    const seconds = asked?.duration_seconds ?? DEFAULT_DURATION
    const scope = requestedScope(body.auth.scope)
    const key = createTemporaryAccessKey(call.world, principal, caller.region, scope, seconds)
    return created({
      credential: {
        access: key.accessKey,
        secret: key.secretKey,
        securitytoken: key.securityToken,
        expires_at: iamTime(key.expiresAt),
      },
    })
  }),

  handle(contract.listPermanentAccessKeys, (call, { query }) => {
    const keys = listAccessKeys(contextOf(call), query.user_id, call.authorize)
    return ok({
      credentials: keys.map(({ id, userId, issuedAt }) => ({
        user_id: userId,
        access: id,
        status: 'active',
        create_time: iamTime(issuedAt ?? 0),
        description: '',
      })),
    })
  }),
]

/** The validity of a temporary access key when the request does not say it: a quarter of an hour, s. */
const DEFAULT_DURATION = 900

/** The token that a request is about, which is not the token that authenticates it. */
function subjectOf({ headers }: Call): string {
  const token = headers.get('x-subject-token') ?? ''
  if (token === '') throw new IamError(400, 'X-Subject-Token is invalid in the request.')
  return token
}

/**
 * The caller that asks for an agency's token. The operation needs no credentials otherwise, so the pipeline has looked at a
 * signature only: a token is looked at here. @throws CodedRefusal APIGW.0301
 */
function agentOf({ world, headers, caller }: Call): Caller {
  if (caller !== undefined) return caller
  const token = headers.get('x-auth-token') ?? ''
  if (token === '') throw notAuthenticated('x-auth-token not found')
  return callerWithToken(world, token)
}

function requestedScope(scope: contract.Scope | 'unscoped' | null | undefined): RequestedScope {
  if (scope === 'unscoped') return { unscoped: true }
  return { project: scope?.project ?? undefined, domain: scope?.domain ?? undefined }
}

function requestedAgency(assumed: contract.AgencyIdentity): RequestedAgency {
  const { domain_id: id, domain_name: name, agency_name, xrole_name } = assumed
  return { domain: { id, name }, name: agency_name ?? xrole_name ?? '' }
}

/** The methods of authentication, each reading its own field of the body; undefined when the field is missing. */
type Methods<Name extends string> = Readonly<Record<Name, () => Principal | undefined>>

/**
 * Authenticates by the one method that a request names.
 * @throws IamError 400 when it names none, several or an unknown one, or when the field of the method is missing.
 */
function signIn<Name extends string>(named: readonly string[], methods: Methods<Name>): Principal {
  if (named.includes('totp'))
    throw new IamError(400, 'Virtual MFA devices are not supported; leave totp out of auth.identity.methods.')
  const [name = '', ...others] = named
  const method = new Map<string, () => Principal | undefined>(Object.entries(methods)).get(name)
  if (method === undefined || others.length > 0)
    throw new IamError(400, `auth.identity.methods must be one of ${Object.keys(methods).join(', ')}.`)
  const principal = method()
  if (principal === undefined) throw new IamError(400, `auth.identity.${name} is required by its method.`)
  return principal
}

function iamTime(ms: number): string {
  return wireMillis(ms).replace('Z', '000Z')
}

/** The end of a token that never ends: the wire requires one, and this is the last second that clients can parse. */
const NEVER = 253_402_300_799_000

/** Renders a token, as clients see it when it is issued and when it is validated. */
function renderToken(call: Call, identity: Identity, withCatalog: boolean): contract.TokenWire {
  const { credential, project } = identity
  const domain = { id: identity.domain.id, name: identity.domain.name }
  const inProject = credential.projectId !== null
  const region = inProject ? project.region : undefined
  return {
    token: {
      catalog: withCatalog ? renderCatalog(call, catalogFor(call.world, region), project.id) : [],
      expires_at: iamTime(credential.expiresAt ?? NEVER),
      issued_at: iamTime(credential.issuedAt ?? 0),
      methods: [credential.method ?? 'token'],
      ...(inProject ? { project: { id: project.id, name: project.name, domain } } : { domain }),
      roles: callerBehind(call.world, identity).roles.map((name) => ({
        id: roleIdOf(call.world, name),
        name,
      })),
      ...renderUsers(call, identity),
    },
  }
}

/** Renders the user of a token. In an agency's token the agency is the user, and the real user has assumed it. */
function renderUsers(
  { world }: Call,
  { user, domain: { id, name }, credential }: Identity,
): Pick<contract.TokenWire['token'], 'user' | 'assumed_by'> {
  const own = findDomain(world.db, user.domainId)
  const person: contract.TokenUserWire = {
    id: user.id,
    name: user.name,
    domain: { id: user.domainId, name: own?.name ?? '' },
    password_expires_at: '',
  }
  const { agencyName } = credential
  if (agencyName === null) return { user: person }
  const agency: contract.TokenUserWire = {
    id: stableId('agency', id, agencyName),
    name: `${name}/${agencyName}`,
    domain: { id, name },
    password_expires_at: '',
  }
  return { user: agency, assumed_by: { user: person } }
}
