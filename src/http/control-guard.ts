import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { Contract } from '../contract/operation.ts'
import { ControlError } from '../lib/errors.ts'
import type { Emulator } from '../worlds/emulator.ts'
import type { ServedService } from './enter.ts'
import { hostName, isOfCloud } from './service-address.ts'

/** The control plane, closed to web pages and to clients without its key, as the emulator was started. */
export function guardedControl(
  control: ServedService,
  { allowedHosts, controlKey }: Pick<Emulator, 'allowedHosts' | 'controlKey'>,
): ServedService {
  return {
    ...control,
    treatment: {
      ...control.treatment,
      guard(operation, request) {
        // A path or a method that does not exist is no secret.
        if (operation === undefined) return
        checkPage(operation, request, allowedHosts)
        if (!operation.forProbes) checkControlKey(request.headers, controlKey)
      },
    },
  }
}

/**
 * Refuses a request under a foreign host name, for every service. A page can resolve a name of its own to this machine (DNS
 * rebinding); a browser then takes the emulator for a part of that page's site and lets the page read every answer. Names that
 * no page can have pass: IP addresses, names without a dot (containers), `*.localhost` and names of the cloud. So do the
 * names of `--allow-host`. A request in process has no Host.
 * @throws ControlError 403 that names `--allow-host`.
 */
export function checkHost(
  operation: Pick<Contract, 'anyHost'> | undefined,
  headers: Headers,
  emulator: Answering,
): void {
  const host = headers.get('host')
  if (host === null || operation?.anyHost) return
  const name = hostName(host)
  if (answersTo(name, emulator)) return
  throw new ControlError(
    403,
    `the emulator does not answer to the Host ${shortened(name)}; allow it with --allow-host (IMS_ALLOW_HOST)`,
  )
}

/** The names under which an emulator answers, beside those that no page can have. */
type Answering = Pick<Emulator, 'allowedHosts' | 'cloudDomains'>

/** Tells whether the emulator answers under a host name. */
export function answersTo(name: string, { allowedHosts, cloudDomains }: Answering): boolean {
  if (!name.includes('.') || isIP(name) !== 0 || name.endsWith('.localhost')) return true
  return isOfCloud(name, cloudDomains) || isAllowed(name, allowedHosts)
}

function isAllowed(name: string, allowed: readonly string[]): boolean {
  return allowed.some((each) => each.toLowerCase() === name)
}

/** The values of Sec-Fetch-Site with which a browser sends the requests of other pages. */
const OTHER_SITES: ReadonlySet<string | null> = new Set(['cross-site', 'same-site'])
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/**
 * Refuses requests that a page of another origin makes a browser send: pages of other sites, of other ports of this machine,
 * from files and from sandboxed frames (`Origin: null`). Programs send neither `Origin` nor `Sec-Fetch-Site`.
 * @throws ControlError 403 for a foreign page, 415 for a body that a browser sends without asking first (CORS preflight).
 */
function checkPage(operation: Contract, request: Request, allowed: readonly string[]): void {
  const { headers, method } = request
  const origin = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  const writes = !READS.has(method)
  const page = origin !== null && URL.canParse(origin) ? new URL(origin) : undefined
  if (page === undefined || !isAllowed(hostName(page.hostname), allowed)) {
    if (writes && OTHER_SITES.has(site)) throw foreignPage('Sec-Fetch-Site', site)
    if (origin !== null && !isOwnOrigin(page, request)) throw foreignPage('Origin', origin)
  }
  if (writes && (origin !== null || site !== null)) checkMediaType(operation, headers)
}

/** Tests that a page has the host and the port that the request was sent to. */
function isOwnOrigin(page: URL | undefined, { headers, url }: Request): boolean {
  if (page === undefined) return false
  const host = headers.get('host') ?? new URL(url).host
  const own = `${page.protocol}//${host}`
  return /^https?:$/.test(page.protocol) && URL.canParse(own) && new URL(own).host === page.host
}

function foreignPage(header: string, found: string | null): ControlError {
  return new ControlError(
    403,
    `the control plane does not answer to pages with ${header}: ${shortened(found ?? '')}; allow their host with --allow-host (IMS_ALLOW_HOST)`,
  )
}

const JSON_TYPES: readonly string[] = ['application/json']
/** Scenarios are sent as YAML or JSON. */
const DOCUMENT_TYPES: readonly string[] = [
  ...JSON_TYPES,
  'application/yaml',
  'application/x-yaml',
  'text/yaml',
  'text/x-yaml',
]

function checkMediaType({ takes }: Contract, headers: Headers): void {
  if ((headers.get('content-length') ?? '0') === '0' && !headers.has('transfer-encoding')) return
  const taken = takes === 'bytes' ? DOCUMENT_TYPES : JSON_TYPES
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (taken.includes(type)) return
  throw new ControlError(
    415,
    `a browser must send this body as ${taken.join(' or ')}, not ${type === '' ? 'without a Content-Type' : `as ${shortened(type)}`}`,
  )
}

/** Characters of a header that a message quotes. */
const LONGEST_QUOTE = 200

function shortened(text: string): string {
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text
}

/**
 * Refuses requests without the key of a closed control plane.
 * @throws ControlError 401 with what to send.
 */
function checkControlKey(headers: Headers, key: string | undefined): void {
  if (key === undefined) return
  const shown = /^Bearer\s+(.+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (shown !== undefined && timingSafeEqual(digest(shown), digest(key))) return
  const found = shown === undefined ? 'no key was sent' : 'the key that was sent is another'
  throw new ControlError(
    401,
    `the control plane is closed, and ${found}; send Authorization: Bearer with the key of --control-key (IMS_CONTROL_KEY)`,
  )
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
