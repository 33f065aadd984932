import { describe } from 'vitest'
import { expect, type TestEmulator } from '../../emulator.ts'
import { asNewcomer, asReader, PROJECT, strictTest as test } from '../../tenants.ts'
import {
  byPassword,
  byToken,
  DAY,
  demoDomain,
  demoUser,
  expectRefusal,
  expectUnauthenticated,
  iamTimeAfter,
  newToken,
  OWNER_ROLES,
  PROJECT_SCOPE,
} from './requests.ts'

const UNKNOWN = 'The token could not be found.'
const about = (subject: string, token: string | null = 'demo-token') => ({
  token,
  headers: { 'X-Subject-Token': subject },
})

const look = (emulator: TestEmulator, subject: string, token?: string | null) =>
  emulator.get('/v3/auth/tokens?nocatalog=1', about(subject, token))
const check = (emulator: TestEmulator, subject: string, token?: string | null) =>
  emulator.request('HEAD', '/v3/auth/tokens', about(subject, token))
const revoke = (emulator: TestEmulator, subject: string, token?: string | null) =>
  emulator.delete('/v3/auth/tokens', undefined, about(subject, token))

describe('own token', () => {
  test('is shown as when it was issued', async ({ emulator }) => {
    const token = await newToken(emulator, byPassword(), PROJECT_SCOPE)
    const issued = await iamTimeAfter(emulator)
    await emulator.advance('1h')
    const reply = await look(emulator, token, token)
    expect({ status: reply.status, body: reply.body }).toEqual({
      status: 200,
      body: {
        token: {
          catalog: [],
          methods: ['password'],
          issued_at: issued,
          expires_at: await iamTimeAfter(emulator, DAY - 3600),
          project: { id: PROJECT, name: 'cn-north-4', domain: demoDomain },
          roles: OWNER_ROLES,
          user: demoUser,
        },
      },
    })
    expect(reply.headers.get('x-subject-token')).toBe(token)
  })

  test('of a fixture is shown with the latest expiry that clients can parse', async ({ emulator }) => {
    const reply = await look(emulator, 'demo-token')
    expect([reply.status, reply.body.token.expires_at]).toEqual([200, '9999-12-31T23:59:59.000000Z'])
  })

  test('is checked with HEAD, without a body', async ({ emulator }) => {
    const reply = await check(emulator, 'demo-token')
    expect([reply.status, reply.text, reply.headers.get('x-subject-token')]).toEqual([200, '', 'demo-token'])
    expect((await check(emulator, 'made-up')).status).toBe(404)
  })

  test('that is revoked is refused from then on', async ({ emulator }) => {
    const token = await newToken(emulator, byPassword(), PROJECT_SCOPE)
    const revoked = await revoke(emulator, token, token)
    expect([revoked.status, revoked.text]).toEqual([204, ''])
    expectUnauthenticated(await emulator.get('/v2/cloudimages', { token }), 'decrypt token fail')
    expectRefusal(await look(emulator, token), 404, UNKNOWN)
    expectRefusal(await revoke(emulator, token), 404, UNKNOWN)
  })

  test('that is revoked leaves other tokens valid', async ({ emulator }) => {
    const first = await newToken(emulator, byPassword())
    const second = await newToken(emulator, byToken(first))
    await revoke(emulator, first)
    expect((await check(emulator, second)).status).toBe(200)
  })

  test('that has expired is answered 404, and can still be revoked', async ({ emulator }) => {
    const token = await newToken(emulator, byPassword())
    await emulator.advance('24h')
    expectRefusal(await look(emulator, token), 404, UNKNOWN)
    expect((await revoke(emulator, token)).status).toBe(204)
  })
})

describe('token of another user', () => {
  test('can be validated and revoked by the security administrator of the account', async ({ emulator }) => {
    const reply = await look(emulator, asReader.token)
    expect([reply.status, reply.body.token.user.name]).toEqual([200, 'reader'])
    expect((await revoke(emulator, asReader.token)).status).toBe(204)
    expectUnauthenticated(await emulator.get('/v2/cloudimages', asReader), 'decrypt token fail')
  })

  test('is refused to a caller without the right', async ({ emulator }) => {
    const refused = (action: string) => `Policy doesn't allow ${action} to be performed.`
    const looked = await look(emulator, asReader.token, asNewcomer.token)
    expectRefusal(looked, 403, refused('iam:tokens:validateToken'))
    const revoked = await revoke(emulator, asReader.token, asNewcomer.token)
    expectRefusal(revoked, 403, refused('iam:tokens:revokeToken'))
    expect((await check(emulator, asReader.token)).status).toBe(200)
  })

  test('cannot be validated by a tenant administrator, who may read everything else of identities', async ({
    emulator,
  }) => {
    expect((await look(emulator, 'demo-token', 'demo-east-token')).status).toBe(403)
  })

  test('of another account is answered 404', async ({ emulator }) => {
    expectRefusal(await look(emulator, 'partner-token'), 404, UNKNOWN)
    expectRefusal(await revoke(emulator, 'partner-token'), 404, UNKNOWN)
    expect((await check(emulator, 'partner-token', 'partner-token')).status).toBe(200)
  })
})

describe('validating a token is refused', () => {
  test('without credentials of the caller', async ({ emulator }) => {
    expectUnauthenticated(await look(emulator, 'demo-token', null), 'x-auth-token not found')
    expectUnauthenticated(await look(emulator, 'demo-token', 'made-up'), 'decrypt token fail')
  })

  test('without X-Subject-Token', async ({ emulator }) => {
    expectRefusal(await emulator.get('/v3/auth/tokens'), 400, 'X-Subject-Token is invalid in the request.')
  })
})
