import { describe, expect, test } from 'vitest'
import { withControlKey } from '../../src/client/control-client.ts'
import { connectEmulator, startEmulator } from '../../src/index.ts'

const KEY = 'a-key-of-our-own'

async function statusOf(url: string, path: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(url + path, { method, headers })
  const text = await response.text()
  return { status: response.status, text }
}

describe('a closed control plane', () => {
  test.each([
    ['no key', {}, 'no key was sent'],
    ['another key', { Authorization: 'Bearer another' }, 'the key that was sent is another'],
    ['a key in another form', { Authorization: KEY }, 'no key was sent'],
  ])('refuses who shows %s', async (_what, headers, words) => {
    await using emulator = await startEmulator({ controlKey: KEY })
    for (const path of ['/_ims/info', '/_ims/worlds/default/clock', '/metrics']) {
      const { status, text } = await statusOf(emulator.url, path, headers)
      expect([status, JSON.parse(text).detail]).toEqual([
        401,
        `the control plane is closed, and ${words}; send Authorization: Bearer with the key of --control-key (IMS_CONTROL_KEY)`,
      ])
    }
    expect((await statusOf(emulator.url, '/_ims/reset', headers, 'POST')).status).toBe(401)
  })

  test('answers who shows its key, and probes', async () => {
    await using emulator = await startEmulator({ controlKey: KEY })
    expect((await statusOf(emulator.url, '/_ims/info', { Authorization: `Bearer ${KEY}` })).status).toBe(200)
    for (const path of ['/_ims/health', '/_ims/ready'])
      expect((await statusOf(emulator.url, path)).status).toBe(200)
  })

  test('leaves the cloud as it is, which never sees the key', async () => {
    await using emulator = await startEmulator({ controlKey: KEY, auth: { mode: 'strict' } })
    const headers = { 'X-Auth-Token': 'demo-token' }
    expect((await statusOf(emulator.url, '/v2/cloudimages?limit=1', headers)).status).toBe(200)
    const seen: (string | null)[] = []
    const send = withControlKey(async ({ headers: sent }) => {
      seen.push(sent.get('authorization'))
      return new Response()
    }, KEY)
    for (const path of ['/_ims/info', '/metrics', '/v2/cloudimages', '/w/blue/_imsomething'])
      await send(new Request(emulator.url + path))
    expect(seen).toEqual([`Bearer ${KEY}`, `Bearer ${KEY}`, null, null])
  })

  test('is open to the process that it is in, and to clients that have the key', async () => {
    await using emulator = await startEmulator({ controlKey: KEY })
    await using world = await emulator.world()
    expect((await world.clock.show()).planned).toBe(0)
    const client = await connectEmulator(emulator.url, withControlKey(fetch, KEY))
    expect((await client.worlds()).map(({ name }) => name)).toEqual(['default', world.name])
    await expect(connectEmulator(emulator.url)).rejects.toThrow(/the control plane is closed/)
  })
})
