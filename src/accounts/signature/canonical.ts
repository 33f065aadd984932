import { wireText } from './wire-text.ts'

/** The parts of a request that a signature covers. */
export interface SignedRequest {
  method: string
  /** Path and query exactly as they came on the wire (`/v2/cloudimages?name=a%20b`). */
  target: string
  headers: Headers
  /** SHA-256 of the body as it came, in hex. */
  bodyHash: string
}

/** The six parts of a canonical request. */
export interface CanonicalParts {
  method: string
  path: string
  query: string
  /** `name:value`, one for each signed header. */
  headers: readonly string[]
  signedHeaders: string
  payload: string
}

/** The text that is hashed. The header block ends its last line too, so an empty line stands before the names. */
export function canonicalText({
  method,
  path,
  query,
  headers,
  signedHeaders,
  payload,
}: CanonicalParts): string {
  return [method, path, query, ...headers, '', signedHeaders, payload].join('\n')
}

/**
 * Other ways in which clients come from the path on the wire to the one they sign. The rule is decoded, then encoded (Go,
 * Python); Java and Node encode a path that already was encoded, so that `%20` becomes `%2520`.
 */
export const OTHER_PATH_READINGS: readonly ((path: string) => string)[] = [asItCame, asNodeParsed]

function asItCame(path: string): string {
  return path
}

/**
 * Node signs what its old URL parser makes of the path: `'`, `|` and `^` escaped, letters outside ASCII not; on the wire
 * it is the other way round.
 */
function asNodeParsed(path: string): string {
  return path.replaceAll(/(?:%[89a-f][0-9a-f])+/gi, percentDecoded).replaceAll(/['|^]/g, escapeAscii)
}

/** The path of a target as it is signed: each segment encoded, always with a slash at the end. */
export function canonicalPath(target: string, reading: (path: string) => string = percentDecoded): string {
  const path = reading(wireText(target.split('?', 1)[0] ?? ''))
  const encoded = path.split('/').map(percentEncoded).join('/')
  return encoded.endsWith('/') ? encoded : `${encoded}/`
}

/** What a bare `+` in a query stands for. */
export type PlusReading = 'space' | 'plus'

/**
 * The query of a target as it is signed: decoded, sorted by name and value, encoded. A plus is a space, as the server
 * reads it: every client writes a real plus as `%2B`, and taking both would let one signature stand for two requests.
 */
export function canonicalQuery(target: string, plus: PlusReading = 'space'): string {
  return queryText(target)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => readPair(plus === 'space' ? pair.replaceAll('+', ' ') : pair))
    .toSorted((a, b) => codePointOrder(a.name, b.name) || codePointOrder(a.value, b.value))
    .map(({ name, value }) => `${percentEncoded(name)}=${percentEncoded(value)}`)
    .join('&')
}

/** The query as it came, without the question mark. */
export function queryText(target: string): string {
  const at = target.indexOf('?')
  return at < 0 ? '' : wireText(target.slice(at + 1))
}

function readPair(pair: string): { name: string; value: string } {
  const at = pair.indexOf('=')
  if (at < 0) return { name: percentDecoded(pair), value: '' }
  return { name: percentDecoded(pair.slice(0, at)), value: percentDecoded(pair.slice(at + 1)) }
}

/** Text that is no valid encoding stays as it is. */
function percentDecoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** All but letters, digits and `-_.~`, as UTF-8 bytes in upper-case hex. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(/[!'()*]/g, escapeAscii)
}

function escapeAscii(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/** JavaScript compares UTF-16 units, which puts an emoji before a full-width letter; Go and Python do not. */
function codePointOrder(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let at = 0; at < shorter; at++) {
    if (a.charCodeAt(at) !== b.charCodeAt(at)) return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0)
  }
  return a.length - b.length
}
