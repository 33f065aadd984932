import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listen } from '../../src/http/listen.ts'
import { nothingServed, startTestEmulator, type TestEmulator } from '../emulator.ts'

/* Requests byte by byte, as no client library sends them. */

let emulator: TestEmulator
beforeAll(async () => {
  emulator = await startTestEmulator()
})
afterAll(() => emulator.close())

interface RawAnswer {
  status: number
  head: string
  body: string
}

/** Sends bytes over a connection of their own and returns what comes back until the server closes it. */
async function exchange(bytes: string | Buffer): Promise<string> {
  const socket = connect(emulator.port, '127.0.0.1')
  socket.write(bytes)
  return await text(socket)
}

async function answerTo(bytes: string | Buffer): Promise<RawAnswer> {
  const answer = await exchange(bytes)
  const end = answer.indexOf('\r\n\r\n')
  return {
    status: Number(answer.slice(9, 12)),
    head: answer.slice(0, end),
    body: answer.slice(end + 4),
  }
}

const HEAD = 'Host: 127.0.0.1\r\nX-Auth-Token: demo-token\r\nConnection: close\r\n'
const LIST = '/v2/cloudimages?limit=1&name=none'
const NOTHING = '{"images":[]}'

const get = (target: string, { method = 'GET', version = '1.1', headers = '' } = {}) =>
  `${method} ${target} HTTP/${version}\r\n${HEAD}${headers}\r\n`

