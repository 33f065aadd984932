import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestEmulator, type TestEmulator } from '../emulator.ts'

const PUBLIC_URL = 'https://ci.example.com/ims'
const SELF = 'the emulator itself'
const FORWARDED = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'ims.example.com' }

let plain: TestEmulator
let behindProxy: TestEmulator
let published: TestEmulator
beforeAll(async () => {
  plain = await startTestEmulator({ trustedProxies: ['10.0.0.0/8'] })
  behindProxy = await startTestEmulator({ trustedProxies: ['loopback'] })
  published = await startTestEmulator({ publicUrl: `${PUBLIC_URL}/`, trustedProxies: ['loopback'] })
})
afterAll(() => Promise.all([plain, behindProxy, published].map((emulator) => emulator.close())))

/** The addresses with which links, the catalogue and worlds begin for a request with some headers. */
async function originsOf(emulator: TestEmulator, headers: Record<string, string>): Promise<string[]> {
  const created = await emulator.post('/v2/images', { name: 'x' }, { headers })
  const { version } = (await emulator.get('/v3', { headers })).body
  const { catalog } = (await emulator.get('/v3/auth/catalog', { headers })).body
  const { worlds } = (await emulator.get('/_ims/worlds', { headers })).body
  const links: string[] = [
    created.headers.get('location'),
    version.links[0].href,
    catalog.find(({ type }: { type: string }) => type === 'image').endpoints[0].url,
    worlds[0].endpoint,
  ]
  const origins = links.map((link) => link.replace(/\/(?:v2|v3|w)\b.*$|\/$/, ''))
  return [...new Set(origins)].map((origin) => (origin === emulator.url ? SELF : origin))
}

describe('links begin with', () => {
  test('the address of the request, whatever a client says that is no trusted proxy', async () => {
    expect(await originsOf(plain, FORWARDED)).toEqual([SELF])
  })

  test('the public URL with its path, whatever proxies say', async () => {
    expect(await originsOf(published, FORWARDED)).toEqual([PUBLIC_URL])
  })

  test.each<[string, Record<string, string>, string]>([
    ['scheme and host', FORWARDED, 'https://ims.example.com'],
    ['a port', { ...FORWARDED, 'X-Forwarded-Port': '8443' }, 'https://ims.example.com:8443'],
    ['the usual port', { ...FORWARDED, 'X-Forwarded-Port': '443' }, 'https://ims.example.com'],
    [
      'Forwarded',
      { Forwarded: 'for=192.0.2.1;proto=https;host="ims.example.com:444"' },
      'https://ims.example.com:444',
    ],
    [
      'Forwarded by two proxies that are trusted',
      {
        Forwarded:
          'for=192.0.2.1;proto=https;host=outer.example, for=127.0.0.2;proto=http;host=inner.example',
      },
      'https://outer.example',
    ],
    [
      'Forwarded by a proxy behind one that is not trusted',
      {
        Forwarded:
          'for=192.0.2.1;proto=https;host=forged.example, for=192.0.2.9;proto=http;host=real.example',
      },
      'http://real.example',
    ],
    ['a scheme that is none', { 'X-Forwarded-Proto': 'javascript' }, SELF],
    ['a host with a path', { 'X-Forwarded-Host': 'evil.example/x' }, SELF],
    ['a host with credentials', { 'X-Forwarded-Host': 'user@evil.example' }, SELF],
    ['nothing that can be read', { Forwarded: ';;=,"' }, SELF],
  ])('what a trusted proxy says: %s', async (_what, headers, origin) => {
    expect(await originsOf(behindProxy, headers)).toEqual([origin])
  })
})

test('a request under the name of the public URL is answered, and one under another name is not', async () => {
  const statusUnder = async (host: string) => {
    const socket = connect(published.port, '127.0.0.1')
    socket.write(`GET /_ims/info HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    return (await text(socket)).slice(9, 12)
  }
  expect([await statusUnder('ci.example.com'), await statusUnder('other.example.com')]).toEqual([
    '200',
    '403',
  ])
})

test('a policy sees the address that a trusted proxy passes on, and no other', async () => {
  const condition = { NotIpAddress: { 'g:SourceIp': ['192.0.2.7'] } }
  const policy = {
    Version: '1.1',
    Statement: [
      { Effect: 'Allow', Action: ['ims:*:*'] },
      { Effect: 'Deny', Action: ['ims:*:*'], Condition: condition },
    ],
  }
  const statusFrom = async (emulator: TestEmulator, addresses: string) => {
    await emulator.patch('/_ims/auth', { mode: 'strict' })
    await emulator.put('/_ims/policies/0605767a7780d5e50fe5c00a6d1b1c2a/here', policy)
    await emulator.patch('/_ims/users/0605767a8880d5a41fb1c00a1d2e9f30', { roles: ['here'] })
    const headers = { 'X-Forwarded-For': addresses }
    return (await emulator.get('/v2/cloudimages?limit=1', { headers })).status
  }
  expect(await statusFrom(behindProxy, '192.0.2.7')).toBe(200)
  expect(await statusFrom(behindProxy, '192.0.2.7, 192.0.2.8')).toBe(403)
  expect(await statusFrom(plain, '192.0.2.7')).toBe(403)
})

test.each([
  [{ publicUrl: 'ims.example.com' }, 'ims.example.com is no public URL; write e.g. https://ims.example.com'],
  [{ publicUrl: 'ftp://x' }, 'ftp://x is no public URL'],
  [
    { trustedProxies: ['proxy'] },
    'proxy is no address of a proxy; write an address, a range such as 10.0.0.0/8, loopback or private',
  ],
  [{ trustedProxies: ['10.0.0.0/40'] }, '10.0.0.0/40 is no address of a proxy'],
])('a start with %j is refused with a sentence', async (options, message) => {
  await expect(startTestEmulator(options)).rejects.toThrow(message)
})
