import type { Answer } from '../../../contract/operation.ts'
import { glanceWouldFail } from '../rules/refusals.ts'
import { healthAnswer } from './health.ts'
import { isVersion, versionList } from './versions.ts'

/** A request as it stands in its first line, with what its headers add. */
export interface Arrival {
  method: string
  /** Path and query as they were sent. */
  target: string
  accept: string | null
  origin: string
}

/** What comes before identity: an answer at once, or the path below the version that is to be answered. */
export type Negotiated = { answer: Answer; health?: true } | { path: string; search: string }

/** Longest first line with its line feed, bytes. */
const LONGEST_LINE = 8191
const BY_ACCEPT = 'application/vnd.openstack.images-'

/** Takes a request the way it goes through the filters of a stock Glance up to its version. */
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

/** The bytes of a path as characters, one by one, as Python's servers hand them on. */
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
