import { describe } from 'vitest'
import { EAST } from '../../demo-world.ts'
import { expect, test } from '../../emulator.ts'
import { PARTNER } from '../../private-image.ts'
import { DOMAIN, PARTNER_DOMAIN, PROJECT } from '../../tenants.ts'
import {
  askForToken,
  byAccessKey,
  byAgency,
  byPassword,
  byToken,
  DAY,
  demoDomain,
  demoUser,
  expectRefusal,
  iamTimeAfter,
  OWNER_ROLES,
  PROJECT_SCOPE,
  partnerDomain,
  partnerUser,
  tokenOf,
} from './requests.ts'

const ELSEWHERE = { project: { name: 'eu-west-101', domain: { name: 'my-own-account' } } }

describe('in a lenient world', () => {
  test.for([
    ['password', byPassword({ name: 'me', domain: { name: 'my-own-account' } }, 'secret')],
    ['token', byToken('pasted')],
    ['hw_ak_sk', byAccessKey('PASTED', 'secret')],
  ] as const)(
    'an unknown %s is taken as the demo user, with any project',
    async ([method, identity], { emulator }) => {
      const reply = await askForToken(emulator, identity, ELSEWHERE)
      expect({ status: reply.status, body: reply.body }).toEqual({
        status: 201,
        body: {
          token: {
            catalog: [],
            methods: [method],
            issued_at: await iamTimeAfter(emulator),
            expires_at: await iamTimeAfter(emulator, DAY),
            project: { id: PROJECT, name: 'cn-north-4', domain: demoDomain },
            roles: OWNER_ROLES,
            user: demoUser,
          },
        },
      })
    },
  )

  test('an unknown user gets the named project when the demo account has it', async ({ emulator }) => {
    const east = await askForToken(emulator, byToken('pasted'), { project: { name: 'cn-east-3' } })
    expect(east.body.token.project).toEqual({ id: EAST.project, name: 'cn-east-3', domain: demoDomain })
    const domain = await askForToken(emulator, byToken('pasted'), { domain: { id: 'my-own-account' } })
    expect(domain.body.token.domain).toEqual(demoDomain)
  })

  test('a known user gets a token of its own with a wrong password', async ({ emulator }) => {
    const who = { name: 'partner', domain: { name: 'partner' } }
    const reply = await askForToken(emulator, byPassword(who, 'wrong'), { domain: { name: 'partner' } })
    expect([reply.status, reply.body.token.user, reply.body.token.domain]).toEqual([
      201,
      partnerUser,
      partnerDomain,
    ])
  })

  test('a known user gets no project of another account', async ({ emulator }) => {
    const reply = await askForToken(emulator, byPassword(), { project: { name: 'eu-west-101' } })
    expectRefusal(reply, 400, 'The project information cannot be found.')
    const other = await askForToken(emulator, byPassword(), { domain: { id: PARTNER_DOMAIN } })
    expectRefusal(other, 403, 'You are not authorized to perform the requested action.')
  })

  test("an expired token is taken as the demo user's, and gets a new token for a day", async ({
    emulator,
  }) => {
    const token = tokenOf(
      await askForToken(emulator, byPassword({ name: 'partner', domain: { name: 'partner' } })),
    )
    await emulator.advance('24h')
    const { body } = await askForToken(emulator, byToken(token), PROJECT_SCOPE)
    const { user, expires_at } = body.token
    expect({ user, expires_at }).toEqual({ user: demoUser, expires_at: await iamTimeAfter(emulator, DAY) })
  })

  test('every agency that exists can be assumed, with a token or an access key', async ({ emulator }) => {
    const signed = {
      headers: { Authorization: 'SDK-HMAC-SHA256 Access=PASTED, SignedHeaders=x, Signature=y' },
    }
    for (const sent of [{ token: 'pasted' }, signed]) {
      const reply = await askForToken(emulator, byAgency(), PROJECT_SCOPE, sent)
      expect([reply.status, reply.body.token.assumed_by]).toEqual([201, { user: demoUser }])
    }
    const unknown = await askForToken(emulator, byAgency({ xrole_name: 'nothing' }), undefined, {
      token: 'pasted',
    })
    expectRefusal(unknown, 404, 'Could not find agency: nothing.')
  })

  test('a project of any account is shown, so that OpenStack clients can share with it', async ({
    emulator,
  }) => {
    const { body } = await emulator.get(`/v3/projects/${PARTNER}`)
    expect(body.project).toMatchObject({ id: PARTNER, domain_id: PARTNER_DOMAIN })
    expect((await emulator.get('/v3/projects/nowhere')).status).toBe(404)
  })

  test('an unknown user gets the projects of the demo account, with any account in the filter', async ({
    emulator,
  }) => {
    const sent = { token: 'pasted' }
    const path = '/v3/projects?name=cn-north-4&domain_id=my-own-account'
    const { body } = await emulator.get(path, sent)
    expect(body.projects.map(({ id }: { id: string }) => id)).toEqual([PROJECT])
    const created = await emulator.post(
      '/v3/projects',
      { project: { name: 'cn-north-4_mine', domain_id: 'my-own-account' } },
      sent,
    )
    expect([created.status, created.body.project.domain_id]).toEqual([201, DOMAIN])
    const own = await emulator.get('/v3/auth/projects', { token: 'newcomer-token' })
    expect(own.body.projects).toHaveLength(3)
  })

  test('validating a token that was never issued is answered 404', async ({ emulator }) => {
    const reply = await emulator.get('/v3/auth/tokens', { headers: { 'X-Subject-Token': 'pasted' } })
    expectRefusal(reply, 404, 'The token could not be found.')
  })
})
