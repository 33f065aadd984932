import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type StartedEmulator, startEmulator } from '../../src/index.ts'

let emulator: StartedEmulator
beforeAll(async () => {
  emulator = await startEmulator({ clock: { rate: 0 }, allowedHosts: ['Build.example.org'] })
})
afterAll(() => emulator.close())

interface Sent {
  method?: string
  headers?: Record<string, string>
  body?: string
}

/** Sends a request with headers that fetch does not let a test choose. */
async function send(path: string, { method = 'GET', headers = {}, body }: Sent = {}) {
  const sent = httpRequest(emulator.url + path, { method, headers })
  sent.end(body)
  const [response] = await once(sent, 'response')
  const answer = await text(response)
  return { status: Number(response.statusCode), type: response.headers['content-type'], answer }
}

const detailOf = ({ answer }: { answer: string }): string => JSON.parse(answer).detail
const ownOrigin = () => `http://127.0.0.1:${emulator.port}`

describe('the Host of a request', () => {
  const services = [
    ['IMS', '/v2/cloudimages?limit=1'],
    ['Glance', '/v2/images?limit=1'],
    ['IAM', '/v3/projects'],
    ['the control plane', '/_ims/info'],
    ['the control plane of a world', '/_ims/worlds/default/clock'],
    ['a world that does not exist', '/w/nothing/v2/images'],
    ['a path that does not exist', '/nothing'],
  ] as const

  test.each(services)('is refused for %s when a page can have resolved it', async (_service, path) => {
    for (const host of [
      'evil.example',
      'evil.example:7878',
      '127.0.0.1.evil.example',
      'myhuaweicloud.com.evil.example',
    ]) {
      const refusal = await send(path, { headers: { Host: host, 'X-Auth-Token': 'demo-token' } })
      expect([refusal.status, refusal.type]).toEqual([403, 'application/problem+json'])
      expect(detailOf(refusal)).toBe(
        `the emulator does not answer to the Host ${host.replace(':7878', '')}; allow it with --allow-host (IMS_ALLOW_HOST)`,
      )
    }
  })

  test.each([
    'localhost',
    'LOCALHOST:80',
    'localhost.',
    'ims.localhost:7878',
    '127.0.0.1',
    '127.8.9.1:1',
    '192.0.2.7',
    '[::1]:7878',
    '[2001:db8::1]',
    'emulator',
    'ims.cn-north-4.myhuaweicloud.com',
    'ims.eu-west-101.myhuaweicloud.eu:443',
    'build.example.org',
    'BUILD.example.org:8080',
  ])('may be %s', async (host) => {
    const headers = { Host: host, 'X-Auth-Token': 'demo-token' }
    expect((await send('/v2/cloudimages?limit=1', { headers })).status).toBe(200)
    expect((await send('/_ims/info', { headers })).status).toBe(200)
  })

  test.each(['/_ims/health', '/_ims/ready', '/metrics'])('may be any for %s', async (path) => {
    expect((await send(path, { headers: { Host: 'evil.example' } })).status).toBe(200)
  })

  test('does not exist in process', async () => {
    await using inProcess = await startEmulator({ listen: false })
    expect((await inProcess.fetch('/v2/cloudimages?limit=1')).status).toBe(200)
    expect(
      (await inProcess.fetch(new Request('http://a.name.of.ours/_ims/reset', { method: 'POST' }))).status,
    ).toBe(204)
  })
})

describe('a write of a web page to the control plane', () => {
  const reset = (headers: Record<string, string>) => send('/_ims/reset', { method: 'POST', headers })

  test.each([
    ['a sandboxed frame or a file', 'null'],
    ['another site', 'https://evil.example'],
    ['a public address', 'http://192.0.2.7'],
    ['a container', 'http://emulator'],
    ['another port of this machine', 'http://127.0.0.1:1'],
    ['another name of this machine', 'http://localhost'],
    ['an extension', 'chrome-extension://abcdefgh'],
    ['something that is no URL', 'evil'],
    ['an allowed name in front of another', 'https://build.example.org.evil.example'],
  ])('is refused from %s', async (_page, origin) => {
    const refusal = await reset({ Origin: origin })
    expect([refusal.status, detailOf(refusal)]).toEqual([
      403,
      `the control plane does not answer to pages with Origin: ${origin}; allow their host with --allow-host (IMS_ALLOW_HOST)`,
    ])
  })

  test.each(['cross-site', 'same-site'])('is refused with Sec-Fetch-Site: %s', async (site) => {
    expect((await reset({ 'Sec-Fetch-Site': site })).status).toBe(403)
    expect((await reset({ 'Sec-Fetch-Site': site, Origin: ownOrigin() })).status).toBe(403)
    expect((await send('/_ims/info', { headers: { 'Sec-Fetch-Site': site } })).status).toBe(200)
  })

  test('is answered from a page of the emulator itself and of an allowed host', async () => {
    expect((await reset({ Origin: ownOrigin(), 'Sec-Fetch-Site': 'same-origin' })).status).toBe(204)
    expect(
      (await reset({ Origin: 'https://build.example.org', 'Sec-Fetch-Site': 'cross-site' })).status,
    ).toBe(204)
    expect((await reset({ Origin: 'http://localhost', Host: 'localhost:80' })).status).toBe(204)
    expect((await reset({ 'Sec-Fetch-Site': 'none' })).status).toBe(204)
    expect((await reset({})).status).toBe(204)
  })

  test('changes nothing when it is refused', async () => {
    const clock = async () => JSON.parse((await send('/_ims/clock')).answer).now
    const before = await clock()
    const body = '{"by":"1h"}'
    const headers = { Origin: 'null', 'Content-Type': 'application/json' }
    expect((await send('/_ims/clock/advance', { method: 'POST', headers, body })).status).toBe(403)
    expect(await clock()).toBe(before)
  })

  test.each([undefined, 'text/plain', 'application/x-www-form-urlencoded', 'text/plain; a=application/json'])(
    'needs a media type that makes the browser ask first, and %s is none',
    async (type) => {
      const typed = type === undefined ? undefined : { 'Content-Type': type }
      const ofPage = { Origin: ownOrigin(), ...typed }
      const advance = (headers: Record<string, string>) =>
        send('/_ims/clock/advance', { method: 'POST', headers, body: '{"by":"1s"}' })
      const refusal = await advance(ofPage)
      expect([refusal.status, detailOf(refusal)]).toEqual([
        415,
        expect.stringMatching(/^a browser must send this body as application\/json, not /),
      ])
      expect((await advance({ ...ofPage, 'Content-Type': 'application/json; charset=utf-8' })).status).toBe(
        200,
      )
      // A program is no browser.
      expect((await advance({ ...typed })).status).toBe(200)
    },
  )

  test.each(['application/json', 'application/yaml', 'text/yaml'])(
    'may be a scenario as %s',
    async (type) => {
      const headers = { Origin: ownOrigin(), 'Content-Type': type }
      const sent = { method: 'PUT', headers, body: '{"extends": "instant"}' }
      expect((await send('/_ims/scenario', sent)).status).toBe(200)
      const plain = { ...sent, headers: { ...headers, 'Content-Type': 'text/plain' } }
      expect((await send('/_ims/scenario', plain)).status).toBe(415)
    },
  )
})
