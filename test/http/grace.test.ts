import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { listen } from '../../src/http/listen.ts'
import { type StartedEmulator, type StartOptions, startEmulator } from '../../src/index.ts'
import { nothingServed, scratchFolder } from '../emulator.ts'

/** An emulator with a short grace, and the faults that it has logged. */
async function startWithGrace(options: StartOptions = {}) {
  const faults: unknown[] = []
  const emulator = await startEmulator({
    graceMs: 20,
    clock: { rate: 0 },
    log: (_id, error) => faults.push(error),
    ...options,
  })
  return { emulator, faults }
}

const TOKEN = { 'X-Auth-Token': 'demo-token' }

/** Begins a request of which a test sends the body by itself. */
function begin({ url }: StartedEmulator, method: string, path: string, headers: Record<string, string> = {}) {
  const sent = httpRequest(url + path, { method, headers: { ...TOKEN, ...headers } })
  const cut = new Promise<Error>((resolve) => sent.once('error', resolve))
  return { sent, cut }
}

async function answerOf(sent: ClientRequest): Promise<{ status: number | undefined; body: string }> {
  const [response]: IncomingMessage[] = await once(sent, 'response')
  return { status: response?.statusCode, body: response === undefined ? '' : await text(response) }
}

async function describeImage(emulator: StartedEmulator): Promise<string> {
  const response = await emulator.fetch('/v2/images', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"name":"half","disk_format":"raw","container_format":"bare"}',
  })
  return JSON.parse(await response.text()).id
}

/** Asks over the network: a loop of requests in process would leave sockets no time. */
async function statusOf({ url }: StartedEmulator, id: string): Promise<string> {
  return JSON.parse(await (await fetch(`${url}/v2/images/${id}`, { headers: TOKEN })).text()).status
}

/** Resolves with the journal entry of the next answered request of an operation. */
function nextAnswered(operation: string): Promise<{ status: number }> {
  return new Promise((resolve) => {
    const follow = (entry: unknown) => {
      if (typeof entry !== 'object' || entry === null) return
      if (!('operation' in entry && 'status' in entry) || entry.operation !== operation) return
      unsubscribe('ims-emulator:request', follow)
      resolve({ status: Number(entry.status) })
    }
    subscribe('ims-emulator:request', follow)
  })
}

/** Makes every list of images take ten minutes, and resolves when one is held by it. */
async function holdLists(emulator: StartedEmulator) {
  const rule = { name: 'slow', when: { operation: 'ListImages' }, then: { latency: '10m' } }
  const world = JSON.stringify(rule)
  const headers = { 'Content-Type': 'application/json' }
  const added = await emulator.fetch('/_ims/rules', { method: 'POST', headers, body: world })
  expect([added.status, await added.text()]).toEqual([
    expect.toSatisfy((status: number) => status < 300),
    expect.any(String),
  ])
  return async () => {
    for (;;) {
      const rules = await (await fetch(`${emulator.url}/_ims/rules`)).text()
      if (/"(?:hits|fired)":\s*[1-9]/.test(rules)) return
    }
  }
}

describe('a server that closes cuts off', () => {
  test('a stalled upload, and leaves the image as it was', async () => {
    using scratch = scratchFolder()
    const { emulator, faults } = await startWithGrace({ data: scratch.path })
    const id = await describeImage(emulator)
    const octets = { 'Content-Type': 'application/octet-stream', 'Content-Length': '1000' }
    const { sent, cut } = begin(emulator, 'PUT', `/v2/images/${id}/file`, octets)
    sent.write('x'.repeat(100))
    while ((await statusOf(emulator, id)) !== 'saving');
    await emulator.close()
    expect(await cut).toBeInstanceOf(Error)
    expect(faults).toEqual([])
    expect(
      readdirSync(scratch.path, { recursive: true }).filter((name) => `${name}`.endsWith('.part')),
    ).toEqual([])
    const { emulator: again } = await startWithGrace({ data: scratch.path })
    expect(await statusOf(again, id)).toBe('queued')
    await again.close()
  })

  test('a download that its client does not read', async () => {
    const { emulator, faults } = await startWithGrace()
    const id = await describeImage(emulator)
    const headers = { ...TOKEN, 'Content-Type': 'application/octet-stream' }
    const upload = { method: 'PUT', headers, body: new Uint8Array(32 * 2 ** 20) }
    expect((await fetch(`${emulator.url}/v2/images/${id}/file`, upload)).status).toBe(204)
    const { sent } = begin(emulator, 'GET', `/v2/images/${id}/file`)
    sent.end()
    const [download]: IncomingMessage[] = await once(sent, 'response')
    const broken = once(download ?? sent, 'error')
    await emulator.close()
    download?.resume()
    expect(await broken).toMatchObject([{ code: 'ECONNRESET' }])
    expect(faults).toEqual([])
  })

  test('a body without an end', async () => {
    const { emulator, faults } = await startWithGrace()
    const { sent, cut } = begin(emulator, 'POST', '/v2/cloudimages/action')
    const chunk = Buffer.alloc(65_536, ' ')
    let chunks = 0
    const flows = new Promise<void>((resolve) => {
      const endless = new Readable({
        read() {
          chunks += 1
          // The server takes 12 MiB into memory and reads on to refuse what is more.
          if (chunks === 300) resolve()
          this.push(chunk)
        },
      })
      endless.pipe(sent)
      sent.once('close', () => endless.destroy())
    })
    await flows
    await emulator.close()
    expect(await cut).toBeInstanceOf(Error)
    expect(faults).toEqual([])
  })

  test('an answer that a rule holds, from a socket and in process', async () => {
    const { emulator, faults } = await startWithGrace()
    const held = await holdLists(emulator)
    const { sent, cut } = begin(emulator, 'GET', '/v2/cloudimages')
    sent.end()
    const inProcess = emulator.fetch('/v2/cloudimages')
    await held()
    await emulator.close()
    expect(await cut).toMatchObject({ code: 'ECONNRESET' })
    expect((await inProcess).status).toBe(499)
    expect(faults).toEqual([])
  })

  test('a connection that has sent half of its headers, without waiting for the grace', async () => {
    const { emulator } = await startWithGrace({ graceMs: 3_600_000 })
    const socket = connect(emulator.port, '127.0.0.1')
    await once(socket, 'connect')
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => {})
    socket.write('GET /v2/cloudimages HTTP/1.1\r\nHost: loc')
    await emulator.close()
    await closed
  })
})

