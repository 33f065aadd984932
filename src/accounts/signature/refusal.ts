import type { SignatureHeader } from './authorization.ts'
import type { SignedRequest } from './canonical.ts'
import { LARGEST_SKEW, parseSdkDate, sdkDate } from './sdk-date.ts'
import { headerValue } from './signed-headers.ts'

/** What a client writes for the payload hash when it does not sign the body. */
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'

/** A refusal that needs no secret key: what is wrong, the gateway's sentence, and what to do. */
export interface Refusal {
  fault:
    | 'no-date'
    | 'malformed-date'
    | 'date-not-signed'
    | 'out-of-time'
    | 'signed-header-missing'
    | 'body-differs'
  reason: string
  hint: string
}

/**
 * What can be told to be wrong before anything is signed. The gateway's own sentence is known for a date out of time; the
 * others are modelled on it.
 */
export function refusalBeforeSigning(
  request: SignedRequest,
  header: SignatureHeader,
  now: readonly number[],
): Refusal | undefined {
  return (
    dateRefusal(request.headers.get('x-sdk-date'), header, now) ??
    headerRefusal(request.headers, header) ??
    bodyRefusal(request)
  )
}

function dateRefusal(
  date: string | null,
  { signedHeaders }: SignatureHeader,
  now: readonly number[],
): Refusal | undefined {
  const form = 'Send X-Sdk-Date as YYYYMMDDTHHMMSSZ, in UTC, and sign it.'
  if (date === null) {
    return { fault: 'no-date', reason: 'calc aksk signature fail:x-sdk-date not found', hint: form }
  }
  const ms = parseSdkDate(date)
  if (ms === undefined) {
    return { fault: 'malformed-date', reason: 'calc aksk signature fail:x-sdk-date malformed', hint: form }
  }
  if (!signedHeaders.some((name) => name.toLowerCase() === 'x-sdk-date')) {
    return { fault: 'date-not-signed', reason: 'calc aksk signature fail:x-sdk-date not signed', hint: form }
  }
  if (now.some((clock) => Math.abs(clock - ms) <= LARGEST_SKEW)) return undefined
  const server = now.slice(0, 1).map((clock) => `,server time:${sdkDate(clock)}`)
  return {
    fault: 'out-of-time',
    reason: `calc aksk signature fail:signature expired, signature time:${date}${server.join('')}`,
    hint: 'The date of the signature may lie 15 minutes from the clock of the server at most.',
  }
}

function headerRefusal(headers: Headers, { signedHeaders }: SignatureHeader): Refusal | undefined {
  const missing = signedHeaders.filter((name) => headerValue(headers, name) === undefined)
  if (missing.length === 0) return undefined
  return {
    fault: 'signed-header-missing',
    reason: `verify aksk signature fail, signed headers not found:${missing.join(';')}`,
    hint: 'SignedHeaders names headers that did not arrive: sign only what is sent, and look for a proxy that drops them.',
  }
}

function bodyRefusal({ headers, bodyHash }: SignedRequest): Refusal | undefined {
  const declared = headers.get('x-sdk-content-sha256')
  if (declared === null || declared === UNSIGNED_PAYLOAD) return undefined
  if (declared.toLowerCase() === bodyHash.toLowerCase()) return undefined
  return {
    fault: 'body-differs',
    reason: 'verify aksk signature fail, x-sdk-content-sha256 differs from the body',
    hint: `The body that arrived has the SHA-256 ${bodyHash}.`,
  }
}
