/** The algorithm that clients of the image service use. IoT and Chinese national ciphers have others, which are not supported. */
export const ALGORITHM = 'SDK-HMAC-SHA256'

/** The parts of an Authorization header of the algorithm. */
export interface SignatureHeader {
  accessKey: string
  /** Names in the order of the header, each once when case is ignored. */
  signedHeaders: readonly string[]
  signature: string
}

/** Characters that the name of an HTTP header may have (RFC 9110, token). */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/**
 * Parses `SDK-HMAC-SHA256 Access=…, SignedHeaders=a;b, Signature=…`. The three parts may be in any order, with or without
 * spaces around the commas. Returns undefined for another scheme and for a header with a missing, repeated, empty or
 * unknown part. Never throws; the time is linear in the length of the value.
 *
 * @example
 * parseAuthorization('SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=0f1e…')
 * // { accessKey: 'AK', signedHeaders: ['host', 'x-sdk-date'], signature: '0f1e…' }
 */
export function parseAuthorization(value: string): SignatureHeader | undefined {
  const trimmed = value.trim()
  if (!/^SDK-HMAC-SHA256[ \t]/.test(trimmed)) return undefined
  const parts = parseParts(trimmed.slice(ALGORITHM.length))
  const accessKey = parts?.get('Access')
  const signature = parts?.get('Signature')
  const signedHeaders = parseNames(parts?.get('SignedHeaders') ?? '')
  if (accessKey === undefined || signature === undefined || signedHeaders === undefined) return undefined
  return { accessKey, signedHeaders, signature }
}

/** Parses three `key=value` pairs with different keys; returns undefined for any other text. */
function parseParts(text: string): ReadonlyMap<string, string> | undefined {
  const pairs = text.split(',', 4).map((part) => /^([A-Za-z]+)=(\S+)$/.exec(part.trim()))
  const parts = new Map<string, string>()
  for (const pair of pairs) {
    if (pair?.[1] === undefined || pair[2] === undefined) return undefined
    parts.set(pair[1], pair[2])
  }
  return pairs.length === 3 && parts.size === 3 ? parts : undefined
}

/** Parses header names. A repeated name is refused: it would let a short header cause a long canonical request. */
function parseNames(text: string): readonly string[] | undefined {
  const names = text.split(';')
  if (!names.every((name) => HEADER_NAME.test(name))) return undefined
  return new Set(names.map((name) => name.toLowerCase())).size === names.length ? names : undefined
}
