import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listen } from '../../src/http/listen.ts'
import { diskImageBytes, nothingServed, startTestEmulator, type TestEmulator } from '../emulator.ts'
import { connectThrough, openTunnel, rawAnswer, secured } from './tunnel.ts'

const IMS = 'ims.cn-north-4.myhuaweicloud.com'
const TOKEN = { 'X-Auth-Token': 'demo-token' }

let emulator: TestEmulator
let ca: string
const notes: string[] = []

beforeAll(async () => {
  emulator = await startTestEmulator({ note: (line) => notes.push(line), cloudDomains: ['emu.test'] })
  ca = await emulator.ca()
})
afterAll(() => emulator.close())

describe('a tunnel to a name of the cloud', () => {
  test('leads to the service of that name, with a certificate of the emulator for it', async () => {
    using tunnel = await openTunnel(emulator.port, IMS, ca)
    const { status, body } = await tunnel.request('GET', '/v2/cloudimages?__imagetype=gold&limit=1', TOKEN)
    expect(status).toBe(200)
    expect(body.images).toEqual([expect.objectContaining({ __imagetype: 'gold' })])
    expect(tunnel.tls.getPeerCertificate()).toMatchObject({
      subject: { CN: IMS },
      subjectaltname: `DNS:${IMS}`,
    })
  })

  test('stays open for the next request', async () => {
    using tunnel = await openTunnel(emulator.port, IMS, ca)
    const first = await tunnel.request('GET', '/v1/cloudimages/quota', TOKEN)
    const { localPort } = tunnel.tls
    const second = await tunnel.request('GET', '/v1/cloudimages/os_version', TOKEN)
    expect([first.status, second.status]).toEqual([200, 200])
    expect(tunnel.tls.localPort).toBe(localPort)
    expect(tunnel.tls.destroyed).toBe(false)
  })

  test('has links that begin with https and the name', async () => {
    using tunnel = await openTunnel(emulator.port, IMS, ca)
    const { body } = await tunnel.request('GET', '/', TOKEN)
    expect(JSON.stringify(body)).toContain(`https://${IMS}/v2/`)
  })

  test('takes a domain that was added', async () => {
    using tunnel = await openTunnel(emulator.port, 'ims.cn-north-4.emu.test', ca)
    expect((await tunnel.request('GET', '/v1/cloudimages/quota', TOKEN)).status).toBe(200)
  })

  test('answers with the address of each service in the catalogue', async () => {
    using tunnel = await openTunnel(emulator.port, 'iam.cn-north-4.myhuaweicloud.com', ca)
    const { body } = await tunnel.request('GET', '/v3/auth/catalog', TOKEN)
    const urls = body.catalog.flatMap(({ endpoints }: { endpoints: { url: string }[] }) =>
      endpoints.map(({ url }) => url),
    )
    expect(urls).toContain('https://ims.cn-north-4.myhuaweicloud.com')
    expect(urls).toContain('https://iam.myhuaweicloud.com/v3')
  })

  test('has the bucket before the name of the object service', async () => {
    using tunnel = await openTunnel(emulator.port, 'images.obs.cn-north-4.myhuaweicloud.com', ca)
    const { status, headers } = await tunnel.request('HEAD', '/tiny.qcow2', {
      Authorization: 'OBS DEMOACCESSKEY0000001:none',
    })
    expect(status).toBe(200)
    expect(Number(headers['content-length'])).toBe(diskImageBytes('tiny-v3.qcow2').length)
  })

  test('keeps the Host check: another name inside it is refused', async () => {
    using tunnel = await openTunnel(emulator.port, IMS, ca)
    const { status, body } = await tunnel.request('GET', '/v1/cloudimages/quota', {
      ...TOKEN,
      Host: 'attacker.example',
    })
    expect(status).toBe(403)
    expect(body.detail).toContain('does not answer to the Host attacker.example')
  })

  test('gives no certificate for a name that is none of the cloud', async () => {
    const { socket } = await connectThrough(emulator.port, `${IMS}:443`)
    await expect(secured(socket, 'www.example.com', ca)).rejects.toThrow()
  })

  test('takes what the client sends with its CONNECT for the beginning of TLS', async () => {
    const socket = connect(emulator.port, '127.0.0.1')
    socket.write(
      `CONNECT ${IMS}:443 HTTP/1.1\r\nHost: ${IMS}:443\r\n\r\nthis is no TLS at all, and the server hangs up`,
    )
    expect(await text(socket)).toBe('HTTP/1.1 200 Connection Established\r\n\r\n')
  })
})

