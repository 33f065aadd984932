import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import type { Exchange, RecordedAnswer, Recording } from './recording.ts'
import { type ReplayOptions, replay } from './replayer.ts'

const ID = '5b1c2f60-9d5e-4a3c-8a35-0d6a5f6f7a10'
const callers = {
  admin: { token: 'tok-admin', tenant: 'tenant-admin', user: 'user-admin' },
  a: { token: 'tok-a', tenant: 'tenant-a', user: 'user-a' },
}
const json = (
  status: number,
  body: Extract<RecordedAnswer['body'], { json: unknown }>['json'],
): RecordedAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: { json: body },
})

/** One request as the server received it. */
interface Seen {
  line: string
  headers: string[]
  body: string
}

type Reply = (response: ServerResponse, seen: Seen, earlier: number) => void
const open: Disposable[] = []
afterEach(() => {
  for (const server of open.splice(0)) server[Symbol.dispose]()
})

async function serve(reply: Reply): Promise<{ base: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    const blocks: Buffer[] = []
    for await (const block of request) blocks.push(block)
    const headers = request.rawHeaders
    const line = `${request.method} ${request.url}`
    const one = { line, headers, body: Buffer.concat(blocks).toString() }
    reply(response, one, seen.push(one) - 1)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({ [Symbol.dispose]: () => server.close() })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return { base: `http://127.0.0.1:${address.port}`, seen }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

function recording(...steps: Pick<Exchange, 'request' | 'response'>[]): Recording {
  const exchanges = steps.map((step, index) => ({ scenario: 'made/up', step: index + 1, ...step }))
  const scenario = { name: 'made/up', topic: 'made', generate: [], steps: steps.length }
  return { format: 1, scenarios: [scenario], exchanges }
}

const rerun = (base: string, recorded: Recording, more: Partial<ReplayOptions> = {}) =>
  replay({ base, tokens: callers, recordings: [recorded], cleanup: false, ...more })

describe('a replayed request', () => {
  const accepted = { status: 204, headers: {}, body: null }
  const noContent: Reply = (response) => response.writeHead(204).end()

  test('has the recorded headers and Host, and no other', async () => {
    const { base, seen } = await serve(noContent)
    const headers = { 'X-Auth-Token': '{{token:a}}', 'X-Mixed-CASE': 'yes' }
    await rerun(
      base,
      recording({ request: { method: 'GET', path: '/v2/images', headers }, response: accepted }),
    )
    expect(seen[0]?.headers).toEqual([
      'Host',
      base.slice('http://'.length),
      'X-Auth-Token',
      'tok-a',
      'X-Mixed-CASE',
      'yes',
    ])
  })

  test('has a JSON body with the recorded spaces and escapes, and its length', async () => {
    const { base, seen } = await serve(noContent)
    const request = {
      method: 'POST',
      path: '/',
      headers: {},
      body: { json: { é: ['{{tenant:a}}', 1, null] } },
    }
    await rerun(base, recording({ request, response: accepted }))
    expect(seen[0]?.body).toBe('{"\\u00e9": ["tenant-a", 1, null]}')
    expect(seen[0]?.headers.slice(2)).toEqual(['Content-Length', '33'])
  })

  test('has a chunked body when chunks were recorded', async () => {
    const { base, seen } = await serve(noContent)
    const request = { method: 'PUT', path: '/', headers: {}, body: { chunks: ['abc', 'de'] } }
    await rerun(base, recording({ request, response: accepted }))
    expect(seen[0]?.headers.slice(2)).toEqual(['Transfer-Encoding', 'chunked'])
    expect(seen[0]?.body).toBe('abcde')
  })

  test('has Content-Length: 0 when it is a POST without a body', async () => {
    const { base, seen } = await serve(noContent)
    await rerun(base, recording({ request: { method: 'POST', path: '/', headers: {} }, response: accepted }))
    expect(seen[0]?.headers.slice(2)).toEqual(['Content-Length', '0'])
  })
})

describe('a replayed scenario', () => {
  const create: Pick<Exchange, 'request' | 'response'> = {
    request: {
      method: 'POST',
      path: '/v2/images',
      headers: {},
      body: { json: {} },
      capture: { image1: 'id' },
    },
    response: json(201, {
      id: '{{image1}}',
      owner: '{{tenant:a}}',
      created_at: '{{time}}',
      tags: ['a', 'b'],
    }),
  }
  const created: Reply = (response) =>
    sendJson(response, 201, {
      tags: ['b', 'a'],
      created_at: '2026-01-02T03:04:05Z',
      owner: 'tenant-a',
      id: ID,
    })

  test('matches whatever id, times, tenants and order of tags the server chooses', async () => {
    const { base } = await serve(created)
    const report = await rerun(base, recording(create))
    expect(report).toMatchObject({ matched: 1, total: 1, differences: [] })
  })

  test('deletes an image that is left behind as the administrator, and removes its protection first', async () => {
    const { base, seen } = await serve((response, one, earlier) =>
      earlier === 0 ? created(response, one, 0) : response.writeHead(earlier === 1 ? 403 : 204).end(),
    )
    await rerun(base, recording(create), { cleanup: true })
    const path = `/v2/images/${ID}`
    expect(seen.slice(1).map(({ line }) => line)).toEqual([
      `DELETE ${path}`,
      `PATCH ${path}`,
      `DELETE ${path}`,
    ])
    expect(seen[1]?.headers).toContain('tok-admin')
  })

  test('repeats a waiting request, with a pause each time, until the state is reached and no absent field is left', async () => {
    const states = [{ status: 'importing' }, { status: 'active', task: 'x' }, { status: 'active' }]
    const { base } = await serve((response, _, earlier) => sendJson(response, 200, states[earlier] ?? {}))
    const wait = { field: 'status', in: ['active'], absent: ['task'] }
    const request = { method: 'GET', path: '/', headers: {}, wait }
    let pauses = 0
    const pause = async (): Promise<void> => {
      pauses += 1
    }
    const report = await rerun(base, recording({ request, response: json(200, { status: 'active' }) }), {
      pause,
    })
    expect({ matched: report.matched, pauses }).toEqual({ matched: 1, pauses: 2 })
  })
})

describe('a reported difference', () => {
  const request = { method: 'GET', path: '/v2/images', headers: {} }
  const where = { scenario: 'made/up', step: 1, request: 'GET /v2/images' }

  test('names the first place where a body differs, with both values', async () => {
    const { base } = await serve((response) => sendJson(response, 200, { images: [{ name: 'x', size: 2 }] }))
    const recorded = recording({ request, response: json(200, { images: [{ name: 'x', size: 1 }] }) })
    expect(await rerun(base, recorded)).toEqual({
      matched: 0,
      total: 1,
      scenarios: { matched: 0, total: 1 },
      withHeaderDifferences: 0,
      withTextDifferences: 0,
      differences: [{ ...where, counts: true, what: 'body /json/images/0/size', expected: 1, actual: 2 }],
    })
  })

  test('in the text of an error is listed on demand and never counts', async () => {
    const { base } = await serve((response) =>
      response.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>Not  here</h1>'),
    )
    const response = {
      status: 404,
      headers: { 'content-type': 'text/html' },
      body: { text: '<h1>Not there</h1>' },
    }
    const report = await rerun(base, recording({ request, response }), { text: true })
    expect(report).toMatchObject({ matched: 1, withTextDifferences: 1 })
    expect(report.differences).toEqual([
      { ...where, counts: false, what: 'error text', expected: 'Not there', actual: 'Not here' },
    ])
  })

  test('in other headers counts on demand only', async () => {
    const { base } = await serve((response) => response.writeHead(204, { Allow: 'GET' }).end())
    const recorded = recording({
      request,
      response: { status: 204, headers: { allow: 'GET, HEAD' }, body: null },
    })
    expect(await rerun(base, recorded)).toMatchObject({
      matched: 1,
      withHeaderDifferences: 1,
      differences: [],
    })
    expect(await rerun(base, recorded, { headers: true })).toMatchObject({
      matched: 0,
      differences: [{ ...where, counts: true, what: 'header allow', expected: 'GET, HEAD', actual: 'GET' }],
    })
  })

  test('has status 0 when the server closes the connection', async () => {
    const { base } = await serve((response) => response.destroy())
    const recorded = recording({ request, response: { status: 204, headers: {}, body: null } })
    const report = await rerun(base, recorded)
    expect(report.differences).toEqual([{ ...where, counts: true, what: 'status', expected: 204, actual: 0 }])
  })
})
