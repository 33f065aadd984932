import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { z } from 'zod'
import { SetupError } from '../lib/errors.ts'
import type { App } from './router.ts'

export interface Listening {
  /** `http://127.0.0.1:7878`, without a slash at the end. */
  url: string
  port: number
  /** Accepts no more requests, lets those under way finish, and resolves when the last connection is closed. */
  close(): Promise<void>
}

/** The limit for all headers of a request together, bytes. Tokens are long; Glance has the same limit. */
const LONGEST_HEADERS = 65_536

/**
 * Serves an app on a port; port 0 takes a free one.
 * @throws SetupError when the address cannot be used; its message says what to do.
 */
export async function listen(app: App, host: string, port: number): Promise<Listening> {
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false, hostname: host })
  // An upload may take any time; only the headers must arrive within Node's own limit.
  const server = createServer({ requestTimeout: 0, maxHeaderSize: LONGEST_HEADERS }, answer)
  server.on('clientError', refuseUnreadable)
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
    close() {
      closing = true
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      if (underWay.size === 0) server.closeAllConnections()
      return closed
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
  const code = error instanceof Error && 'code' in error ? error.code : undefined
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