function post(target: string, body: string | Buffer, headers = 'Content-Type: application/json\r\n'): Buffer {
  const bytes = Buffer.from(body)
  const head = `POST ${target} HTTP/1.1\r\n${HEAD}${headers}Content-Length: ${bytes.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), bytes])
}

const chunk = (data: string, extension = '') =>
  `${Buffer.byteLength(data).toString(16)}${extension}\r\n${data}\r\n`

describe('a target', () => {
  test.each([
    ['with percent-encoded letters', '/%762/cloud%69mages?limit=1&name=none'],
    ['with a percent-encoded key of its query', '/v2/cloudimages?limit=1&%6eame=none'],
    ['of 20 kB', `${LIST}${'x'.repeat(20_000)}`],
  ])('%s is read as it is meant', async (_form, target) => {
    expect(await answerTo(get(target))).toMatchObject({ status: 200, body: NOTHING })
  })

  test('in absolute form is read as it is meant', async () => {
    expect(await answerTo(get(emulator.url + LIST))).toMatchObject({ status: 200, body: NOTHING })
  })

  test.each([
    '/v2/cloudimages/',
    '//v2/cloudimages',
    '/v2//cloudimages',
    '/v1/cloudimages/quota/',
    '/w/default//v2/cloudimages',
  ])('%s is no path of the gateway: it takes no slash more', async (target) => {
    const { status, body } = await answerTo(get(target))
    expect([status, JSON.parse(body).error_code]).toEqual([404, 'APIGW.0101'])
  })

  test.each(['/v2/images/', '/v2/images//', '/_ims/health/'])(
    '%s is no path of its service',
    async (target) => {
      expect((await answerTo(get(target))).status).toBe(404)
    },
  )

  test('/v3/ is one of the identity service, as Keystone has it', async () => {
    expect((await answerTo(get('/v3/'))).status).toBe(200)
  })
})

describe('a version of HTTP', () => {
  test('1.0 is answered, without a Host too', async () => {
    expect(await answerTo(get(LIST, { version: '1.0' }))).toMatchObject({ status: 200, body: NOTHING })
    expect((await answerTo(`GET ${LIST} HTTP/1.0\r\nX-Auth-Token: demo-token\r\n\r\n`)).body).toBe(NOTHING)
  })

  test('2 over plain text is not entered: the request is answered as one of 1.1', async () => {
    const upgrade = 'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'
    expect(await answerTo(get(LIST, { headers: upgrade }))).toMatchObject({ status: 200, body: NOTHING })
  })

  test('1.1 answers requests that come one after the other without waiting, in their order', async () => {
    const first = get('/v2/cloudimages?limit=1&name=a').replace('Connection: close\r\n', '')
    const both = await exchange(first + get('/v1/cloudimages/quota'))
    expect(both.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
    expect(both.indexOf(NOTHING)).toBeLessThan(both.indexOf('"quotas"'))
  })

  test.each([
    ['lines that end with a line feed alone', get(LIST).replaceAll('\r\n', '\n')],
    [
      'a length and chunks at once',
      get(LIST, { method: 'POST', headers: 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n' }),
    ],
    ['two lengths', get(LIST, { method: 'POST', headers: 'Content-Length: 3\r\nContent-Length: 4\r\n' })],
  ])('1.1 refuses %s with 400 and closes the connection', async (_what, bytes) => {
    expect((await answerTo(bytes)).status).toBe(400)
  })
})

test('HEAD is taken where the API declares it, and answered without a body', async () => {
  const list = await answerTo(get('/v2/cloudimages', { method: 'HEAD' }))
  expect([list.status, list.body]).toEqual([405, ''])
  const health = await answerTo(get('/_ims/health', { method: 'HEAD' }))
  expect([health.status, health.body]).toEqual([200, ''])
})

describe('a body in chunks', () => {
  const chunked = 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n'

  test('with extensions and a trailer is read', async () => {
    const head = get('/v2/images', { method: 'POST', headers: `${chunked}Trailer: X-Sum\r\n` })
    const body = `${chunk('{"name"', ';a=1')}${chunk(':"chunked"}', ';b="2"')}0\r\nX-Sum: 1\r\n\r\n`
    const { status, body: answer } = await answerTo(head + body)
    expect([status, JSON.parse(answer).name]).toEqual([201, 'chunked'])
  })

  test('of an upload is read to its end', async () => {
    const { id } = (await emulator.post('/v2/images', { name: 'upload' })).body
    const headers = 'Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n'
    const head = get(`/v2/images/${id}/file`, { method: 'PUT', headers })
    expect((await answerTo(`${head}${chunk('abc')}${chunk('de')}0\r\n\r\n`)).status).toBe(204)
    expect((await emulator.get(`/v2/images/${id}`)).body.size).toBe(5)
  })
})

describe('a JSON body', () => {
  const nameOf = async (body: string | Buffer, headers?: string) => {
    const answer = await answerTo(post('/v2/images', body, headers))
    return answer.status === 201 ? JSON.parse(answer.body).name : answer.status
  }

  test.each([
    'application/json; charset=utf-8',
    'application/json;charset=ISO-8859-1',
    'APPLICATION/JSON',
    'text/plain',
  ])('of the type %s is UTF-8', async (type) => {
    expect(await nameOf('{"name":"Bild ä"}', `Content-Type: ${type}\r\n`)).toBe('Bild ä')
  })

  test('with a key twice has the last value', async () => {
    expect(await nameOf('{"name":"first","name":"last"}')).toBe('last')
  })

  test.each([
    ['/v2/cloudimages/action', '{"name":"x","instance_id":"10000000-0000-4000-8000-000000000001"}', 200],
    [
      '/v3/auth/tokens',
      '{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"demo","password":"demo-password","domain":{"name":"demo"}}}}}}',
      201,
    ],
    ['/_ims/clock/advance', '{"by":"1s"}', 200],
    ['/_ims/fixtures', '{}', 201],
  ])('of %s may begin with a byte order mark', async (target, body, status) => {
    expect((await answerTo(post(target, `\ufeff${body}`))).status).toBe(status)
  })

  test('of the OpenStack image API may not, as Python reads it', async () => {
    expect((await answerTo(post('/v2/images', '\ufeff{}'))).status).toBe(400)
  })

  test.each(['/v2/images', '/v2/cloudimages/action', '/v3/auth/tokens', '/_ims/clock/advance'])(
    'of %s that is compressed is refused: nothing before the services unpacks it',
    async (target) => {
      const headers = 'Content-Type: application/json\r\nContent-Encoding: gzip\r\n'
      expect((await answerTo(post(target, gzipSync('{"by":"1s"}'), headers))).status).toBe(400)
    },
  )
})

test('the bytes of an upload are kept as they come, also under a Content-Encoding', async () => {
  const { id } = (await emulator.post('/v2/images', { name: 'packed' })).body
  const packed = gzipSync('a disk')
  const headers = { 'Content-Type': 'application/octet-stream', 'Content-Encoding': 'gzip' }
  expect((await emulator.request('PUT', `/v2/images/${id}/file`, { headers, body: packed })).status).toBe(204)
  expect((await emulator.get(`/v2/images/${id}`)).body.size).toBe(packed.length)
})

describe('an idle connection', () => {
  test('stays open for 65 s, longer than clients wait between polls', async () => {
    const answer = await fetch(`${emulator.url}/_ims/health`)
    expect(answer.headers.get('keep-alive')).toBe('timeout=65')
  })

  test('stays open for as long as the emulator was started with', async () => {
    await using other = await startTestEmulator({ keepAliveMs: 7000 })
    const answer = await fetch(`${other.url}/_ims/health`)
    expect(answer.headers.get('keep-alive')).toBe('timeout=7')
  })

  test('is closed by the server then', async () => {
    const server = await listen({ fetch: () => new Response('here') }, nothingServed(), '127.0.0.1', 0, {
      keepAliveMs: 1,
    })
    const socket = connect(server.port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect(await text(socket)).toContain('HTTP/1.1 200 OK')
    await server.close()
  })
})

test.each(['2018-02-30', '2019-02-29', '2018-04-31'])(
  '%s is no day, in either list of images',
  async (day) => {
    const filter = `created_at=gt:${day}T00:00:00Z`
    expect((await emulator.get(`/v2/cloudimages?${filter}`)).status).toBe(400)
    expect((await emulator.get(`/v2/images?${filter}`)).status).toBe(400)
  },
)

test('2020-02-29 is a day', async () => {
  expect((await emulator.get('/v2/cloudimages?created_at=gt:2020-02-29T00:00:00Z')).status).toBe(200)
})
