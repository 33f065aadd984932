import { type BlockList, isIP, isIPv6 } from 'node:net'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Emulator } from '../worlds/emulator.ts'
import type { ServerContext } from './body.ts'
import { isHttps } from './proxy.ts'

/** The addresses on both ends of a request: as the socket has them, or as the proxies say that are trusted. */
export interface ClientView {
  /** Scheme and host that the client uses, with the path of `--public-url`, without a slash at the end. */
  readonly origin: string
  /** The address of the client; undefined for a request in process. */
  readonly address: string | undefined
}

/** What one proxy says of a request. */
interface Hop {
  /** The address that the request came to it from. */
  from?: string | undefined
  proto?: string | undefined
  host?: string | undefined
}

/** Sees a request as its client does. Headers of proxies count only when the socket, and each proxy before it, is trusted. */
export function clientView(
  { publicUrl, trustedProxies }: Pick<Emulator, 'publicUrl' | 'trustedProxies'>,
  context: ServerContext,
): ClientView {
  const { headers, url } = context.req.raw
  const peer = () => context.env?.incoming && getConnInfo(context).remote.address
  const hop = () => {
    const address = peer()
    return isTrusted(trustedProxies, address) ? outermostHop(hopsIn(headers), trustedProxies) : undefined
  }
  const ownScheme = () => {
    const incoming = context.env?.incoming
    if (incoming === undefined) return new URL(url).protocol.replace(':', '')
    return isHttps(incoming) ? 'https' : 'http'
  }
  return {
    get origin() {
      if (publicUrl !== undefined) return publicUrl
      const { proto = ownScheme(), host = headers.get('host') ?? new URL(url).host } = hop() ?? {}
      return `${proto}://${host}`
    },
    get address() {
      return hop()?.from ?? peer()
    },
  }
}

function isTrusted(trusted: BlockList, address: string | undefined): boolean {
  if (address === undefined || isIP(address) === 0) return false
  return trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/** The hop nearest to the client that trusted proxies tell of: the last one was added by the proxy nearest to the emulator. */
function outermostHop(hops: readonly Hop[], trusted: BlockList): Hop | undefined {
  let outermost: Hop | undefined
  for (const hop of hops.toReversed()) {
    outermost = { ...outermost, ...hop }
    if (!isTrusted(trusted, hop.from)) break
  }
  return outermost
}

/** Parses `Forwarded` (RFC 7239), or else the `X-Forwarded-…` headers. Values that cannot be are left out. */
function hopsIn(headers: Headers): Hop[] {
  const standard = listed(headers.get('forwarded'))
  if (standard.length > 0) return standard.map(standardHop)
  const [from, protos, hosts, ports] = ['for', 'proto', 'host', 'port'].map((name) =>
    listed(headers.get(`x-forwarded-${name}`)),
  )
  const count = Math.max(from?.length ?? 0, 1)
  // A list that is shorter was written anew by the last proxy.
  const at = (list: readonly string[] = [], i: number) => (list.length === count ? list[i] : list.at(-1))
  return Array.from({ length: count }, (_, i) => {
    const proto = schemeIn(at(protos, i))
    return hopOf(at(from, i), proto, withPort(at(hosts, i), at(ports, i), proto))
  })
}

function standardHop(element: string): Hop {
  const pairs = element.split(';').map((pair): [string, string] => {
    const [name = '', value = ''] = pair.split('=', 2)
    return [name.trim().toLowerCase(), value.trim().replace(/^"|"$/g, '')]
  })
  const named = new Map(pairs)
  return hopOf(named.get('for'), schemeIn(named.get('proto')), named.get('host'))
}

function hopOf(from: string | undefined, proto: string | undefined, host: string | undefined): Hop {
  const address = from?.replace(/^\[([^\]]*)\](?::\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1')
  const isHost =
    host !== undefined && URL.canParse(`http://${host}`) && new URL(`http://${host}`).pathname === '/'
  return {
    ...(address !== undefined && isIP(address) !== 0 && { from: address }),
    ...(proto !== undefined && { proto }),
    ...(isHost && /^[\w.:[\]-]+$/.test(host) && { host }),
  }
}

function schemeIn(text: string | undefined): string | undefined {
  const scheme = text?.toLowerCase()
  return scheme === 'http' || scheme === 'https' ? scheme : undefined
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' }

function withPort(host: string | undefined, port: string | undefined, proto = 'http'): string | undefined {
  if (host === undefined || port === undefined || !/^\d{1,5}$/.test(port)) return host
  return /:\d+$/.test(host) || DEFAULT_PORTS[proto] === port ? host : `${host}:${port}`
}

function listed(header: string | null): string[] {
  return (header ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
}
