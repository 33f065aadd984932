import { describe } from 'vitest'
import { expect } from '../../emulator.ts'
import { PROJECT, strictTest as test } from '../../tenants.ts'
import {
  askForToken,
  byAccessKey,
  byPassword,
  byToken,
  DAY,
  demoDomain,
  demoUser,
  expectRefusal,
  iamTimeAfter,
  newToken,
  OWNER_ROLES,
  PROJECT_SCOPE,
} from './requests.ts'

const KEY = 'DEMOACCESSKEY0000001'
const SECRET = 'demo-secret-key-for-the-emulator-only-01'

describe('token by token', () => {
  test('is valid for the new scope and expires with the first token', async ({ emulator }) => {
    const first = await newToken(emulator, byPassword())
    const end = await iamTimeAfter(emulator, DAY)
    await emulator.advance('10h')
    const reply = await askForToken(emulator, byToken(first), PROJECT_SCOPE)
    expect({ status: reply.status, body: reply.body }).toEqual({
      status: 201,
      body: {
        token: {
          catalog: [],
          methods: ['token'],
          issued_at: await iamTimeAfter(emulator),
          expires_at: end,
          project: { id: PROJECT, name: 'cn-north-4', domain: demoDomain },
          roles: OWNER_ROLES,
          user: demoUser,
        },
      },
    })
  })

  test('is valid for a day when the first token never expires', async ({ emulator }) => {
    const reply = await askForToken(emulator, byToken('demo-token'), PROJECT_SCOPE)
    expect([reply.status, reply.body.token.expires_at]).toEqual([201, await iamTimeAfter(emulator, DAY)])
  })

  test('is refused for a token that was never issued', async ({ emulator }) => {
    expectRefusal(await askForToken(emulator, byToken('made-up')), 401, 'Invalid token.')
  })

  test('is refused for an expired token', async ({ emulator }) => {
    const token = await newToken(emulator, byPassword())
    await emulator.advance('24h')
    expectRefusal(await askForToken(emulator, byToken(token)), 401, 'The token has expired.')
  })

  test('is refused for a token of a disabled user', async ({ emulator }) => {
    const user = {
      id: 'd'.repeat(32),
      name: 'gone',
      project_id: PROJECT,
      token: 'gone-token',
      enabled: false,
    }
    await emulator.post('/_ims/fixtures', { users: [user] })
    expectRefusal(await askForToken(emulator, byToken('gone-token')), 403, 'The user gone is disabled.')
  })
})

describe('token by access key', () => {
  test('equals a token by password', async ({ emulator }) => {
    const reply = await askForToken(emulator, byAccessKey(KEY, SECRET), PROJECT_SCOPE)
    expect({ status: reply.status, body: reply.body }).toEqual({
      status: 201,
      body: {
        token: {
          catalog: [],
          methods: ['hw_ak_sk'],
          issued_at: await iamTimeAfter(emulator),
          expires_at: await iamTimeAfter(emulator, DAY),
          project: { id: PROJECT, name: 'cn-north-4', domain: demoDomain },
          roles: OWNER_ROLES,
          user: demoUser,
        },
      },
    })
  })

  test('is refused with the same message for a wrong secret key and for an unknown access key', async ({
    emulator,
  }) => {
    const sentence = 'The access key or secret key is wrong.'
    expectRefusal(await askForToken(emulator, byAccessKey(KEY, `${SECRET}x`)), 401, sentence)
    expectRefusal(await askForToken(emulator, byAccessKey(KEY, '')), 401, sentence)
    expectRefusal(await askForToken(emulator, byAccessKey('NOBODY', SECRET)), 401, sentence)
  })

  test('is refused for a temporary access key, which needs its security token', async ({ emulator }) => {
    const asked = await emulator.post('/v3.0/OS-CREDENTIAL/securitytokens', {
      auth: { identity: { methods: ['token'] } },
    })
    const { access, secret } = asked.body.credential
    const reply = await askForToken(emulator, byAccessKey(access, secret))
    expectRefusal(reply, 401, 'The access key or secret key is wrong.')
  })
})
