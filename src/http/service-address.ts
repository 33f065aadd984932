import { isIP } from 'node:net'
import type { ServerContext } from './body.ts'
import { namedInPath } from './find-world.ts'

/** The domains of the cloud and of Open Telekom Cloud, whose names clients resolve to the emulator. */
const CLOUD_DOMAINS = ['.myhuaweicloud.com', '.myhuaweicloud.eu', '.otc.t-systems.com']

/** The service that the address of a request names. */
export interface NamedService {
  /** As in `hosts` of a service, e.g. `ims`. */
  name: string
  /**
   * True when no other service can be meant: below `/s/{name}` and under the names of the cloud. Under a local name such as
   * `ims.localhost` other services can be reached too.
   */
  only: boolean
}

/**
 * Reads which service the address of a request names: in its path, or else in the name of its host. The name of a service is the
 * first label of a host that has a dot.
 * @example `/s/ecs/v1/…`, `ecs.cn-north-4.myhuaweicloud.com`, `ecs.localhost`
 */
export function namedService(context: ServerContext, known: ReadonlySet<string>): NamedService | undefined {
  const inPath = namedInPath(context)
  if (inPath !== undefined) return { name: inPath, only: true }
  const { headers, url } = context.req.raw
  const host = hostName(headers.get('host') ?? new URL(url).host)
  const dot = host.indexOf('.')
  const name = host.slice(0, dot)
  if (dot < 1 || !known.has(name) || isIP(host) !== 0) return undefined
  return { name, only: isOfCloud(host) }
}

export function isOfCloud(host: string): boolean {
  return CLOUD_DOMAINS.some((domain) => host.endsWith(domain))
}

/** Removes the port, the brackets of an IPv6 address and the dot of a fully qualified name. */
export function hostName(host: string): string {
  return host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
}
