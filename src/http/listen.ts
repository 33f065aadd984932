import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { z } from 'zod'
import { SetupError } from '../lib/errors.ts'
import { codeOf } from '../lib/host-errors.ts'
import { safeParse } from '../lib/parse.ts'
import { wait } from '../lib/time.ts'
import type { Emulator } from '../worlds/emulator.ts'
import { holdContinue } from './body.ts'
import { answersTo } from './control-guard.ts'
import { openProxy } from './proxy.ts'
import type { RequestsUnderWay } from './requests-under-way.ts'
import { openSecureServer } from './secure-server.ts'

export interface Listening {
  /** `http://127.0.0.1:7878`, without a slash at the end. */
  url: string
  port: number
  /** The port of HTTPS; undefined without `tlsPort`. */
  tlsPort: number | undefined
  /**
   * Accepts no more requests and lets those under way finish for `graceMs` of real time; then it cuts their connections.
   * Resolves when the last connection is closed.
   */
  close(graceMs?: number): Promise<void>
}

/** How long requests under way may take to finish when the server closes, real ms. */
export const DEFAULT_GRACE_MS = 5000

/** Real ms within which the headers of a request must arrive; connections are checked this often. */
const HEADERS_TIMEOUT_MS = 20_000
const CHECK_INTERVAL_MS = 5000
/** Real ms that an idle connection stays open: longer than clients and proxies wait between polls. */
const DEFAULT_KEEP_ALIVE_MS = 65_000

/** The parts of an emulator that decide under which names, and with which certificates, it is served. */
type Served = Pick<Emulator, 'authority' | 'cloudDomains' | 'allowedHosts' | 'log' | 'note'>

/** How a listener listens; the limits are shortened by tests. */
export interface ListenOptions {
  /** The port of HTTPS, beside that of HTTP; 0 takes a free one. */
  tlsPort?: number | undefined
  headersTimeoutMs?: number
  checkIntervalMs?: number
  keepAliveMs?: number
}

/** The limit for all headers of a request together, bytes. Tokens are long; Glance has the same limit. */
const LONGEST_HEADERS = 65_536

/** The id under which faults outside of a request are logged. */
const NO_REQUEST = 'none'

/**
 * Serves an app on a port; port 0 takes a free one. The port is a proxy for the names of the cloud, too.
 * @throws SetupError when the address cannot be used; its message says what to do.
 */
