import { isIP } from 'node:net'
import type { ServerContext } from './body.ts'
import { namedInPath } from './find-world.ts'

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

const LOCAL = 'localhost'

/**
 * Reads which service the address of a request names: in its path, or else in the name of its host. The name of a service is the
 * first label of a host that has a dot. Under a domain of the cloud it may be a service that is not emulated.
 * @param domains the domains of the cloud.
 * @example `/s/ecs/v1/…`, `ecs.cn-north-4.myhuaweicloud.com`, `ecs.localhost`
 */
export function namedService(
  context: ServerContext,
  known: ReadonlySet<string>,
  domains: readonly string[],
): NamedService | undefined {
  const inPath = namedInPath(context)
  if (inPath !== undefined) return { name: inPath, only: true }
  const host = hostOf(context)
  const dot = host.indexOf('.')
  const name = host.slice(0, dot)
  if (dot < 1 || isIP(host) !== 0) return undefined
  const only = isOfCloud(host, domains)
  return only || known.has(name) ? { name, only } : undefined
}

/**
 * Reads which region the host of a request names: the last label before a domain of the cloud, or before `localhost`. The first
 * label is the service, so that `iam.myhuaweicloud.com` names no region.
 * @example namedRegion(context, domains) // 'cn-south-1' for ims.cn-south-1.myhuaweicloud.com
 */
export function namedRegion(context: ServerContext, domains: readonly string[]): string | undefined {
  const host = hostOf(context)
  const domain = [...domains, LOCAL].find((each) => host.endsWith(`.${each}`))
  if (domain === undefined) return undefined
  const labels = host.slice(0, -domain.length - 1).split('.')
  return labels.length > 1 ? labels.at(-1) : undefined
}

/** The host of a request when it is a name of the cloud, or one below `localhost`; undefined for a plain address. */
export function cloudHost(context: ServerContext, domains: readonly string[]): string | undefined {
  const host = hostOf(context)
  const isName = isOfCloud(host, domains) || host.endsWith(`.${LOCAL}`)
  return isName && host.length <= LONGEST_NAME ? host : undefined
}

/** Characters of the longest name that DNS has. */
const LONGEST_NAME = 253

function hostOf({ req: { raw } }: ServerContext): string {
  return hostName(raw.headers.get('host') ?? new URL(raw.url).host)
}

/**
 * The address of another service for a client that has reached one at an origin. Below a domain of the cloud each service has its
 * own name; everywhere else all of them answer at the one origin.
 * @param region `*` for a service that is the same in all regions.
 * @example serviceAddress('https://iam.myhuaweicloud.com', domains, 'ims', 'cn-north-4') // 'https://ims.cn-north-4.myhuaweicloud.com'
 */
export function serviceAddress(
  origin: string,
  domains: readonly string[],
  service: string | undefined,
  region: string,
): string {
  const { protocol, hostname, port } = new URL(origin)
  const domain = domains.find((each) => hostname.endsWith(`.${each}`))
  if (domain === undefined || service === undefined) return origin
  const name = region === '*' ? service : `${service}.${region}`
  return `${protocol}//${name}.${domain}${port === '' ? '' : `:${port}`}`
}

/** Tests that a host is in a domain of the cloud. */
export function isOfCloud(host: string, domains: readonly string[]): boolean {
  return domains.some((domain) => host.endsWith(`.${domain}`))
}

/** Removes the port, the brackets of an IPv6 address and the dot of a fully qualified name. */
export function hostName(host: string): string {
  return host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
}
