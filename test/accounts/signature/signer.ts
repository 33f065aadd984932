import { createHash, createHmac } from 'node:crypto'

/** A request before signing, with all names and values unencoded. */
export interface Draft {
  method: string
  /** Segments of the path, not encoded. */
  segments: readonly string[]
  query: readonly (readonly [name: string, value: string])[]
  /** Headers that are sent and signed besides X-Sdk-Date. */
  headers: Readonly<Record<string, string>>
  body: string | Uint8Array
  /** `YYYYMMDDTHHMMSSZ`. */
  date: string
  accessKey: string
  secretKey: string
  /** `once` signs the encoded path, as Go and Python do; `twice` encodes it again, as Java does. */
  encoding?: 'once' | 'twice'
  /** Replaces the hash of the body. */
  payload?: string
}

/** A signed request as it is sent. */
export interface Signed {
  method: string
  target: string
  headers: Headers
  bodyHash: string
  authorization: string
}

const UNRESERVED = new Set([...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~'])

/** Percent-encodes byte by byte. */
export function escaped(text: string): string {
  let out = ''
  for (const byte of new TextEncoder().encode(text)) {
    const character = String.fromCharCode(byte)
    out += UNRESERVED.has(character) ? character : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`
  }
  return out
}

/** SHA-256 in hex. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

/** Signs a request independently of the server's code, from the unencoded draft. */
export function sign(draft: Draft): Signed {
  const path = `/${draft.segments.map(escaped).join('/')}`
  const signedPath = draft.encoding === 'twice' ? path.split('/').map(escaped).join('/') : path
  const query = draft.query.map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
  const all: Record<string, string> = { ...draft.headers, 'x-sdk-date': draft.date }
  if (draft.payload !== undefined) all['x-sdk-content-sha256'] = draft.payload
  const names = Object.keys(all).sort()
  const canonical = [
    draft.method,
    signedPath.endsWith('/') ? signedPath : `${signedPath}/`,
    sortedQuery(draft.query),
    names.map((name) => `${name}:${all[name] ?? ''}\n`).join(''),
    names.join(';'),
    draft.payload ?? sha256(draft.body),
  ].join('\n')
  const text = `SDK-HMAC-SHA256\n${draft.date}\n${sha256(canonical)}`
  const signature = createHmac('sha256', draft.secretKey).update(text).digest('hex')
  return {
    method: draft.method,
    target: query.length === 0 ? path : `${path}?${query.join('&')}`,
    headers: new Headers(all),
    bodyHash: sha256(draft.body),
    authorization: `SDK-HMAC-SHA256 Access=${draft.accessKey}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  }
}

/** Renders the query sorted by name and value, both in the order of their UTF-8 bytes. */
function sortedQuery(query: Draft['query']): string {
  return [...query]
    .sort(
      (a, b) =>
        Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0])) ||
        Buffer.compare(Buffer.from(a[1]), Buffer.from(b[1])),
    )
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .join('&')
}
