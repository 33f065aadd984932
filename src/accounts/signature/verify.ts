import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import {
  type CanonicalParts,
  canonicalPath,
  canonicalQuery,
  canonicalText,
  formText,
  OTHER_PATH_READINGS,
  type SignedRequest,
  signedHeaderLines,
  withoutSecrets,
} from './canonical.ts'
import { hintFor, type SignatureTest } from './hint.ts'
import { checkBeforeSigning, type EarlyRefusal, UNSIGNED_PAYLOAD } from './refusal.ts'
import { type CredentialScope, parseCredential, scopedKey, scopeText } from './scope.ts'

/** The algorithm that clients of the image service use. IoT and Chinese national ciphers have others, which are not supported. */
const ALGORITHM = 'SDK-HMAC-SHA256'

/** The parts of an Authorization header of the algorithm. */
export interface SignatureHeader {
  accessKey: string
  /** The scope that the signing key is derived from; undefined when the secret key itself signs. */
  scope?: CredentialScope | undefined
  /** Names in the order of the header, each once when case is ignored. */
  signedHeaders: readonly string[]
  signature: string
}

/** Characters that the name of an HTTP header may have (RFC 9110, token). */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/**
 * Parses `SDK-HMAC-SHA256 Access=…, SignedHeaders=a;b, Signature=…`. The three parts may be in any order, with or without
 * spaces around the commas. SDKs of before 2020 and those of Open Telekom Cloud write
 * `Credential={key}/{date}/{region}/{service}/sdk_request` instead of `Access={key}`. Returns undefined for another scheme
 * and for a header with a missing, repeated, empty or unknown part. Never throws; the time is linear in the length of the
 * value.
 *
 * @example
 * parseAuthorization('SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=0f1e…')
 * // { accessKey: 'AK', signedHeaders: ['host', 'x-sdk-date'], signature: '0f1e…' }
 */
export function parseAuthorization(value: string): SignatureHeader | undefined {
  const trimmed = value.trim()
  if (!/^SDK-HMAC-SHA256[ \t]/.test(trimmed)) return undefined
  const parts = parseParts(trimmed.slice(ALGORITHM.length))
  const signature = parts?.get('Signature')
  const signedHeaders = parseNames(parts?.get('SignedHeaders') ?? '')
  const credential = credentialIn(parts)
  if (credential === undefined || signature === undefined || signedHeaders === undefined) return undefined
  return { ...credential, signedHeaders, signature }
}

