import { once } from 'node:events'
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { connect as connectSecurely, type TLSSocket } from 'node:tls'

/** The answer of a proxy to CONNECT. */
export interface Connected {
  status: number
  headers: IncomingHttpHeaders
  socket: Socket
  /** What a refusal says. */
  detail: string
}

/** Asks the proxy on a port for a tunnel. */
export async function connectThrough(
  port: number,
  target: string,
  headers: Record<string, string> = {},
): Promise<Connected> {
  const asked = request({ port, method: 'CONNECT', path: target, headers })
  asked.end()
  const [response, socket, head] = await once(asked, 'connect')
  const body = response.statusCode === 200 ? '' : `${head}${await text(socket)}`
  return {
    status: response.statusCode,
    headers: response.headers,
    socket,
    detail: body === '' ? '' : JSON.parse(body).detail,
  }
}

/** Speaks TLS with a server, and trusts one authority. @throws Error when the certificate is none of it, or for another name. */
export async function secured(socket: Duplex, servername: string, ca: string): Promise<TLSSocket> {
  const tls = connectSecurely({ socket, servername, ca })
  await once(tls, 'secureConnect')
  return tls
}

/** An answer through a tunnel. */
interface TunnelReply {
  status: number
  headers: IncomingHttpHeaders
  // biome-ignore lint/suspicious/noExplicitAny: a body is compared as a whole, its type is what the test is about
  body: any
}

/** A tunnel to a host name of the cloud. Requests follow one another on its one connection. */
export interface Tunnel extends Disposable {
  tls: TLSSocket
  request(
    method: string,
    path: string,
    headers?: Record<string, string>,
    json?: unknown,
  ): Promise<TunnelReply>
}

/** Opens a tunnel through the proxy on a port. */
export async function openTunnel(
  port: number,
  host: string,
  ca: string,
  headers: Record<string, string> = {},
): Promise<Tunnel> {
  const { socket } = await connectThrough(port, `${host}:443`, headers)
  const tls = await secured(socket, host, ca)
  // The one connection of the agent is the tunnel.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  agent.createConnection = () => tls
  return {
    tls,
    async request(method, path, own = {}, json) {
      const sent = request({ agent, method, path, headers: { Host: host, ...own } })
      if (json === undefined) sent.end()
      else sent.setHeader('Content-Type', 'application/json').end(JSON.stringify(json))
      const [response] = await once(sent, 'response')
      const body = await text(response)
      return {
        status: response.statusCode,
        headers: response.headers,
        body: body === '' ? undefined : JSON.parse(body),
      }
    },
    [Symbol.dispose]: () => tls.destroy(),
  }
}

/** Sends bytes to a port and returns all that comes back until the server closes the connection. */
export async function rawAnswer(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes)
  return await text(socket)
}
