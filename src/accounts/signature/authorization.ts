/** The only algorithm of clients of the image service; the variants for IoT and for Chinese national ciphers are others. */
export const ALGORITHM = 'SDK-HMAC-SHA256'

/** What an Authorization header of the algorithm says. */
export interface SignatureHeader {
  accessKey: string
  /** Names in the order of the header; no name stands twice, whatever its case. */
  signedHeaders: readonly string[]
  signature: string
}

/** Characters that the name of an HTTP header may have (RFC 9110, token). */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/**
 * Reads `SDK-HMAC-SHA256 Access=…, SignedHeaders=a;b, Signature=…`. The three parts may come in any order, with or without
 * spaces around the commas. Undefined for another scheme and for a header that lacks a part, has one twice or empty, or
 * names something else. Never throws; the time it takes grows with the length of the value only.
 */
export function parseAuthorization(value: string): SignatureHeader | undefined {
  const trimmed = value.trim()
  if (!/^SDK-HMAC-SHA256[ \t]/.test(trimmed)) return undefined
  const parts = readParts(trimmed.slice(ALGORITHM.length))
  const accessKey = parts?.get('Access')
  const signature = parts?.get('Signature')
  const signedHeaders = readNames(parts?.get('SignedHeaders') ?? '')
  if (accessKey === undefined || signature === undefined || signedHeaders === undefined) return undefined
  return { accessKey, signedHeaders, signature }
}

/** Three `key=value` pairs with keys of their own; undefined for anything else. */
function readParts(text: string): ReadonlyMap<string, string> | undefined {
  const pairs = text.split(',', 4).map((part) => /^([A-Za-z]+)=(\S+)$/.exec(part.trim()))
  const parts = new Map<string, string>()
  for (const pair of pairs) {
    if (pair?.[1] === undefined || pair[2] === undefined) return undefined
    parts.set(pair[1], pair[2])
  }
  return pairs.length === 3 && parts.size === 3 ? parts : undefined
}

/** A name that came twice would let a short header ask for a long canonical request, so it is refused. */
function readNames(text: string): readonly string[] | undefined {
  const names = text.split(';')
  if (!names.every((name) => HEADER_NAME.test(name))) return undefined
  return new Set(names.map((name) => name.toLowerCase())).size === names.length ? names : undefined
}
