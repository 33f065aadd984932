import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { z } from 'zod'
import { SetupError } from '../lib/errors.ts'
import { CutOff, codeOf } from '../lib/host-errors.ts'
import { wait } from '../lib/time.ts'
import { holdContinue } from './body.ts'
import type { App } from './router.ts'

export interface Listening {
  /** `http://127.0.0.1:7878`, without a slash at the end. */
  url: string
  port: number
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

/** Limits of a listener, which tests shorten. */
export interface ListenLimits {
  headersTimeoutMs?: number
  checkIntervalMs?: number
  keepAliveMs?: number
}

/** The limit for all headers of a request together, bytes. Tokens are long; Glance has the same limit. */
const LONGEST_HEADERS = 65_536

/**
 * Serves an app on a port; port 0 takes a free one.
 * @throws SetupError when the address cannot be used; its message says what to do.
 */
export async function listen(
  app: Pick<RequestsUnderWay, 'fetch'>,
  host: string,
  port: number,
  {
    headersTimeoutMs = HEADERS_TIMEOUT_MS,
    checkIntervalMs = CHECK_INTERVAL_MS,
    keepAliveMs = DEFAULT_KEEP_ALIVE_MS,
  }: ListenLimits = {},
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
  const server = createServer(limits, answer)
  server.on('clientError', refuseUnreadable)
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    holdContinue(request, response)
    server.emit('request', request, response)
  })
  const underWay = new Set<ServerResponse>()
  let closing = false
  server.on('request', (_request, response) => {
    underWay.add(response)
    response.once('close', () => {
      underWay.delete(response)
      if (closing && underWay.size === 0) server.closeAllConnections()
    })
  })
  const address = await bind(server, host, port)
  const name = host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? '127.0.0.1' : host
  return {
    url: `http://${name}:${address.port}`,
    port: address.port,
    async close(graceMs = DEFAULT_GRACE_MS) {
      closing = true
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      if (underWay.size === 0) server.closeAllConnections()
      const overdue = new AbortController()
      await Promise.race([closed, wait(graceMs, overdue.signal).then(() => server.closeAllConnections())])
      overdue.abort()
      await closed
    },
  }
}

/** Answers bytes that are no HTTP, and headers over the limit, with a bare 400 and closes the connection. */
function refuseUnreadable(_error: Error, socket: Duplex): void {
  if (!socket.writable) socket.destroy()
  else socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
}

async function bind(server: Server, host: string, port: number): Promise<AddressInfo> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => resolve())
    })
  } catch (error) {
    throw await explain(error, host, port)
  }
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new Error(`no address after listening on ${host}:${port}`)
  return address
}

async function explain(error: unknown, host: string, port: number): Promise<SetupError> {
  const code = codeOf(error)
  if (code === 'EADDRINUSE') {
    const whose = await whoListens(host, port)
    return new SetupError(
      `port ${port} is taken by ${whose}. Stop it, or start with --port 0 for a free one.`,
    )
  }
  if (code === 'EACCES')
    return new SetupError(`port ${port} may not be used by this user. Take one above 1023 with --port.`)
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
    const info = Info.safeParse(await response.json())
    return info.success ? `another ims-emulator (${info.data.version})` : 'another program'
  } catch {
    return 'another program'
  }
}

/** An app whose requests can be brought to an end. */
export interface RequestsUnderWay {
  /** Answers a request as the app does. */
  fetch(request: Request, bindings?: object): Response | Promise<Response>
  /**
   * Lets requests under way finish for `graceMs` of real time and then ends those that wait for something. Resolves when every
   * handler has ended, so that the databases can be closed.
   */
  finish(graceMs: number): Promise<void>
}

/** Real ms within which handlers end after their connections are cut: they only clean up. */
const CLEAN_UP_MS = 1000

/** Keeps track of the requests that an app is answering, from sockets and in process. */
export function trackRequests(app: App): RequestsUnderWay {
  const handlers = new Set<Promise<Response>>()
  const stop = new AbortController()

  async function settled(): Promise<void> {
    while (handlers.size > 0) await Promise.allSettled(handlers)
  }

  async function settledWithin(ms: number): Promise<void> {
    if (handlers.size === 0) return
    const done = new AbortController()
    await Promise.race([settled(), wait(ms, done.signal)])
    done.abort()
  }

  return {
    fetch(request, bindings) {
      const answer = app.fetch(request, { ...bindings, cutOff: stop.signal })
      if (!(answer instanceof Promise)) return answer
      handlers.add(answer)
      const forget = () => handlers.delete(answer)
      answer.then(forget, forget)
      return answer
    },
    async finish(graceMs) {
      await settledWithin(graceMs)
      stop.abort(new CutOff())
      await settledWithin(CLEAN_UP_MS)
    },
  }
}
