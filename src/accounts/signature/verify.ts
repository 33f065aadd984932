import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { ALGORITHM, type SignatureHeader } from './authorization.ts'
import {
  type CanonicalParts,
  canonicalPath,
  canonicalQuery,
  canonicalText,
  OTHER_PATH_READINGS,
  type SignedRequest,
  signedHeaderLines,
  withoutSecrets,
} from './canonical.ts'
import { hintFor, type SignatureTest } from './hint.ts'
import { checkBeforeSigning, type EarlyRefusal, UNSIGNED_PAYLOAD } from './refusal.ts'

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
  const parts = canonicalParts(request, header)
  const explanation = (hint: string): SignatureExplanation => ({
    canonicalRequest: canonicalText(withoutSecrets(parts)),
    stringToSign: stringToSign(date, canonicalText(parts)),
    signedHeaders: header.signedHeaders,
    hint,
  })
  const refusal = checkBeforeSigning(request, header, now)
  if (refusal) {
    const { fault, reason, hint } = refusal
    return { valid: false, fault, reason, explanation: explanation(hint) }
  }
  const signs: SignatureTest = (canonical, signature = header.signature) =>
    sameText(signatureOf(stringToSign(date, canonical), secretKey), signature)
  if (candidates(request, parts).some((candidate) => signs(canonicalText(candidate()))))
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
function candidates(request: SignedRequest, parts: CanonicalParts): readonly (() => CanonicalParts)[] {
  const paths = [
    () => parts.path,
    ...OTHER_PATH_READINGS.map((reading) => () => canonicalPath(request.target, reading)),
  ]
  // Python signs the hash of an empty body even when it declares the payload unsigned.
  const payloads = parts.payload === UNSIGNED_PAYLOAD ? [parts.payload, request.bodyHash] : [parts.payload]
  return payloads.flatMap((payload) => paths.map((path) => () => ({ ...parts, payload, path: path() })))
}

function stringToSign(date: string, canonicalRequest: string): string {
  return `${ALGORITHM}\n${date}\n${hash('sha256', canonicalRequest)}`
}

function signatureOf(text: string, secretKey: string): string {
  return createHmac('sha256', secretKey).update(text).digest('hex')
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
