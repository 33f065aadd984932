import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { hostName, isOfCloud } from './service-address.ts'

/** The settings of a proxy. */
export interface ProxySettings {
  /** The domains whose names it answers for. */
  domains: readonly string[]
  /** Receives one line about a name that was refused, because most clients show none of the answer. */
  note(line: string): void
}

/**
 * The proxy mode of the server's own port. It answers for the names of the cloud and forwards nothing: a request in absolute form
 * is answered as if it had come to the name itself, and a tunnel ends here.
 */
export interface Proxy {
  /**
   * Makes a request in absolute form one for the emulator, and refuses one for another name.
   * @returns false when the request is answered.
   */
  take(incoming: IncomingMessage, outgoing: ServerResponse): boolean
  /** Opens the tunnel that a client asks for with CONNECT, or refuses it. */
  tunnel(incoming: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Closes the tunnels that are open. */
  close(): void
}

/** The port of tunnels: what is inside is HTTPS. */
const TUNNEL_PORT = '443'

/** The names of this machine. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Names about which a line was written; more are refused in silence. */
const MOST_NOTES = 100

/**
 * Makes the proxy of a server.
 * @param secure serves the TLS that comes out of a tunnel.
 */
export function openProxy({ domains, note }: ProxySettings, secure: (socket: Duplex) => void): Proxy {
  const tunnels = new Set<Duplex>()
  /** The worlds that the clients of tunnels named, by the address of the client: TLS inside has it, too. */
  const worlds = new Map<string, string>()
  const noted = new Set<string>()

  function refusal(target: string, host: string, port: string | undefined): string | undefined {
    const wrongPort = port !== undefined && port !== TUNNEL_PORT
    if (isOfCloud(host, domains) && !wrongPort) return undefined
    const why = isOfCloud(host, domains)
      ? `tunnels lead to port ${TUNNEL_PORT} only, where the services of the cloud are`
      : `this proxy answers for names below ${domains.join(', ')} (--cloud-domain adds one) and forwards nothing; add the host to NO_PROXY to reach it directly`
    const text = `the proxy refused ${shortened(target)}: ${why}`
    if (noted.size < MOST_NOTES && !noted.has(host)) {
      noted.add(host)
      note(text)
    }
    return text
  }

  return {
    take(incoming, outgoing) {
      const { url = '', headers } = incoming
      const inTunnel = worlds.size === 0 ? undefined : worlds.get(clientOf(incoming.socket))
      if (inTunnel !== undefined) setHeader(incoming, 'X-Ims-World', inTunnel)
      if (url.startsWith('/') || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return true
      const named = new URL(url)
      const refused = isOwn(named, incoming.socket)
        ? undefined
        : refusal(url, hostName(named.hostname), undefined)
      if (refused !== undefined) {
        const { head, body } = problem(403, refused)
        outgoing.writeHead(403, { ...head, Connection: 'close' }).end(body)
        return false
      }
      const world = worldOf(headers)
      if (world !== undefined) setHeader(incoming, 'X-Ims-World', world)
      setHeader(incoming, 'Host', named.host)
      incoming.url = targetIn(url)
      if (/^https:/i.test(url)) saidHttps.add(incoming)
      return true
    },
    tunnel(incoming, socket, head) {
      // A client that goes away must not end the process.
      socket.on('error', () => socket.destroy())
      const { url = '', headers } = incoming
      const { host = '', port = '' } = /^(?<host>[^\s/@]+):(?<port>\d{1,5})$/.exec(url)?.groups ?? {}
      const refused = refusal(url, hostName(host), port)
      if (refused !== undefined) {
        const { head, body } = problem(403, refused)
        const lines = Object.entries({ ...head, Connection: 'close' }).map(
          ([name, value]) => `${name}: ${value}`,
        )
        socket.end(`HTTP/1.1 403 ${STATUS_CODES[403]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
        return
      }
      tunnels.add(socket)
      const client = clientOf(incoming.socket)
      const world = worldOf(headers)
      if (world !== undefined) worlds.set(client, world)
      socket.once('close', () => {
        tunnels.delete(socket)
        worlds.delete(client)
      })
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      if (head.length > 0) socket.unshift(head)
      // A client that closes its half now will never finish a handshake.
      socket.allowHalfOpen = false
      secure(socket)
    },
    close() {
      for (const socket of tunnels) socket.destroy()
    },
  }
}

/** Tests that a URL is that of this server itself, which every server takes in absolute form (RFC 9112, 3.2.2). */
function isOwn({ hostname, port }: URL, { localPort }: Socket): boolean {
  return LOOPBACK.test(hostname) && Number(port || 80) === localPort
}

/** Requests in absolute form whose URL begins with https: clients that send HTTPS to a proxy without a tunnel. */
const saidHttps = new WeakSet<IncomingMessage>()

/** Tells whether a client speaks HTTPS with the emulator: by TLS, or by a URL that it sends to the proxy. */
export function isHttps(incoming: IncomingMessage): boolean {
  return ('encrypted' in incoming.socket && incoming.socket.encrypted === true) || saidHttps.has(incoming)
}

/** Path and query of a URL as they were written: parsing would normalise them, and signatures cover what was sent. */
function targetIn(url: string): string {
  const rest = url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/#.*$/, '')
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** The world that a client names as the user of its proxy: `HTTPS_PROXY=http://WORLD:x@127.0.0.1:7878`. */
function worldOf({
  'proxy-authorization': authorization = '',
}: IncomingMessage['headers']): string | undefined {
  const encoded = /^Basic\s+([A-Za-z0-9+/=]+)\s*$/i.exec(authorization)?.[1]
  if (encoded === undefined) return undefined
  const user = Buffer.from(encoded, 'base64').toString().split(':', 1)[0]
  return user !== undefined && /^[\w.-]+$/.test(user) ? user : undefined
}

/** Sets a header of a request; one that says the world stays, because it says more than the proxy does. */
function setHeader({ headers, rawHeaders }: IncomingMessage, name: string, value: string): void {
  const key = name.toLowerCase()
  const isThere = headers[key] !== undefined
  if (isThere && key !== 'host') return
  headers[key] = value
  const at = rawHeaders.findIndex((each, i) => i % 2 === 0 && each.toLowerCase() === key)
  if (at < 0) rawHeaders.push(name, value)
  else rawHeaders[at + 1] = value
}

function clientOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

function problem(status: number, detail: string) {
  const body = JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail })
  return {
    head: { 'Content-Type': 'application/problem+json', 'Content-Length': String(Buffer.byteLength(body)) },
    body,
  }
}

const LONGEST_TARGET = 200

function shortened(text: string): string {
  return text.length > LONGEST_TARGET ? `${text.slice(0, LONGEST_TARGET)}…` : text
}
