import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { ALGORITHM, type SignatureHeader } from './authorization.ts'
import {
  type CanonicalParts,
  canonicalPath,
  canonicalQuery,
  canonicalText,
  OTHER_PATH_READINGS,
  type SignedRequest,
} from './canonical.ts'
import { hintFor, type Signs } from './hint.ts'
import { type Refusal, refusalBeforeSigning, UNSIGNED_PAYLOAD } from './refusal.ts'
import { signedHeaderLines, withoutSecrets } from './signed-headers.ts'

/** Why a signature is refused. */
type SignatureFault = Refusal['fault'] | 'signature-differs'

/** Whether a request was signed with the secret key. */
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
 * For somebody who writes a client: what the server computed, by the first of its rules. The right signature is not in it,
 * and values of headers that carry tokens are shown as `***` (the hash in `stringToSign` is that of the true text).
 */
export interface SignatureExplanation {
  canonicalRequest: string
  stringToSign: string
  signedHeaders: readonly string[]
  /** What probably went wrong, in words. */
  hint?: string
}

/**
 * Verifies a request signed with SDK-HMAC-SHA256. `now` are the clocks that the date may agree with (the host's and the
 * world's), ms since the epoch; the first one is shown when none does. Never throws, whatever the request.
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
  const refusal = refusalBeforeSigning(request, header, now)
  if (refusal) {
    const { fault, reason, hint } = refusal
    return { valid: false, fault, reason, explanation: explanation(hint) }
  }
  const signs: Signs = (canonical, signature = header.signature) =>
    sameText(signatureOf(stringToSign(date, canonical), secretKey), signature)
  if (readings(request, parts).some((reading) => signs(canonicalText(reading())))) return { valid: true }
  const hint = hintFor(request, header, parts, signs)
  return {
    valid: false,
    fault: 'signature-differs',
    reason: differenceReason(parts),
    explanation: explanation(hint),
  }
}

/** The canonical request by the first of the rules. */
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

/** What real clients may have signed for this request, the most likely first; each is made when it is tried. */
function readings(request: SignedRequest, parts: CanonicalParts): readonly (() => CanonicalParts)[] {
  const paths = [
    () => parts.path,
    ...OTHER_PATH_READINGS.map((reading) => () => canonicalPath(request.target, reading)),
  ]
  // Python signs the hash of an empty body even where it declares the payload unsigned.
  const payloads = parts.payload === UNSIGNED_PAYLOAD ? [parts.payload, request.bodyHash] : [parts.payload]
  return payloads.flatMap((payload) => paths.map((path) => () => ({ ...parts, payload, path: path() })))
}

function stringToSign(date: string, canonicalRequest: string): string {
  return `${ALGORITHM}\n${date}\n${hash('sha256', canonicalRequest)}`
}

function signatureOf(text: string, secretKey: string): string {
  return createHmac('sha256', secretKey).update(text).digest('hex')
}

/** In a time that tells nothing of where the two differ. */
function sameText(right: string, given: string): boolean {
  const [a, b] = [Buffer.from(right), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** The gateway shows the canonical request that it computed on one line. */
function differenceReason(parts: CanonicalParts): string {
  return `verify aksk signature fail, canonicalRequest:${canonicalText(withoutSecrets(parts)).replaceAll('\n', '|')}`
}
