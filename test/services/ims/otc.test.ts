import { test as base } from 'vitest'
import { expect, startTestEmulator, type TestEmulator } from '../../emulator.ts'
import { PROJECT } from '../../tenants.ts'
import { byPassword } from '../iam/requests.ts'

/** A test in a world of Open Telekom Cloud. */
const test = base.extend<{ otc: TestEmulator }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern to know what a fixture needs
  otc: async ({}, use) => {
    await using emulator = await startTestEmulator({ scenario: 'otc' })
    await use(emulator)
  },
})

const JSON_PATCH = { 'Content-Type': 'application/openstack-images-v2.1-json-patch' }

/** Creates an image and changes it through the OpenStack API, as the Terraform provider does. */
async function patched(emulator: TestEmulator, changes: readonly object[]) {
  const { id } = (await emulator.post('/v2/images', { name: 'x', tags: ['foo', 'bar'] })).body
  return await emulator.request('PATCH', `/v2/images/${id}`, { json: changes, headers: JSON_PATCH })
}

const replace = (name: string, value: unknown) => ({ op: 'replace', path: `/${name}`, value })

test('the OpenStack API replaces tags, together with a name', async ({ otc }) => {
  const reply = await patched(otc, [replace('name', 'y'), replace('tags', ['foo', 'baz', 'owner=me'])])
  expect([reply.status, reply.body.name, reply.body.tags.toSorted()]).toEqual([
    200,
    'y',
    ['baz', 'foo', 'owner=me'],
  ])
  const { images } = (await otc.get(`/v2/cloudimages?id=${reply.body.id}`)).body
  expect(images[0].tags.toSorted()).toEqual(['baz', 'foo', 'owner=me'])
})

test.for([
  ['private', 200],
  ['shared', 200],
  ['public', 403],
  ['community', 403],
  ['hidden', 400],
] as const)('a change of visibility to %s is answered %d', async ([value, status], { otc }) => {
  const reply = await patched(otc, [replace('visibility', value)])
  expect(reply.status).toBe(status)
})

test('tags and visibility stay reserved in the cloud itself', async () => {
  await using cloud = await startTestEmulator()
  for (const change of [replace('tags', ['x']), replace('visibility', 'private')])
    expect((await patched(cloud, [change])).status).toBe(403)
})

test('the catalogue has the types that its clients look up, with the project in their addresses', async ({
  otc,
}) => {
  const user = { name: 'demo', domain: { name: 'OTC00000000001000000001' } }
  const auth = { identity: byPassword(user), scope: { project: { name: 'eu-de_demo' } } }
  const { body } = await otc.post('/v3/auth/tokens', { auth }, { token: null })
  const project = body.token.project.id
  expect(project).not.toBe(PROJECT)
  const urls = new Map<string, string>(
    body.token.catalog.map(({ type, endpoints }: Catalogue) => [type, endpoints[0]?.url]),
  )
  expect(urls.get('compute')).toBe(`${otc.url}/v2.1/${project}`)
  expect(urls.get('volumev2')).toBe(`${otc.url}/v2/${project}`)
  expect(urls.get('network')).toBe(otc.url)
  expect(urls.get('imsv2')).toBe(`${otc.url}/v2`)
  expect(urls.get('image')).toBe(otc.url)
  const { endpoints } = (await otc.get('/v3/endpoints')).body
  expect(endpoints.map(({ url }: { url: string }) => url)).toContain(`${otc.url}/v2.1/$(project_id)s`)
})

test('a world of the cloud itself does not list them', async () => {
  await using cloud = await startTestEmulator()
  const { catalog } = (await cloud.get('/v3/auth/catalog')).body
  expect(catalog.map(({ type }: Catalogue) => type)).not.toContain('volumev2')
})

test('the emulator answers under the names of Open Telekom Cloud', async ({ otc }) => {
  const request = new Request(`${otc.url}/v2/cloudimages?limit=1`, {
    headers: { Host: 'ims.eu-de.otc.t-systems.com', 'X-Auth-Token': 'demo-token' },
  })
  expect((await otc.fetch(request)).status).toBe(200)
})

/** A service as the catalogue of a token lists it. */
interface Catalogue {
  type: string
  endpoints: { url: string }[]
}
