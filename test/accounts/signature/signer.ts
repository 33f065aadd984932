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
  /** Region and service of a credential with a scope, joined by a slash. */
  scope?: string
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
  const signature = signatureOf(draft, sha256(canonical))
  return {
    method: draft.method,
    target: query.length === 0 ? path : `${path}?${query.join('&')}`,
    headers: new Headers(all),
    bodyHash: sha256(draft.body),
    authorization: `SDK-HMAC-SHA256 ${credentialOf(draft)}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  }
}

function scopeOf({ date, scope }: Draft): string {
  return `${date.slice(0, 8)}/${scope}/sdk_request`
}

function credentialOf(draft: Draft): string {
  const { accessKey, scope } = draft
  return scope === undefined ? `Access=${accessKey}` : `Credential=${accessKey}/${scopeOf(draft)}`
}

function signatureOf(draft: Draft, canonicalHash: string): string {
  const { date, scope, secretKey } = draft
  const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text)
  if (scope === undefined) return mac(secretKey, `SDK-HMAC-SHA256\n${date}\n${canonicalHash}`).digest('hex')
  let key = Buffer.from(`SDK${secretKey}`)
  for (const part of scopeOf(draft).split('/')) key = mac(key, part).digest()
  return mac(key, `SDK-HMAC-SHA256\n${date}\n${scopeOf(draft)}\n${canonicalHash}`).digest('hex')
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