describe('a world named by the user of the proxy', () => {
  const as = (world: string) => ({
    'Proxy-Authorization': `Basic ${Buffer.from(`${world}:x`).toString('base64')}`,
  })

  test('is that of the requests in the tunnel', async () => {
    await using world = await emulator.world({ name: 'tunnelled' })
    using tunnel = await openTunnel(emulator.port, IMS, ca, as('tunnelled'))
    await tunnel.request('GET', '/v1/cloudimages/quota', { 'X-Auth-Token': 'any' })
    expect((await world.journal.page()).total).toBe(1)
  })

  test('counts less than credentials that belong to another one', async () => {
    await using mine = await emulator.world({ name: 'mine' })
    await using other = await emulator.world({ name: 'other' })
    using tunnel = await openTunnel(emulator.port, IMS, ca, as('mine'))
    const token = other.credentials.token ?? ''
    await tunnel.request('GET', '/v1/cloudimages/quota', { 'X-Auth-Token': token })
    expect((await mine.journal.page()).total).toBe(0)
    expect((await other.journal.page()).total).toBe(1)
  })

  test('is refused when there is none of that name', async () => {
    using tunnel = await openTunnel(emulator.port, IMS, ca, as('nowhere'))
    const { status, body } = await tunnel.request('GET', '/v1/cloudimages/quota', TOKEN)
    expect(status).toBe(404)
    expect(body.detail).toContain('no world is called nowhere')
  })
})

describe('a request in absolute form', () => {
  const get = (url: string, headers = 'X-Auth-Token: demo-token\r\n') =>
    rawAnswer(emulator.port, `GET ${url} HTTP/1.1\r\nHost: elsewhere\r\n${headers}Connection: close\r\n\r\n`)

  test('is answered as under the name in its URL', async () => {
    const answer = await get(`http://${IMS}/v2/cloudimages?limit=1`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK/)
  })

  test('reaches the service that the URL names, not the Host', async () => {
    const answer = await get(`http://iam.cn-north-4.myhuaweicloud.com/v2/cloudimages?limit=1`)
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
  })

  test('may be of https: some clients send it so instead of opening a tunnel', async () => {
    expect(await get(`https://${IMS}/`)).toContain(`https://${IMS}/v2/`)
  })

  test('names a world by the user of the proxy', async () => {
    await using world = await emulator.world({ name: 'absolute' })
    const user = Buffer.from('absolute:x').toString('base64')
    await get(
      `http://${IMS}/v1/cloudimages/quota`,
      `X-Auth-Token: any\r\nProxy-Authorization: Basic ${user}\r\n`,
    )
    expect((await world.journal.page()).total).toBe(1)
  })

  test.each([
    'http://example.com/',
    'http://127.0.0.1/_ims/info',
    'http://localhost:7878/',
    'http://myhuaweicloud.com.example/',
  ])('is refused for %s, which is no name of the cloud', async (url) => {
    const answer = await get(url)
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden/)
    expect(answer).toContain('forwards nothing')
  })
})

