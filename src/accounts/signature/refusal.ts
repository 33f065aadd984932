import { parseTime, wireSeconds } from '../../lib/time.ts'
import { headerValue, type SignedRequest } from './canonical.ts'
import type { SignatureHeader } from './verify.ts'

/** The payload hash of clients that do not sign the body. */
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'

/** The largest difference between a signature's date and a clock that accepts it, in milliseconds (15 minutes, inclusive). */
const LARGEST_SKEW = 900_000

/** A refusal that needs no secret key: the fault, the gateway's sentence, and advice for the author of the client. */
export interface EarlyRefusal {
  fault:
    | 'no-date'
    | 'malformed-date'
    | 'date-not-signed'
    | 'scope-of-another-day'
    | 'out-of-time'
    | 'signed-header-missing'
    | 'body-differs'
  reason: string
  hint: string
}

/**
 * Checks the date, the signed headers and the declared body hash, none of which needs the secret key. The gateway's own
 * sentence is known only for a date out of time; the other sentences are modelled on it.
 */
export function checkBeforeSigning(
  request: SignedRequest,
  header: SignatureHeader,
  now: readonly number[],
): EarlyRefusal | undefined {
  return (
    checkDate(request.headers.get('x-sdk-date'), header, now) ??
    checkHeaders(request.headers, header) ??
    checkBody(request)
  )
}

function checkDate(
  date: string | null,
  { signedHeaders, scope }: SignatureHeader,
  now: readonly number[],
): EarlyRefusal | undefined {
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
  if (scope !== undefined && !date.startsWith(scope.date)) {
    return {
      fault: 'scope-of-another-day',
      reason: `calc aksk signature fail:credential date ${scope.date} differs from x-sdk-date`,
      hint: 'The date in Credential is the day of X-Sdk-Date, in UTC.',
    }
  }
  if (now.some((clock) => Math.abs(clock - ms) <= LARGEST_SKEW)) return undefined
  const server = now.slice(0, 1).map((clock) => `,server time:${sdkDate(clock)}`)
  return {
    fault: 'out-of-time',
    reason: `calc aksk signature fail:signature expired, signature time:${date}${server.join('')}`,
    hint: 'The date of the signature may lie 15 minutes from the clock of the server at most.',
  }
}

function checkHeaders(headers: Headers, { signedHeaders }: SignatureHeader): EarlyRefusal | undefined {
  const missing = signedHeaders.filter((name) => headerValue(headers, name) === undefined)
  if (missing.length === 0) return undefined
  return {
    fault: 'signed-header-missing',
    reason: `verify aksk signature fail, signed headers not found:${missing.join(';')}`,
    hint: 'SignedHeaders names headers that did not arrive: sign only what is sent, and look for a proxy that drops them.',
  }
}

function checkBody({ headers, bodyHash }: SignedRequest): EarlyRefusal | undefined {
  const declared = headers.get('x-sdk-content-sha256')
  if (declared === null || declared === UNSIGNED_PAYLOAD) return undefined
  if (declared.toLowerCase() === bodyHash.toLowerCase()) return undefined
  return {
    fault: 'body-differs',
    reason: 'verify aksk signature fail, x-sdk-content-sha256 differs from the body',
    hint: `The body that arrived has the SHA-256 ${bodyHash}.`,
  }
}

/** Renders `20240506T070809Z`, the format of X-Sdk-Date. */
function sdkDate(ms: number): string {
  return wireSeconds(ms).replaceAll(/[-:]/g, '')
}

/** Parses an X-Sdk-Date into milliseconds since the epoch; returns undefined for another format or an impossible day. */
function parseSdkDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second] = match
  const ms = parseTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  // `Date` takes 31 February for 2 March, so the result must render to the same text.
  return ms !== undefined && sdkDate(ms) === text ? ms : undefined
}