function credentialIn(parts: ReadonlyMap<string, string> | undefined) {
  const accessKey = parts?.get('Access')
  return accessKey === undefined ? parseCredential(parts?.get('Credential') ?? '') : { accessKey }
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

/** Why a signature is refused. */
type SignatureFault = EarlyRefusal['fault'] | 'signature-differs'

/** The result of a verification. */
export type Verdict =
  | { valid: true }
  | {
      valid: false
      fault: SignatureFault
      /** The gateway's sentence, without its "Incorrect IAM authentication information: ". */
      reason: string
      explanation: SignatureExplanation
    }

/**
 * The texts that the server computed by its first rule, for the author of a client. It does not contain the right
 * signature, and values of headers with credentials are `***` (the hash in `stringToSign` is that of the real text).
 */
export interface SignatureExplanation {
  canonicalRequest: string
  stringToSign: string
  signedHeaders: readonly string[]
  /** The probable mistake. */
  hint?: string
}

/**
 * Verifies a request signed with SDK-HMAC-SHA256. `now` lists the clocks (the host's and the world's, ms since the epoch)
 * of which one must agree with the date; a refusal shows the first. Never throws.
 *
 * @see https://support.huaweicloud.com/intl/en-us/devg-apisign/apisign-devg-pdf.pdf API Request Signing Guide
 *
 * @example
 * const verdict = verifySignature(request, header, secretKey, [hostNow(), world.clock.now()])
 * if (!verdict.valid) console.log(verdict.reason, verdict.explanation.hint)
 */
export function verifySignature(
  request: SignedRequest,
  header: SignatureHeader,
  secretKey: string,
  now: readonly number[],
): Verdict {
  const date = request.headers.get('x-sdk-date') ?? ''
  const { scope } = header
  const key = scope === undefined ? secretKey : scopedKey(secretKey, scope)
  const toSign = (canonical: string) => stringToSign(date, scope, canonical)
  const parts = canonicalParts(request, header)
  const explanation = (hint: string): SignatureExplanation => ({
    canonicalRequest: canonicalText(withoutSecrets(parts)),
    stringToSign: toSign(canonicalText(parts)),
    signedHeaders: header.signedHeaders,
    hint,
  })
  const refusal = checkBeforeSigning(request, header, now)
  if (refusal) {
    const { fault, reason, hint } = refusal
    return { valid: false, fault, reason, explanation: explanation(hint) }
  }
  const signs: SignatureTest = (canonical, signature = header.signature) =>
    sameText(signatureOf(toSign(canonical), key), signature)
  if (candidates(request, header, parts).some((candidate) => signs(canonicalText(candidate()))))
    return { valid: true }
  const hint = hintFor(request, header, parts, signs)
  return {
    valid: false,
    fault: 'signature-differs',
    reason: differenceReason(parts),
    explanation: explanation(hint),
  }
}

/** Builds the canonical request by the first rule, that of Go and Python. */
function canonicalParts(request: SignedRequest, { signedHeaders }: SignatureHeader): CanonicalParts {
  return {
    method: request.method,
    path: canonicalPath(request.target),
    query: canonicalQuery(request.target),
    headers: signedHeaderLines(request.headers, signedHeaders),
    signedHeaders: signedHeaders.join(';'),
    payload: request.headers.get('x-sdk-content-sha256') ?? request.bodyHash,
  }
}

/** Lists what real clients may have signed for this request, the most likely first; each is built when it is tried. */
function candidates(
  request: SignedRequest,
  { scope }: SignatureHeader,
  parts: CanonicalParts,
): readonly (() => CanonicalParts)[] {
  const paths = [
    () => parts.path,
    ...OTHER_PATH_READINGS.map((reading) => () => canonicalPath(request.target, reading)),
  ]
  // Python signs the hash of an empty body even when it declares the payload unsigned.
  const payloads = parts.payload === UNSIGNED_PAYLOAD ? [parts.payload, request.bodyHash] : [parts.payload]
  const readings = payloads.flatMap((payload) =>
    paths.map((path) => () => ({ ...parts, payload, path: path() })),
  )
  if (scope === undefined || !isBarePost(request)) return readings
  const asForm = hash('sha256', formText(request.target))
  return [...readings, ...paths.map((path) => () => ({ ...parts, query: '', payload: asForm, path: path() }))]
}

/** A POST without a body: signers with a scope sign its query as if that were the body, and an empty query. */
function isBarePost({ method, bodyHash }: SignedRequest): boolean {
  return method === 'POST' && bodyHash === hash('sha256', '')
}

function stringToSign(date: string, scope: CredentialScope | undefined, canonicalRequest: string): string {
  const lines = [ALGORITHM, date, ...(scope === undefined ? [] : [scopeText(scope)])]
  return [...lines, hash('sha256', canonicalRequest)].join('\n')
}

function signatureOf(text: string, key: string | Buffer): string {
  return createHmac('sha256', key).update(text).digest('hex')
}

/** Compares two texts in constant time. */
function sameText(right: string, given: string): boolean {
  const [a, b] = [Buffer.from(right), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Renders the gateway's sentence, with the canonical request that it computed on one line. */
function differenceReason(parts: CanonicalParts): string {
  return `verify aksk signature fail, canonicalRequest:${canonicalText(withoutSecrets(parts)).replaceAll('\n', '|')}`
}
