import type { Answer, Operation } from '../../../contract/operation.ts'
import { glanceWouldFail, preferredForm } from '../errors.ts'

/** The minor versions that a stock Glance speaks, the newest first. */
const MINORS = [15, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]

const known: ReadonlySet<string> = new Set(['v2', ...MINORS.map((minor) => `v2.${minor}`)])

function isVersion(name: string): boolean {
  return known.has(name)
}

/** The list of versions: 300 for a path that names none, 200 for `/versions`. */
function versionList(origin: string, status: 200 | 300): Answer {
  const versions = MINORS.map((minor, n) => ({
    id: `v2.${minor}`,
    status: n === 0 ? 'CURRENT' : 'SUPPORTED',
    links: [{ rel: 'self', href: `${origin}/v2/` }],
  }))
  return { status, body: { versions } }
}

/** The request line and the headers that decide the version. */
export interface Arrival {
  method: string
  /** Path and query as they were sent. */
  target: string
  accept: string | null
  origin: string
}

/** A reply before authentication, or the path below the version. */
export type Negotiated = { answer: Answer; health?: true } | { path: string; search: string }

/** Longest request line with its line feed, bytes. */
const LONGEST_LINE = 8191
const BY_ACCEPT = 'application/vnd.openstack.images-'

/** Passes a request through the filters of a stock Glance that come before authentication. */
export function negotiate({ method, target, accept, origin }: Arrival): Negotiated {
  if (`${method} ${target} HTTP/1.1\r\n`.length > LONGEST_LINE)
    return { answer: { status: 414, headers: { Connection: 'close' } } }
  const mark = target.indexOf('?')
  const path = unquote(mark < 0 ? target : target.slice(0, mark))
  const search = mark < 0 ? '' : target.slice(mark + 1)
  if (path === '/healthcheck') return { answer: healthAnswer(method, accept ?? ''), health: true }
  const [, slashes = '', first = '', rest = ''] = /^(\/*)([^/]*)(.*)$/s.exec(path) ?? []
  if (first === 'versions') return { answer: versionList(origin, 200) }
  if (method === 'OPTIONS') return { answer: { status: 200 } }
  if (accept?.startsWith(BY_ACCEPT)) {
    if (isVersion(accept.slice(BY_ACCEPT.length))) return { path: slashes + first + rest, search }
  } else if (isVersion(first)) return { path: rest, search }
  return { answer: versionList(origin, 300) }
}

/** Decodes a path into one character per byte, as WSGI servers pass it on (PEP 3333). */
function unquote(path: string): string {
  const bytes = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes, 'latin1'))
  } catch {
    throw glanceWouldFail('a path that is not UTF-8')
  }
  return bytes
}

const PAGE = `<HTML>
<HEAD><TITLE>Healthcheck Status</TITLE></HEAD>
<BODY>

<H2>Result of 1 checks:</H2>
<TABLE bgcolor="#ffffff" border="1">
<TBODY>
<TR>

<TH>
Reason
</TH>
</TR>
<TR>

    <TD>OK</TD>

</TR>
</TBODY>
</TABLE>
<HR></HR>

</BODY>
</HTML>`

/** The reply of the health check of a healthy OpenStack server. */
function healthAnswer(method: string, accept: string): Answer {
  if (method === 'HEAD') return { status: 204 }
  const form = preferredForm(accept, ['plain', 'html', 'json'])
  if (form === 'json') {
    const body = JSON.stringify({ detailed: false, reasons: ['OK'] }, null, 4)
    return { status: 200, body, headers: { 'Content-Type': 'application/json' } }
  }
  if (form === 'html')
    return { status: 200, body: PAGE, headers: { 'Content-Type': 'text/html; charset=UTF-8' } }
  return { status: 200, body: 'OK', headers: { 'Content-Type': 'text/plain; charset=UTF-8' } }
}

/** The operation of a path and a method, the methods of a known path, or undefined for an unknown path. */
type Route = { operation: Operation; params: Record<string, string> } | { allow: string } | undefined

/** Paths that answer 404 for any other method than their own. */
const SILENT: ReadonlySet<string> = new Set(['/v2/images/{image_id}/tasks', '/v2/info/usage'])

/** Creates a router. Repeated slashes count as one, a slash at the end never matches, and HEAD is not GET. */
export function glanceRouter(operations: readonly Operation[]): (method: string, path: string) => Route {
  const patterns = [...Map.groupBy(operations, ({ path }) => path)].map(([path, own]) => ({
    path: patternOf(path),
    silent: SILENT.has(path),
    operations: own,
  }))
  return (method, path) => {
    const collapsed = path.replace(/\/+/g, '/')
    for (const { path: pattern, silent, operations: own } of patterns) {
      const match = pattern.exec(collapsed)
      if (match === null) continue
      const operation = own.find((candidate) => candidate.method === method)
      if (operation !== undefined) return { operation, params: { ...match.groups } }
      return silent ? undefined : { allow: own.map((known) => known.method).join(', ') }
    }
    return undefined
  }
}

function patternOf(path: string): RegExp {
  const below = path.replace(/^\/v2/, '').replace(/\./g, '\\.')
  return new RegExp(`^${below.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`, 's')
}
