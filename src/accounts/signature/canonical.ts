/** The parts of a request that a signature covers. */
export interface SignedRequest {
  method: string
  /** Path and query exactly as received (`/v2/cloudimages?name=a%20b`). */
  target: string
  headers: Headers
  /** SHA-256 of the received body, in hex. */
  bodyHash: string
}

/** The six parts of a canonical request. */
export interface CanonicalParts {
  method: string
  path: string
  query: string
  /** `name:value` for each signed header. */
  headers: readonly string[]
  signedHeaders: string
  payload: string
}

/** Renders the canonical request, which is hashed. Each header line ends with a newline, so an empty line follows the last. */
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
 * Other ways in which clients derive the path they sign from the path they send. Go and Python sign the decoded path
 * encoded once; Java and Node encode the encoded path again, so that `%20` becomes `%2520`.
 */
export const OTHER_PATH_READINGS: readonly ((path: string) => string)[] = [asReceived, asNodeParsed]

function asReceived(path: string): string {
  return path
}

/**
 * Derives the path that Node signs. Its legacy URL parser escapes `'`, `|` and `^` and no letters outside ASCII; the path
 * that it sends is escaped the other way round.
 */
function asNodeParsed(path: string): string {
  return path.replaceAll(/(?:%[89a-f][0-9a-f])+/gi, percentDecoded).replaceAll(/['|^]/g, escapeAscii)
}

/**
 * Renders the path of a target as it is signed: each segment encoded, with a slash at the end.
 *
 * @example canonicalPath('/v2/cloudimages?limit=1') // '/v2/cloudimages/'
 */
export function canonicalPath(target: string, reading: (path: string) => string = percentDecoded): string {
  const path = reading(wireText(target.split('?', 1)[0] ?? ''))
  const encoded = path.split('/').map(percentEncoded).join('/')
  return encoded.endsWith('/') ? encoded : `${encoded}/`
}

/** The meaning of a bare `+` in a query. */
type PlusReading = 'space' | 'plus'

/**
 * Renders the query of a target as it is signed: decoded, sorted by name and value, encoded. A `+` is a space, as the
 * server reads it: every client sends a plus as `%2B`, and with both readings one signature would be valid for two requests.
 *
 * @example canonicalQuery('/v2/cloudimages?name=b+c&limit=1') // 'limit=1&name=b%20c'
 */
export function canonicalQuery(target: string, plus: PlusReading = 'space'): string {
  return queryText(target)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => decodePair(plus === 'space' ? pair.replaceAll('+', ' ') : pair))
    .toSorted((a, b) => codePointOrder(a.name, b.name) || codePointOrder(a.value, b.value))
    .map(({ name, value }) => `${percentEncoded(name)}=${percentEncoded(value)}`)
    .join('&')
}

/**
 * Renders the query of a target as a form: sorted by name, values of a name in their order, with `+` for a space.
 *
 * @example formText('/v2/images?name=b+c&limit=1') // 'limit=1&name=b+c'
 */
export function formText(target: string): string {
  return queryText(target)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => decodePair(pair.replaceAll('+', ' ')))
    .toSorted((a, b) => codePointOrder(a.name, b.name))
    .map(({ name, value }) => `${percentEncoded(name)}=${percentEncoded(value)}`.replaceAll('%20', '+'))
    .join('&')
}

/** Returns the query as received, without the question mark; empty when there is none. */
export function queryText(target: string): string {
  const at = target.indexOf('?')
  return at < 0 ? '' : wireText(target.slice(at + 1))
}

/** Headers with credentials, whose values are signed but never shown. */
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'x-auth-token',
  'x-security-token',
  'x-subject-token',
])

/** Returns the value of a header; undefined when it is missing or the name is not a valid one. */
export function headerValue(headers: Headers, name: string): string | undefined {
  try {
    return headers.get(name) ?? undefined
  } catch {
    return undefined
  }
}

/** Renders `name:value` for each signed header in the order of `names`; a missing header has an empty value. */
export function signedHeaderLines(headers: Headers, names: readonly string[]): readonly string[] {
  return names.map((name) => `${name.toLowerCase()}:${wireText(headerValue(headers, name) ?? '').trim()}`)
}

/** Replaces the values of headers with credentials by `***`. */
export function withoutSecrets(parts: CanonicalParts): CanonicalParts {
  const headers = parts.headers.map((line) => {
    const name = line.slice(0, line.indexOf(':'))
    return SECRET_HEADERS.has(name) ? `${name}:***` : line
  })
  return { ...parts, headers }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Decodes a target or a header value, which Node's HTTP parser presents as Latin-1, one character per byte. Bytes that are
 * valid UTF-8 are decoded as UTF-8: Go and Python send and sign UTF-8, and Node sends Latin-1 and signs the letters.
 */
export function wireText(value: string): string {
  if (!/[\u0080-\u00ff]/.test(value) || /[\u0100-\uffff]/.test(value)) return value
  try {
    return UTF8.decode(Buffer.from(value, 'latin1'))
  } catch {
    return value
  }
}

function decodePair(pair: string): { name: string; value: string } {
  const at = pair.indexOf('=')
  if (at < 0) return { name: percentDecoded(pair), value: '' }
  return { name: percentDecoded(pair.slice(0, at)), value: percentDecoded(pair.slice(at + 1)) }
}

/** Decodes percent-encoded UTF-8; returns an invalid text unchanged. */
function percentDecoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Encodes all characters but letters, digits and `-_.~` as UTF-8 bytes in upper-case hex. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(/[!'()*]/g, escapeAscii)
}

function escapeAscii(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/** Compares by code point, as Go and Python do. JavaScript compares UTF-16 units, which sorts an emoji before a full-width letter. */
function codePointOrder(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let at = 0; at < shorter; at++) {
    if (a.charCodeAt(at) !== b.charCodeAt(at)) return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0)
  }
  return a.length - b.length
}