test('a server that closes lets an answer finish that comes within the grace', async () => {
  const { emulator } = await startWithGrace({ graceMs: 3_600_000 })
  const id = await describeImage(emulator)
  const octets = { 'Content-Type': 'application/octet-stream' }
  const { sent } = begin(emulator, 'PUT', `/v2/images/${id}/file`, octets)
  sent.write('x')
  while ((await statusOf(emulator, id)) !== 'saving');
  const closed = emulator.close()
  sent.end('y')
  expect((await answerOf(sent)).status).toBe(204)
  await closed
})

test('a connection that never ends its headers is closed', async () => {
  const never = { fetch: () => new Response('no request has come') }
  const server = await listen(never, nothingServed(), '127.0.0.1', 0, {
    headersTimeoutMs: 20,
    checkIntervalMs: 5,
  })
  const socket = connect(server.port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 4\d\d /)
  await server.close()
})

test('a client that goes away in the middle of its body is no fault of the emulator', async () => {
  const { emulator, faults } = await startWithGrace()
  const answered = nextAnswered('CreateImage')
  const { sent, cut } = begin(emulator, 'POST', '/v2/cloudimages/action', { 'Content-Length': '100' })
  const reached = once(sent, 'socket').then(([socket]) => once(socket, 'connect'))
  sent.write('{"name":')
  await reached
  sent.destroy()
  await cut
  expect((await answered).status).toBe(499)
  expect(faults).toEqual([])
  await emulator.close()
})

describe('a client that expects 100 Continue', () => {
  const expecting = { Expect: '100-continue', 'Content-Type': 'application/octet-stream' }

  test('is refused before it sends its body', async () => {
    const { emulator } = await startWithGrace({ auth: { mode: 'strict' } })
    let continued = false
    const headers = { ...expecting, 'X-Auth-Token': 'wrong', 'Content-Length': '50000000' }
    for (const path of ['/v2/images/2a0b6b9a-9d5b-4a5e-8b55-3d3e4d2a5b11/file', '/v2/cloudimages/action']) {
      const { sent } = begin(emulator, path.includes('action') ? 'POST' : 'PUT', path, headers)
      sent.on('continue', () => {
        continued = true
      })
      sent.flushHeaders()
      expect((await answerOf(sent)).status).toBe(401)
      sent.destroy()
    }
    expect(continued).toBe(false)
    await emulator.close()
  })

  test('is asked for its body once it is read, and keeps its connection', async () => {
    const { emulator } = await startWithGrace()
    const id = await describeImage(emulator)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const headers = { ...TOKEN, ...expecting, 'Content-Length': '3' }
    const sent = httpRequest(`${emulator.url}/v2/images/${id}/file`, { method: 'PUT', headers, agent })
    const continued = once(sent, 'continue')
    sent.flushHeaders()
    await continued
    sent.end('abc')
    expect((await answerOf(sent)).status).toBe(204)
    const next = httpRequest(`${emulator.url}/v2/images/${id}`, { headers: TOKEN, agent })
    next.end()
    expect((await answerOf(next)).status).toBe(200)
    expect(next.reusedSocket).toBe(true)
    agent.destroy()
    await emulator.close()
  })
})
