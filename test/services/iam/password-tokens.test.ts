import { describe } from 'vitest'
import { expect } from '../../emulator.ts'
import { DOMAIN, PROJECT, READER, strictTest as test } from '../../tenants.ts'
import {
  askForToken,
  byPassword,
  DAY,
  DEMO_USER,
  demoDomain,
  demoUser,
  expectRefusal,
  iamTimeAfter,
  newToken,
  OWNER_ROLES,
  PROJECT_SCOPE,
} from './requests.ts'

const WRONG = 'The username or password is wrong.'

describe('token by password', () => {
  test("is valid for the named project and for a day of the world's time, and shows user and roles", async ({
    emulator,
  }) => {
    const reply = await askForToken(emulator, byPassword(), PROJECT_SCOPE)
    expect({ status: reply.status, body: reply.body }).toEqual({
      status: 201,
      body: {
        token: {
          catalog: [],
          methods: ['password'],
          issued_at: await iamTimeAfter(emulator),
          expires_at: await iamTimeAfter(emulator, DAY),
          project: { id: PROJECT, name: 'cn-north-4', domain: demoDomain },
          roles: OWNER_ROLES,
          user: demoUser,
        },
      },
    })
  })

  test('lists images until it expires after a day', async ({ emulator }) => {
    const token = await newToken(emulator, byPassword(), PROJECT_SCOPE)
    const listed = await emulator.get('/v2/cloudimages?limit=1', { token })
    expect({ status: listed.status, images: listed.body.images.length }).toEqual({ status: 200, images: 1 })
    await emulator.advance('24h')
    const late = await emulator.get('/v2/cloudimages?limit=1', { token })
    expect([late.status, late.body.error_code]).toEqual([401, 'APIGW.0301'])
  })

  test.for([
    ['its id', { id: DEMO_USER }],
    ['its name and the name of its domain', { name: 'demo', domain: { name: 'demo' } }],
    ['its name and the id of its domain', { name: 'demo', domain: { id: DOMAIN } }],
  ] as const)('is issued to a user that is named by %s', async ([, user], { emulator }) => {
    const reply = await askForToken(emulator, byPassword(user))
    expect([reply.status, reply.body.token.user]).toEqual([201, demoUser])
  })

  test('shows the role that a group gives', async ({ emulator }) => {
    const reply = await askForToken(emulator, byPassword({ id: READER }, 'reader-password'), PROJECT_SCOPE)
    expect(reply.body.token.roles).toEqual([
      { id: '129cef675888026cee519f73a23bf331', name: 'system_all_ims_readonly' },
    ])
  })

  test('shows a policy of the account with the id 0', async ({ emulator }) => {
    const document = { Version: '1.1', Statement: [{ Effect: 'Allow', Action: ['ims:images:list'] }] }
    await emulator.post('/_ims/fixtures', {
      policies: [{ name: 'lists-images', domain_id: DOMAIN, document }],
      users: [
        { id: 'f'.repeat(32), name: 'lister', project_id: PROJECT, password: 'p', roles: ['lists-images'] },
      ],
    })
    const reply = await askForToken(emulator, byPassword({ id: 'f'.repeat(32) }, 'p'), PROJECT_SCOPE)
    expect(reply.body.token.roles).toEqual([{ id: '0', name: 'lists-images' }])
  })

  test('contains the catalogue unless nocatalog is set', async ({ emulator }) => {
    const auth = { identity: byPassword(), scope: PROJECT_SCOPE }
    const typesAt = async (path: string) => {
      const { body } = await emulator.post(path, { auth }, { token: null })
      return body.token.catalog.map(({ type }: { type: string }) => type)
    }
    expect(await typesAt('/v3/auth/tokens')).toEqual(['identity', 'cts', 'image', 'ims', 'eps'])
    expect(await typesAt('/v3/auth/tokens?nocatalog=')).toEqual(['identity', 'cts', 'image', 'ims', 'eps'])
    expect(await typesAt('/v3/auth/tokens?nocatalog=1')).toEqual([])
  })
})

describe('a password is refused', () => {
  test('with the same message for a wrong password, an unknown user and a user without a password', async ({
    emulator,
  }) => {
    const eastUser = { name: 'demo-east', domain: { name: 'demo' } }
    for (const identity of [
      byPassword(undefined, 'another-password'),
      byPassword({ name: 'nobody', domain: { name: 'demo' } }),
      byPassword({ name: 'demo', domain: { name: 'nowhere' } }),
      byPassword({ name: 'demo', domain: { name: 'partner' } }),
      byPassword({ id: '0'.repeat(32) }),
      byPassword(eastUser, ''),
    ])
      expectRefusal(await askForToken(emulator, identity), 401, WRONG)
  })

  test('with the message that the user is disabled only when the password is right', async ({ emulator }) => {
    const user = { id: 'd'.repeat(32), name: 'gone', project_id: PROJECT, password: 'right', enabled: false }
    await emulator.post('/_ims/fixtures', { users: [user] })
    const who = { id: user.id }
    expectRefusal(await askForToken(emulator, byPassword(who, 'right')), 403, 'The user gone is disabled.')
    expectRefusal(await askForToken(emulator, byPassword(who, 'wrong')), 401, WRONG)
  })

  test('with a virtual MFA device, which is not supported', async ({ emulator }) => {
    const identity = {
      ...byPassword(),
      methods: ['password', 'totp'],
      totp: { user: { passcode: '123456' } },
    }
    const sentence = 'Virtual MFA devices are not supported; leave totp out of auth.identity.methods.'
    expectRefusal(await askForToken(emulator, identity), 400, sentence)
  })

  test('and does not occur in the reply or in the journal', async ({ emulator }) => {
    const secret = 'a-password-that-must-not-be-repeated'
    const refused = await askForToken(emulator, byPassword(undefined, secret))
    const malformed = await askForToken(emulator, { methods: ['password'], password: secret })
    const journal = await emulator.get('/_ims/journal')
    expect(refused.text + malformed.text + journal.text).not.toContain(secret)
  })
})

describe('request that breaks the contract is refused with 400', () => {
  test.for([
    ['no auth', {}, 'auth: Invalid input: expected object, received undefined'],
    [
      'no method',
      { auth: { identity: { methods: [] } } },
      'auth.identity.methods must be one of password, token, hw_ak_sk, assume_role.',
    ],
    [
      'an unknown method',
      { auth: { identity: { methods: ['saml2'] } } },
      'auth.identity.methods must be one of password, token, hw_ak_sk, assume_role.',
    ],
    [
      'a method without its field',
      { auth: { identity: { methods: ['password'] } } },
      'auth.identity.password is required by its method.',
    ],
    [
      'a name without a domain',
      { auth: { identity: byPassword({ name: 'demo' }) } },
      'auth.identity.password.user: needs an id, or a name and a domain',
    ],
    [
      'a project without a name',
      { auth: { identity: byPassword(), scope: { project: {} } } },
      'auth.scope.project: needs an id or a name',
    ],
  ] as const)('%s', async ([, body, sentence], { emulator }) => {
    expectRefusal(await emulator.post('/v3/auth/tokens', body, { token: null }), 400, sentence)
  })

  test('a body that is not JSON', async ({ emulator }) => {
    const reply = await emulator.request('POST', '/v3/auth/tokens', { token: null, body: '{"auth":' })
    expectRefusal(reply, 400, 'The body is not JSON.')
  })
})
