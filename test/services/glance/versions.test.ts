import { readFileSync } from 'node:fs'
import { describe } from 'vitest'
import { expect, test } from '../../emulator.ts'

const all = ['v2.2', 'v2.1', 'v2.0', 'v1.1', 'v1.0']

function version(url: string, id: string) {
  const status = id === 'v2.2' ? 'CURRENT' : id.startsWith('v2') ? 'SUPPORTED' : 'DEPRECATED'
  return { status, id, links: [{ href: `${url}/${id.slice(0, 2)}/`, rel: 'self' }] }
}

describe('the list of versions', () => {
  test('has five versions and needs no token', async ({ emulator }) => {
    const reply = await emulator.get('/', { token: null })
    expect([reply.status, reply.body]).toEqual([
      300,
      { versions: all.map((id) => version(emulator.url, id)) },
    ])
  })

  test('is answered with 200 at /versions', async ({ emulator }) => {
    const reply = await emulator.get('/versions', { token: null })
    expect([reply.status, reply.body]).toEqual([
      200,
      { versions: all.map((id) => version(emulator.url, id)) },
    ])
  })

  test.for([
    ['/v2.0', 'v2.0'],
    ['/v2', 'v2.2'],
    ['/v1', 'v1.1'],
    ['/v1.0', 'v1.0'],
  ] as const)('at %s has only %s', async ([path, id], { emulator }) => {
    const reply = await emulator.get(path, { token: null })
    expect([reply.status, reply.body]).toEqual([300, { versions: [version(emulator.url, id)] }])
  })

  test('answers 404 for an unknown version', async ({ emulator }) => {
    const reply = await emulator.get('/v9', { token: null })
    expect([reply.status, reply.body.error_code]).toEqual([404, 'APIGW.0101'])
  })
})

test.for(['image', 'images', 'member', 'members'])(
  'the schema of %s is the documented one',
  async (name, { emulator }) => {
    const file = new URL('../../../src/services/glance/rules/ims-schemas.json', import.meta.url)
    const documented = JSON.parse(readFileSync(file, 'utf8'))
    const reply = await emulator.get(`/v2/schemas/${name}`)
    expect([reply.status, reply.body]).toEqual([200, documented[`/v2/schemas/${name}`]])
  },
)

test('calls that only a stock Glance has answer 404', async ({ emulator }) => {
  for (const path of ['/v2/info/stores', '/v2/tasks', '/v2/cache', '/v2/schemas/task'])
    expect([path, (await emulator.get(path)).status]).toEqual([path, 404])
})
