import { describe } from 'vitest'
import { expect, startTestEmulator } from '../../emulator.ts'
import {
  asA,
  asAdmin,
  issued,
  MEMBER_ROLE,
  PROJECT_A,
  PROJECT_B,
  READER_ROLE,
  signIn,
  keystoneTest as test,
  UNAUTHENTICATED,
  USER_A,
} from './keystone.ts'

describe('Keystone beside a stock Glance', () => {
  test('tells its version without credentials, and Glance keeps every other path', async ({ cloud }) => {
    const anybody = { token: null }
    expect((await cloud.get('/v3', anybody)).body.version).toMatchObject({
      id: 'v3.6',
      links: [{ rel: 'self', href: `${cloud.url}/v3/` }],
    })
    expect((await cloud.get('/v3/', anybody)).status).toBe(200)
    expect((await cloud.get('/', anybody)).body.versions[0].id).toBe('v2.15')
    expect((await cloud.get('/v4', anybody)).status).toBe(300)
    expect((await cloud.get('/v3/nothing', anybody)).body.error).toEqual({
      code: 404,
      message: 'The requested URL was not found on the server.',
      title: 'Not Found',
    })
    const other = await cloud.delete('/v3/auth/projects', undefined, asA)
    expect([other.status, other.headers.get('allow'), other.body.error.title]).toEqual([
      405,
      'GET',
      'Method Not Allowed',
    ])
  })

  test('issues a token by password for the default project, whose catalogue leads to Glance', async ({
    cloud,
  }) => {
    const reply = await signIn(cloud, 'a')
    const { token } = reply.body
    expect(token).toMatchObject({
      methods: ['password'],
      project: { id: PROJECT_A, name: 'a', domain: { id: 'default', name: 'Default' } },
      user: { id: USER_A, name: 'a', domain: { id: 'default', name: 'Default' } },
      roles: [
        { id: MEMBER_ROLE, name: 'member' },
        { id: READER_ROLE, name: 'reader' },
      ],
    })
    const endpoints = token.catalog.flatMap(({ type, endpoints }: Catalogue) =>
      endpoints.map(({ interface: each, region, url }) => [type, each, region, url]),
    )
    const at = (type: string, url: string) =>
      ['public', 'internal', 'admin'].map((each) => [type, each, 'RegionOne', url])
    expect(endpoints).toEqual([...at('identity', `${cloud.url}/v3`), ...at('image', cloud.url)])
    const { body } = await cloud.post('/v2/images', { name: 'mine' }, issued(reply))
    expect(body).toMatchObject({ name: 'mine', owner: PROJECT_A })
    expect((await cloud.get(`/v2/images/${body.id}`, { token: 'tok-b' })).status).toBe(404)
  })

  test.for([
    ['a wrong password', 'a', 'wrong', undefined],
    ['an unknown user', 'nobody', 'a-password', undefined],
    ['a project in which the user has no role', 'a', 'a-password', { project: { id: PROJECT_B } }],
    ['an unknown project', 'a', 'a-password', { project: { id: 'nowhere' } }],
    ['a domain in which the user has no role', 'a', 'a-password', { domain: { id: 'default' } }],
  ] as const)('refuses a token for %s with 401', async ([, name, password, scope], { cloud }) => {
    const reply = await signIn(cloud, name, scope, password)
    expect([reply.status, reply.body.error.title]).toEqual([401, 'Unauthorized'])
    expect(reply.headers.get('x-subject-token')).toBeNull()
  })

  test('scopes a token by the name of a project and its domain, and exchanges it', async ({ cloud }) => {
    const scope = { project: { name: 'a', domain: { name: 'Default' } } }
    const first = issued(await signIn(cloud, 'a', scope))
    const identity = { methods: ['token'], token: { id: first.token } }
    const second = await cloud.post('/v3/auth/tokens', { auth: { identity, scope } }, { token: null })
    expect(second.body.token.project.id).toBe(PROJECT_A)
    expect((await cloud.get('/v2/images', issued(second))).status).toBe(200)
    const { projects } = (await cloud.get('/v3/auth/projects', first)).body
    expect(projects.map(({ id }: { id: string }) => id)).toEqual([PROJECT_A])
    const { domains } = (await cloud.get('/v3/auth/domains', first)).body
    expect(domains).toMatchObject([{ id: 'default', name: 'Default' }])
  })

  test('an unscoped token finds the projects of its user, and reaches no image service', async ({
    cloud,
  }) => {
    const reply = await signIn(cloud, 'a', 'unscoped')
    expect(reply.body.token).not.toHaveProperty('project')
    expect(reply.body.token.catalog.map(({ type }: Catalogue) => type)).not.toContain('image')
    const { projects } = (await cloud.get('/v3/auth/projects', issued(reply))).body
    expect(projects.map(({ name }: { name: string }) => name)).toEqual(['a'])
  })

  test('its administrator validates and revokes tokens of others, and they their own', async ({ cloud }) => {
    const own = issued(await signIn(cloud, 'a'))
    const subject = { headers: { 'X-Subject-Token': own.token } }
    expect((await cloud.get('/v3/auth/tokens', { ...subject, ...own })).body.token.user.id).toBe(USER_A)
    expect((await cloud.get('/v3/auth/tokens', { ...subject, token: 'tok-b' })).body.error).toEqual({
      code: 403,
      message: 'You are not authorized to perform the requested action: iam:tokens:validateToken.',
      title: 'Forbidden',
    })
    expect((await cloud.get('/v3/auth/tokens', { ...subject, ...asAdmin })).status).toBe(200)
    expect((await cloud.delete('/v3/auth/tokens', undefined, { ...subject, ...asAdmin })).status).toBe(204)
    expect((await cloud.get('/v2/images', own)).status).toBe(401)
  })

  test('refuses an unknown token in its own form', async ({ cloud }) => {
    const reply = await cloud.get('/v3/auth/projects', { token: 'demo-token' })
    expect([reply.status, reply.body, reply.headers.get('www-authenticate')]).toEqual([
      401,
      UNAUTHENTICATED,
      `Keystone uri="${cloud.url}"`,
    ])
  })

  test('a token expires on the clock of the world', async ({ cloud }) => {
    const own = issued(await signIn(cloud, 'a'))
    await cloud.advance('23h')
    expect((await cloud.get('/v2/images', own)).status).toBe(200)
    await cloud.advance('61m')
    expect((await cloud.get('/v2/images', own)).status).toBe(401)
  })
})

test('a lenient stock edition takes any token and any password, but asks for one', async () => {
  await using cloud = await startTestEmulator({ glance: 'stock' })
  expect((await cloud.get('/v2/images', { token: 'pasted' })).status).toBe(200)
  expect((await cloud.get('/v2/images', { token: null })).status).toBe(401)
  const reply = await signIn(
    cloud,
    'whoever',
    { project: { name: 'mine', domain: { name: 'Default' } } },
    'x',
  )
  expect(reply.body.token).toMatchObject({ project: { id: cloud.projectId }, user: { name: 'demo' } })
  const { body } = await cloud.post('/v2/images', { name: 'lenient' }, issued(reply))
  expect(body.owner).toBe(cloud.projectId)
  const made = await cloud.post('/v3/users', { user: { name: 'made by anybody' } }, { token: 'pasted' })
  expect(made.status).toBe(201)
})

/** A service as the catalogue of a token lists it. */
interface Catalogue {
  type: string
  endpoints: { interface: string; region: string; url: string }[]
}