describe('a tunnel to anything else', () => {
  test.each([
    ['example.com:443', 'forwards nothing'],
    ['127.0.0.1:443', 'forwards nothing'],
    ['[::1]:443', 'forwards nothing'],
    ['localhost:7878', 'forwards nothing'],
    ['myhuaweicloud.com:443', 'forwards nothing'],
    ['evil-myhuaweicloud.com:443', 'forwards nothing'],
    [`${IMS}:22`, 'port 443 only'],
    [`${IMS}:80`, 'port 443 only'],
  ])('is refused: %s', async (target, why) => {
    const { status, headers, detail } = await connectThrough(emulator.port, target)
    expect(status).toBe(403)
    expect(headers['content-type']).toBe('application/problem+json')
    expect(detail).toContain(why)
  })

  test.each(['', '/', 'no port', 'http://user@host:443', `${'a'.repeat(5000)}.com:443`])(
    'is refused for a target that is none: %j',
    async (target) => {
      const answer = await rawAnswer(emulator.port, `CONNECT ${target} HTTP/1.1\r\nHost: x\r\n\r\n`)
      expect(answer).toMatch(/^HTTP\/1\.1 40[03] /)
      expect(answer.length).toBeLessThan(1200)
    },
  )

  test('is told about once for each name, because clients do not show the answer', async () => {
    for (const port of [443, 444, 443]) await connectThrough(emulator.port, `twice.example:${port}`)
    expect(notes.filter((line) => line.includes('twice.example'))).toHaveLength(1)
  })

  test('is refused when its headers are over the limit', async () => {
    const answer = await rawAnswer(
      emulator.port,
      `CONNECT ${IMS}:443 HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(70_000)}\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  })
})

describe('the end of the emulator', () => {
  test('closes tunnels that are idle, and those in which nothing was ever sent', async () => {
    const other = await startTestEmulator()
    const authority = await other.ca()
    const { socket: silent } = await connectThrough(other.port, `${IMS}:443`)
    const used = await openTunnel(other.port, IMS, authority)
    await used.request('GET', '/v1/cloudimages/quota', TOKEN)
    const gone = Promise.all([once(silent, 'close'), once(used.tls, 'close')])
    silent.resume()
    used.tls.on('error', () => {})
    await other.close()
    await gone
  })

  test('lets a request in a tunnel finish', async () => {
    let answer = (_response: Response) => {}
    let arrived = () => {}
    const isThere = new Promise<void>((resolve) => {
      arrived = resolve
    })
    const served = nothingServed()
    const app = {
      fetch: () => {
        arrived()
        return new Promise<Response>((resolve) => {
          answer = resolve
        })
      },
    }
    const server = await listen(app, served, '127.0.0.1', 0)
    using tunnel = await openTunnel(server.port, IMS, await served.authority.certificate())
    const reply = tunnel.request('GET', '/')
    await isThere
    const closed = server.close()
    answer(Response.json({ finished: true }))
    expect((await reply).body).toEqual({ finished: true })
    await closed
  })
})

test('a client that opens a tunnel and says nothing is hung up on', async () => {
  const served = nothingServed()
  const server = await listen({ fetch: () => new Response() }, served, '127.0.0.1', 0, {
    // Long enough for a handshake on a busy machine.
    headersTimeoutMs: 500,
    checkIntervalMs: 5,
  })
  const { socket } = await connectThrough(server.port, `${IMS}:443`)
  socket.resume()
  await once(socket, 'close')
  const { socket: second } = await connectThrough(server.port, `${IMS}:443`)
  const tls = await secured(second, IMS, await served.authority.certificate())
  tls.on('error', () => {})
  tls.resume()
  await once(tls, 'close')
  await server.close()
})

test('a client that sends nothing more after its CONNECT is hung up on', async () => {
  const socket = connect(emulator.port, '127.0.0.1')
  socket.end(`CONNECT ${IMS}:443 HTTP/1.1\r\nHost: ${IMS}:443\r\n\r\n`)
  expect(await text(socket)).toBe('HTTP/1.1 200 Connection Established\r\n\r\n')
})

test('a client that closes its half of a tunnel gets the answer that it waits for', async () => {
  const { socket } = await connectThrough(emulator.port, `${IMS}:443`)
  const tls = await secured(socket, IMS, ca)
  tls.end(`GET /v1/cloudimages/quota HTTP/1.1\r\nHost: ${IMS}\r\nX-Auth-Token: demo-token\r\n\r\n`)
  expect(await text(tls)).toMatch(/^HTTP\/1\.1 200 OK/)
})

test('a client that goes away in the middle of a handshake is no fault of the emulator', async () => {
  const { socket } = await connectThrough(emulator.port, `${IMS}:443`)
  socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]))
  socket.resetAndDestroy()
  using tunnel = await openTunnel(emulator.port, IMS, ca)
  expect((await tunnel.request('GET', '/v1/cloudimages/quota', TOKEN)).status).toBe(200)
})
