import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { createSecureContext, createServer, type SecureContext, type Server, type TLSSocket } from 'node:tls'
import type { Authority } from '../worlds/authority.ts'
import { hostName } from './service-address.ts'

/** The settings of a server that ends TLS. */
export interface SecureSettings {
  authority: Authority
  /** Returns true for a host name that the emulator answers to. */
  answersTo(name: string): boolean
  /** The address that it listens on. */
  host: string
  /** Real ms within which a client has to finish its handshake. */
  handshakeTimeoutMs: number
  /** Receives what keeps certificates from being made. */
  report(error: unknown): void
}

/** Most names whose certificates are kept: clients of buckets use a name for each bucket. */
const MOST_KEPT = 1000

/**
 * Makes a server that ends TLS with certificates of the emulator's own authority, one for each host name that a client asks for
 * (SNI). Inside it is HTTP/1.1.
 * @param serve receives each connection after its handshake.
 */
export async function openSecureServer(
  { authority, answersTo, host, handshakeTimeoutMs, report }: SecureSettings,
  serve: (socket: TLSSocket) => void,
): Promise<Server> {
  const own = await authority.certify(ownNames(host))
  const kept = new Map<string, Promise<SecureContext>>()

  async function contextFor(name: string): Promise<SecureContext> {
    const { certificate, privateKey } = await authority.certify([name])
    return createSecureContext({ cert: certificate, key: privateKey })
  }

  function keptContext(name: string): Promise<SecureContext> {
    const before = kept.get(name)
    if (before !== undefined) return before
    const [oldest] = kept.keys()
    if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest)
    const made = contextFor(name)
    kept.set(name, made)
    made.catch((error) => {
      kept.delete(name)
      report(error)
    })
    return made
  }

  const server = createServer(
    {
      cert: own.certificate,
      key: own.privateKey,
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: handshakeTimeoutMs,
      SNICallback(asked, done) {
        const name = hostName(asked)
        if (!answersTo(name)) done(new Error(`the emulator does not answer under the name ${name}`))
        else keptContext(name).then((context) => done(null, context), done)
      },
    },
    (socket) => {
      // As every server of HTTP: a client may close its half after its request, and waits for the answer.
      socket.allowHalfOpen = true
      serve(socket)
    },
  )
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return server
}

const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/** The names of a server for clients that ask for none: those that reach it by an address. */
function ownNames(host: string): string[] {
  const addresses = EVERY_ADDRESS.has(host)
    ? Object.values(networkInterfaces()).flatMap((each = []) => each.map(({ address }) => address))
    : [host]
  const names = ['localhost', '127.0.0.1', '::1', ...addresses.map((address) => address.replace(/%.*$/, ''))]
  return [...new Set(names)].filter((name) => isIP(name) !== 0 || /^[\w.-]+$/.test(name))
}