export async function listen(
  app: Pick<RequestsUnderWay, 'fetch'>,
  emulator: Served,
  host: string,
  port: number,
  {
    tlsPort,
    headersTimeoutMs = HEADERS_TIMEOUT_MS,
    checkIntervalMs = CHECK_INTERVAL_MS,
    keepAliveMs = DEFAULT_KEEP_ALIVE_MS,
  }: ListenOptions = {},
): Promise<Listening> {
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false, hostname: host })
  const limits = {
    maxHeaderSize: LONGEST_HEADERS,
    headersTimeout: headersTimeoutMs,
    connectionsCheckingInterval: checkIntervalMs,
    keepAliveTimeout: keepAliveMs,
    // An upload may take any time; only the headers must arrive in time.
    requestTimeout: 0,
  }
  const report = (error: unknown) => emulator.log(NO_REQUEST, error)
  const proxy = openProxy({ domains: emulator.cloudDomains, note: emulator.note }, (socket) => {
    secureServer().then(
      (secure) => secure.emit('connection', socket),
      (error) => {
        report(error)
        socket.destroy()
      },
    )
  })
  const server = createServer(limits, (request, response) => {
    if (proxy.take(request, response)) void answer(request, response)
  })
  let opened: ReturnType<typeof openSecureServer> | undefined
  /** The server that ends TLS, which is made for the first client that needs it: its certificates take time. */
  function secureServer() {
    opened ??= openSecureServer(
      {
        authority: emulator.authority,
        answersTo: (name) => answersTo(name, emulator),
        host,
        handshakeTimeoutMs: headersTimeoutMs,
        report,
      },
      (socket) => server.emit('connection', socket),
    )
    opened.catch(() => {
      opened = undefined
    })
    return opened
  }
  server.on('clientError', refuseUnreadable)
  server.on('connect', proxy.tunnel)
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    holdContinue(request, response)
    server.emit('request', request, response)
  })
  const underWay = new Set<ServerResponse>()
  let closing = false
  let secure: ListeningSecurely | undefined
  const closeConnections = () => {
    server.closeAllConnections()
    proxy.close()
    secure?.cut()
  }
  server.on('request', (_request, response) => {
    underWay.add(response)
    response.once('close', () => {
      underWay.delete(response)
      if (closing && underWay.size === 0) closeConnections()
    })
  })
  const address = await bind(server, host, port, '--port')
  try {
    if (tlsPort !== undefined) secure = await listenSecurely(await secureServer(), host, tlsPort)
  } catch (error) {
    server.close()
    throw error
  }
  const name = host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? '127.0.0.1' : host
  return {
    url: `http://${name}:${address.port}`,
    port: address.port,
    tlsPort: secure?.port,
    async close(graceMs = DEFAULT_GRACE_MS) {
      closing = true
      const closed = Promise.all([
        new Promise<void>((resolve) => server.close(() => resolve())),
        secure?.closed(),
      ])
      if (underWay.size === 0) closeConnections()
      const overdue = new AbortController()
      await Promise.race([closed, wait(graceMs, overdue.signal).then(closeConnections)])
      overdue.abort()
      await closed
    },
  }
}

/** A server of HTTPS that listens. */
interface ListeningSecurely {
  port: number
  /** Accepts no more connections, and resolves when the last one is closed. */
  closed(): Promise<void>
  /** Closes its connections, those too whose handshake is not finished. */
  cut(): void
}

async function listenSecurely(server: Server, host: string, port: number): Promise<ListeningSecurely> {
  const connections = new Set<Duplex>()
  server.on('connection', (socket: Duplex) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  const address = await bind(server, host, port, '--tls-port')
  return {
    port: address.port,
    closed: () => new Promise((resolve) => server.close(() => resolve())),
    cut() {
      for (const socket of connections) socket.destroy()
    },
  }
}

/** Answers bytes that are no HTTP, and headers over the limit, with a bare 400 and closes the connection. */
function refuseUnreadable(_error: Error, socket: Duplex): void {
  if (!socket.writable) socket.destroy()
  else socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
}

async function bind(server: Server, host: string, port: number, option: string): Promise<AddressInfo> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => resolve())
    })
  } catch (error) {
    throw await explain(error, host, port, option)
  }
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new Error(`no address after listening on ${host}:${port}`)
  return address
}

async function explain(error: unknown, host: string, port: number, option: string): Promise<SetupError> {
  const code = codeOf(error)
  if (code === 'EADDRINUSE') {
    const whose = await whoListens(host, port)
    return new SetupError(
      `port ${port} is taken by ${whose}. Stop it, or start with ${option} 0 for a free one.`,
    )
  }
  if (code === 'EACCES')
    return new SetupError(`port ${port} may not be used by this user. Take one above 1023 with ${option}.`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new SetupError(`${host} is no address of this machine. Try --host 127.0.0.1.`)
  return new SetupError(`cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : error}`)
}

const Info = z.object({ name: z.literal('ims-emulator'), version: z.string() })

/** Names the process behind a taken port when it is one of ours. */
async function whoListens(host: string, port: number): Promise<string> {
  try {
    const name = host === '0.0.0.0' ? '127.0.0.1' : host
    const response = await fetch(`http://${name}:${port}/_ims/info`, { signal: AbortSignal.timeout(500) })
    const info = safeParse(Info, await response.json())
    return info.success ? `another ims-emulator (${info.data.version})` : 'another program'
  } catch {
    return 'another program'
  }
}
