import { describe } from 'vitest'
import { EAST } from '../../demo-world.ts'
import { expect, type TestEmulator } from '../../emulator.ts'
import { strictTest as test } from '../../tenants.ts'
import { byPassword, expectRefusal, expectUnauthenticated, newToken } from './requests.ts'

const ID = expect.stringMatching(/^[0-9a-f]{32}$/)
const links = (emulator: TestEmulator, path: string) => ({
  self: emulator.url + path,
  previous: null,
  next: null,
})

const endpoint = (region: string, url: string) => ({
  id: ID,
  interface: 'public',
  region,
  region_id: region,
  url,
})

/** What a token of a project in a region can reach. */
function catalogOf({ url }: TestEmulator, region: string) {
  const iam = [endpoint('*', `${url}/v3`), endpoint(region, `${url}/v3`)]
  return [
    { id: ID, name: 'iam', type: 'identity', endpoints: iam },
    { id: ID, name: 'cts', type: 'cts', endpoints: [endpoint(region, url)] },
    { id: ID, name: 'glance', type: 'image', endpoints: [endpoint(region, url)] },
    { id: ID, name: 'ims', type: 'ims', endpoints: [endpoint(region, url)] },
    { id: ID, name: 'eps', type: 'eps', endpoints: [endpoint('*', url)] },
  ]
}

describe('catalogue', () => {
  test('has addresses of this server, in the region of the project', async ({ emulator }) => {
    const reply = await emulator.get('/v3/auth/catalog')
    expect({ status: reply.status, body: reply.body }).toEqual({
      status: 200,
      body: { catalog: catalogOf(emulator, 'cn-north-4'), links: links(emulator, '/v3/auth/catalog') },
    })
    const east = await emulator.get('/v3/auth/catalog', EAST.as)
    expect(east.body.catalog).toEqual(catalogOf(emulator, 'cn-east-3'))
  })

  test('is the same as in a new token', async ({ emulator }) => {
    const auth = { identity: byPassword(), scope: { project: { name: 'cn-east-3' } } }
    const issued = await emulator.post('/v3/auth/tokens', { auth }, { token: null })
    expect(issued.body.token.catalog).toEqual(catalogOf(emulator, 'cn-east-3'))
    const token = issued.headers.get('x-subject-token') ?? ''
    const looked = await emulator.get('/v3/auth/tokens', { token, headers: { 'X-Subject-Token': token } })
    expect(looked.body).toEqual(issued.body)
  })

  test('for a token of the domain, contains no services of a region', async ({ emulator }) => {
    const token = await newToken(emulator, byPassword())
    const reply = await emulator.get('/v3/auth/catalog', { token })
    const url = `${emulator.url}/v3`
    expect(reply.body.catalog).toEqual([
      {
        id: ID,
        name: 'iam',
        type: 'identity',
        endpoints: [endpoint('*', url), endpoint('cn-north-4', url), endpoint('cn-east-3', url)],
      },
      { id: ID, name: 'eps', type: 'eps', endpoints: [endpoint('*', emulator.url)] },
    ])
  })

  test('has the same ids on every start', async ({ emulator }) => {
    const first = (await emulator.get('/v3/auth/catalog')).body.catalog
    await emulator.post('/_ims/reset')
    expect((await emulator.get('/v3/auth/catalog')).body.catalog).toEqual(first)
  })
})

describe('services and endpoints', () => {
  test('lists contain every service and endpoint', async ({ emulator }) => {
    const service = (id: string, name: string, type: string, description: string) => ({
      id,
      name,
      type,
      description,
      enabled: true,
      links: { self: `${emulator.url}/v3/services/${id}` },
    })
    const { catalog } = (await emulator.get('/v3/auth/catalog')).body
    const ids = catalog.map(({ id }: { id: string }) => id)
    expect((await emulator.get('/v3/services')).body).toEqual({
      services: [
        service(ids[0], 'iam', 'identity', 'Identity and Access Management'),
        service(ids[1], 'cts', 'cts', 'Cloud Trace Service'),
        service(ids[2], 'glance', 'image', 'Image Management Service'),
        service(ids[3], 'ims', 'ims', 'Image Management Service'),
        service(ids[4], 'eps', 'eps', 'Enterprise Project Management'),
      ],
      links: links(emulator, '/v3/services'),
    })
    const images = await emulator.get('/v3/services?type=image')
    expect(images.body).toEqual({
      services: [service(ids[2], 'glance', 'image', 'Image Management Service')],
      links: links(emulator, '/v3/services?type=image'),
    })
  })

  test('a service is shown by its id, as the list has it', async ({ emulator }) => {
    const [listed] = (await emulator.get('/v3/services?type=ims')).body.services
    expect((await emulator.get(`/v3/services/${listed.id}`)).body).toEqual({ service: listed })
    expectRefusal(await emulator.get('/v3/services/none'), 404, 'Could not find service: none.')
  })

  test('endpoints are filtered by the id of their service', async ({ emulator }) => {
    const [image] = (await emulator.get('/v3/services?type=image')).body.services
    const path = `/v3/endpoints?service_id=${image.id}&interface=public`
    const reply = await emulator.get(path)
    const [north, east] = reply.body.endpoints
    const whole = (id: string, region: string) => ({
      ...endpoint(region, emulator.url),
      id,
      service_id: image.id,
      enabled: true,
      links: { self: `${emulator.url}/v3/endpoints/${id}` },
    })
    expect(reply.body).toEqual({
      endpoints: [whole(north.id, 'cn-north-4'), whole(east.id, 'cn-east-3')],
      links: links(emulator, path),
    })
    expect(north.id).not.toBe(east.id)
  })

  test('every endpoint is public', async ({ emulator }) => {
    expect((await emulator.get('/v3/endpoints')).body.endpoints).toHaveLength(10)
    expect((await emulator.get('/v3/endpoints?interface=internal')).body.endpoints).toEqual([])
    expectRefusal(
      await emulator.get('/v3/endpoints?interface=secret'),
      400,
      'interface: Invalid option: expected one of "public"|"internal"|"admin"',
    )
  })

  test.for([['/v3/auth/catalog'], ['/v3/services'], ['/v3/endpoints']] as const)(
    '%s needs credentials',
    async ([path], { emulator }) => {
      expectUnauthenticated(await emulator.get(path, { token: null }), 'x-auth-token not found')
    },
  )
})

describe('version', () => {
  test.for([['/v3'], ['/v3/']] as const)('%s needs no credentials', async ([path], { emulator }) => {
    const reply = await emulator.get(path, { token: null })
    expect({ status: reply.status, body: reply.body }).toEqual({
      status: 200,
      body: {
        version: {
          id: 'v3.6',
          status: 'stable',
          updated: '2016-04-04T00:00:00Z',
          links: [{ rel: 'self', href: `${emulator.url}/v3/` }],
          'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
        },
      },
    })
  })
})
