import type { Contract } from '../../contract/operation.ts'
import * as auth from '../../control/contract/auth.ts'
import * as fixtures from '../../control/contract/fixtures.ts'
import * as rules from '../../control/contract/rules.ts'
import * as scenario from '../../control/contract/scenario.ts'
import * as tenants from '../../control/contract/tenants.ts'
import * as worlds from '../../control/contract/worlds.ts'

/** Calls of the control plane that a recording holds: changes of one world. */
const CHANGES = [auth, fixtures, rules, scenario, tenants, worlds]
  .flatMap((topic): unknown[] => Object.values(topic))
  .filter(isContract)
  .filter(({ remembered }) => remembered === true)
  .map(({ method, path }) => ({ method, segments: path.split('/') }))

function isContract(value: unknown): value is Contract {
  return typeof value === 'object' && value !== null && 'method' in value && 'path' in value
}

/** Longest chain of encodings that is followed: `%252e` has two. */
const MOST_ENCODINGS = 8

/**
 * Checks the path of a recorded request. A recording may come from anyone, and URL parsers resolve dots, backslashes and
 * encodings: a request must not leave the world that its replay made, nor call what a recording never holds.
 * @returns why the request cannot be sent; undefined for a path that can.
 * @example whyUnplayable({ method: 'POST', path: '/../../_ims/reset' }) // 'its path has a segment of dots'
 */
export function whyUnplayable({ method, path }: { method: string; path: string }): string | undefined {
  if (!path.startsWith('/')) return 'its path does not begin with a slash'
  // Parsers drop tabs and line ends, and end a path at a hash.
  if (/[\0- \x7f#]/.test(path)) return 'its path has a character that no path has'
  const route = path.split('?', 1)[0] ?? ''
  const read = decoded(route)
  if (read === undefined) return 'its path is encoded too often'
  const segments = read.split(/[/\\]/)
  if (segments.some((segment) => /^\.{1,2}$/.test(segment))) return 'its path has a segment of dots'
  const isOurs = segments.some((segment) => segment.toLowerCase() === '_ims')
  if (!isOurs) return undefined
  return CHANGES.some((change) => change.method === method && fits(route.split('/'), change.segments))
    ? undefined
    : 'its path leads to a call of the control plane that no recording holds'
}

/** Decodes a path until nothing is encoded any more; undefined when that takes too many steps. */
function decoded(path: string): string | undefined {
  let text = path
  for (let step = 0; step < MOST_ENCODINGS; step++) {
    const next = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    if (next === text) return text
    text = next
  }
  return undefined
}

function fits(segments: readonly string[], template: readonly string[]): boolean {
  return (
    segments.length === template.length &&
    template.every((part, at) => part === segments[at] || (part.startsWith('{') && segments[at] !== ''))
  )
}

/**
 * Places a recorded path below the world of a replay.
 * @throws TypeError when the address that comes out lies outside of that world, whatever was checked before.
 */
export function placedIn(world: string, url: string, path: string): string {
  const isOurs = path.startsWith('/_ims/')
  const base = isOurs ? `/_ims/worlds/${world}` : `/w/${world}`
  const address = url + base + (isOurs ? path.slice('/_ims'.length) : path)
  const { origin, pathname } = new URL(address)
  const home = new URL(`${url}${base}/`)
  if (origin !== home.origin || !pathname.startsWith(home.pathname))
    throw new TypeError('its address lies outside of the world of the replay')
  return address
}
