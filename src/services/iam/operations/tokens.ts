import { z } from 'zod'
import { type Call, callerOf, noContent, nothing, ok, operation } from '../../../contract/operation.ts'
import { IamError } from '../errors.ts'
import { assumeAgency } from '../rules/assume-agency.ts'
import { createToken } from '../rules/create-token.ts'
import { signInWithAccessKey, signInWithPassword, signInWithToken } from '../rules/sign-in.ts'
import { lookAtToken, revokeToken } from '../rules/subject-token.ts'
import { agentOf } from './agent.ts'
import {
  AccessKeyIdentity,
  AgencyIdentity,
  agencyWish,
  PasswordIdentity,
  Scope,
  scopeWish,
  takeWay,
} from './auth-body.ts'
import { renderToken, TokenWire } from './token-wire.ts'

const CatalogQuery = z.object({ nocatalog: z.string().optional() })

const TokenBody = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.string()),
      password: PasswordIdentity.optional(),
      token: z.object({ id: z.string() }).optional(),
      hw_ak_sk: AccessKeyIdentity.optional(),
      assume_role: AgencyIdentity.optional(),
    }),
    scope: Scope.nullish(),
  }),
})

export const createUserToken = operation({
  id: 'KeystoneCreateToken',
  method: 'POST',
  path: '/v3/auth/tokens',
  summary: 'Obtain a token by password, token, access key or agency',
  authenticated: 'when signed',
  request: z.object({ query: CatalogQuery, body: TokenBody }),
  responses: { 201: TokenWire },
  handle(call, { query, body }) {
    const { world } = call
    const { methods, password, token, hw_ak_sk, assume_role } = body.auth.identity
    const principal = takeWay(methods, {
      password: () => password && signInWithPassword(world, password.user, password.user.password),
      token: () => token && signInWithToken(world, token.id),
      hw_ak_sk: () => hw_ak_sk && signInWithAccessKey(world, hw_ak_sk.access.key, hw_ak_sk.secret.key),
      assume_role: () => assume_role && assumeAgency(world, agentOf(call), agencyWish(assume_role)),
    })
    const seconds = principal.method === 'assume_role' ? assume_role?.duration_seconds : undefined
    const created = createToken(world, principal, scopeWish(body.auth.scope), seconds)
    return {
      status: 201,
      body: renderToken(call, created.identity, !query.nocatalog),
      headers: { 'X-Subject-Token': created.token },
    }
  },
})

export const showToken = operation({
  id: 'KeystoneValidateToken',
  method: 'GET',
  path: '/v3/auth/tokens',
  summary: 'Look at a token',
  request: z.object({ query: CatalogQuery }),
  responses: { 200: TokenWire },
  handle(call, { query }) {
    const token = subjectOf(call)
    const identity = lookAtToken(call.world, callerOf(call), token, call.authorize)
    const withCatalog = !query.nocatalog && !call.headers.get('nocatalog')
    return ok(renderToken(call, identity, withCatalog), { 'X-Subject-Token': token })
  },
})

export const checkToken = operation({
  id: 'KeystoneCheckToken',
  method: 'HEAD',
  path: '/v3/auth/tokens',
  summary: 'Check whether a token is good',
  request: z.object({ query: CatalogQuery }),
  responses: { 200: null },
  handle(call) {
    const token = subjectOf(call)
    lookAtToken(call.world, callerOf(call), token, call.authorize)
    return { status: 200, headers: { 'X-Subject-Token': token } }
  },
})

export const deleteToken = operation({
  id: 'KeystoneRevokeToken',
  method: 'DELETE',
  path: '/v3/auth/tokens',
  summary: 'Revoke a token',
  request: nothing,
  responses: { 204: null },
  handle(call) {
    revokeToken(call.world, callerOf(call), subjectOf(call), call.authorize)
    return noContent()
  },
})

/** The token that a request is about, which is not the one that it is sent with. */
function subjectOf({ headers }: Call): string {
  const token = headers.get('x-subject-token') ?? ''
  if (token === '') throw new IamError(400, 'X-Subject-Token is invalid in the request.')
  return token
}
