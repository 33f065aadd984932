import { describe } from 'vitest'
import { EAST } from '../../demo-world.ts'
import { expect, type Reply, type TestEmulator } from '../../emulator.ts'
import { addImages, asPartner, PARTNER } from '../../private-image.ts'
import { asReader, DOMAIN, PARTNER_DOMAIN, PROJECT, strictTest as test } from '../../tenants.ts'
import { byAgency, expectRefusal, expectUnauthenticated, iamTimeAfter } from './requests.ts'
import { DEMO_KEY, type Key, signedGet } from './signed.ts'

const PATH = '/v3.0/OS-CREDENTIAL/securitytokens'
const ask = (emulator: TestEmulator, identity: unknown, sent = {}, scope?: unknown) =>
  emulator.post(PATH, { auth: { identity, ...(scope !== undefined && { scope }) } }, sent)
const forMyself = (token: object = {}) => ({ methods: ['token'], token })

function keyOf({ body }: Reply): Required<Key> {
  const { access: accessKey, secret: secretKey, securitytoken: securityToken } = body.credential
  return { accessKey, secretKey, securityToken }
}

const namesOf = (body: { images: { name: string }[] }) => body.images.map(({ name }) => name)
const IMAGES = '/v2/cloudimages?__imagetype=private'

describe('temporary access key of a user', () => {
  test('is valid for a quarter of an hour', async ({ emulator }) => {
    const reply = await ask(emulator, { methods: ['token'] })
    expect({ status: reply.status, body: reply.body }).toEqual({
      status: 201,
      body: {
        credential: {
          access: expect.stringMatching(/^[A-Z0-9]{20}$/),
          secret: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
          securitytoken: expect.stringMatching(/^[A-Za-z0-9]{256}$/),
          expires_at: await iamTimeAfter(emulator, 900),
        },
      },
    })
  })

  test('signs requests with the rights of its user, together with its security token, until it expires', async ({
    emulator,
  }) => {
    await addImages(emulator, { name: 'mine' })
    const key = keyOf(await ask(emulator, forMyself({ duration_seconds: 3600 }), asReader))
    const seen = await signedGet(emulator, IMAGES, key)
    expect([seen.status, namesOf(seen.body)]).toEqual([200, ['mine']])
    expect((await signedGet(emulator, '/v3/users', key)).status).toBe(403)
    const { accessKey, secretKey } = key
    expect((await signedGet(emulator, IMAGES, { accessKey, secretKey })).body.error_code).toBe('APIGW.0301')
    const other = { accessKey, secretKey, securityToken: 'another' }
    expect((await signedGet(emulator, IMAGES, other)).body.error_code).toBe('APIGW.0301')
    await emulator.advance('1h')
    expect((await signedGet(emulator, IMAGES, key)).body.error_code).toBe('APIGW.0301')
  })

  test('differs from the one before', async ({ emulator }) => {
    const first = keyOf(await ask(emulator, forMyself()))
    const second = keyOf(await ask(emulator, forMyself()))
    expect(first.accessKey).not.toBe(second.accessKey)
    expect(first.secretKey).not.toBe(second.secretKey)
    expect(first.securityToken).not.toBe(second.securityToken)
  })
})

describe('temporary access key of an agency', () => {
  test("signs requests with the rights of the agency in the other account, in the caller's region", async ({
    emulator,
  }) => {
    await addImages(emulator, { name: 'north' }, { name: 'east', owner: EAST.project })
    const key = keyOf(await ask(emulator, byAgency({ duration_seconds: 3600 }), asPartner))
    const seen = await signedGet(emulator, IMAGES, key)
    expect([seen.status, namesOf(seen.body)]).toEqual([200, ['north']])
    const domains = await signedGet(emulator, '/v3/auth/domains', key)
    expect(domains.body.domains[0].id).toBe(DOMAIN)
    expect((await signedGet(emulator, '/v3/users', key)).status).toBe(403)
  })

  test('can be requested for a project', async ({ emulator }) => {
    await addImages(emulator, { name: 'north' }, { name: 'east', owner: EAST.project })
    const key = keyOf(await ask(emulator, byAgency(), asPartner, { project: { id: EAST.project } }))
    expect(namesOf((await signedGet(emulator, IMAGES, key)).body)).toEqual(['east'])
  })

  test('acts in a project that the agency was given', async ({ emulator }) => {
    await addImages(emulator, { name: 'north' }, { name: 'east', owner: EAST.project })
    const agency = {
      name: 'east_only',
      domain_id: DOMAIN,
      trusted_domain_id: PARTNER_DOMAIN,
      projects: [EAST.project],
      roles: ['IMS ReadOnlyAccess'],
    }
    await emulator.post('/_ims/fixtures', { agencies: [agency] })
    const key = keyOf(await ask(emulator, byAgency({ xrole_name: 'east_only' }), asPartner))
    expect(namesOf((await signedGet(emulator, IMAGES, key)).body)).toEqual(['east'])
  })

  test("is refused for an agency without projects, because it would act in the caller's own project", async ({
    emulator,
  }) => {
    const agency = { name: 'nowhere', domain_id: DOMAIN, trusted_domain_id: PARTNER_DOMAIN, projects: [] }
    await emulator.post('/_ims/fixtures', { agencies: [agency] })
    const reply = await ask(emulator, byAgency({ xrole_name: 'nowhere' }), asPartner)
    expectRefusal(reply, 400, 'The project information cannot be found.')
  })

  test('is refused to users of other accounts and for unknown agencies', async ({ emulator }) => {
    const refused = await ask(emulator, byAgency())
    expectRefusal(refused, 403, 'You are not authorized to perform the requested action.')
    const unknown = await ask(emulator, byAgency({ xrole_name: 'nothing' }), asPartner)
    expectRefusal(unknown, 404, 'Could not find agency: nothing.')
    const foreign = await ask(emulator, byAgency(), asPartner, { project: { id: PARTNER } })
    expectRefusal(foreign, 400, 'The project information cannot be found.')
  })
})

describe('request for a temporary access key is refused', () => {
  test('without a credential', async ({ emulator }) => {
    expectUnauthenticated(await ask(emulator, forMyself(), { token: null }), 'x-auth-token not found')
  })

  test.for([
    [
      'an unsupported method',
      { methods: ['password'] },
      'auth.identity.methods must be one of token, assume_role.',
    ],
    [
      'a missing agency',
      { methods: ['assume_role'] },
      'auth.identity.assume_role is required by its method.',
    ],
    [
      'less than a quarter of an hour',
      forMyself({ duration_seconds: 899 }),
      'auth.identity.token.duration_seconds: Too small: expected number to be >=900',
    ],
    [
      'a policy of its own',
      { ...forMyself(), policy: { Version: '1.1', Statement: [] } },
      'auth.identity.policy is not supported; leave it out.',
    ],
  ] as const)('with %s', async ([, identity, sentence], { emulator }) => {
    expectRefusal(await ask(emulator, identity), 400, sentence)
  })
})

describe('access key', () => {
  test('finds the id of its project, even with the empty body that some clients send', async ({
    emulator,
  }) => {
    for (const body of ['', '{}']) {
      const reply = await signedGet(emulator, '/v3/projects?name=cn-north-4', DEMO_KEY, body)
      expect([reply.status, reply.body.projects.map(({ id }: { id: string }) => id)]).toEqual([
        200,
        [PROJECT],
      ])
    }
  })
})
