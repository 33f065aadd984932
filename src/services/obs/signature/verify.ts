import { timingSafeEqual } from 'node:crypto'
import type { ObsCode } from '../errors.ts'
import { PREFIX } from '../wire/dialect.ts'
import type { ChunkSigning } from './chunks.ts'
import { signFourthVersion, signingKeyOf, textsOfFourthVersion } from './fourth-version.ts'
import { basicTime, httpDate } from './parse.ts'
import { signSecondVersion, textsOfSecondVersion } from './second-version.ts'
import type { Credential, FourthVersion, SecondVersion, SignedRequest } from './signed-request.ts'

/** The largest difference between the date of a signature and the host's clock, ms. */
const LARGEST_SKEW = 900_000

/** The result of a verification. */
export type Verdict =
  | {
      valid: true
      /** What the chunks of the body are checked with, if they are signed too. */
      chunks?: ChunkSigning
    }
  | {
      valid: false
      code: ObsCode
      why: string
      /** What the server computed: further elements of the error, for the author of a client. */
      computed: Readonly<Record<string, string>>
    }

/**
 * Verifies the signature of a request. It never throws, and what it computes contains no secret.
 * @param now the host's clock and the world's, ms since the epoch: a date may follow either, the end of a link the first of them.
 */
export function verifySignature(
  request: SignedRequest,
  credential: Credential,
  secretKey: string,
  now: readonly [number, number],
): Verdict {
  const late = credential.version === 2 ? checkTime(request, credential, now) : checkScope(credential, now)
  if (late !== undefined) return { valid: false, computed: {}, ...late }
  return credential.version === 2
    ? verifySecondVersion(request, credential, secretKey)
    : verifyFourthVersion(request, credential, secretKey)
}

function verifySecondVersion(request: SignedRequest, credential: SecondVersion, secretKey: string): Verdict {
  const texts = textsOfSecondVersion(request, credential)
  if (texts.some((text) => sameText(signSecondVersion(text, secretKey), credential.signature)))
    return { valid: true }
  return differs({ StringToSign: texts[0] ?? '' })
}

function verifyFourthVersion(request: SignedRequest, credential: FourthVersion, secretKey: string): Verdict {
  const { date, scope, signature } = credential
  const key = signingKeyOf(secretKey, scope)
  const texts = textsOfFourthVersion(request, credential)
  if (texts.some(({ stringToSign }) => sameText(signFourthVersion(stringToSign, key), signature)))
    return { valid: true, chunks: { key, date, scope, signature } }
  return differs({
    StringToSign: texts[0]?.stringToSign ?? '',
    CanonicalRequest: texts[0]?.canonicalRequest ?? '',
  })
}

function differs(computed: Record<string, string>): Verdict {
  return { valid: false, code: 'SignatureDoesNotMatch', why: 'the signature differs', computed }
}

type Refused = { code: ObsCode; why: string } | undefined

function checkTime(
  { headers }: SignedRequest,
  { dialect, expires }: SecondVersion,
  now: readonly [number, number],
): Refused {
  if (expires !== undefined) {
    if (!/^\d{1,15}$/.test(expires)) return { code: 'AccessDenied', why: 'Expires is no number of seconds' }
    return Number(expires) * 1000 < now[0] ? { code: 'AccessDenied', why: 'the link has expired' } : undefined
  }
  const date = headers.get(`${PREFIX[dialect]}date`) ?? headers.get('date') ?? ''
  return checkSkew(httpDate(date) ?? basicTime(date), now)
}

function checkScope({ date, scope, lifetime }: FourthVersion, now: readonly [number, number]): Refused {
  const at = basicTime(date)
  if (at !== undefined && !scope.startsWith(date.slice(0, 8)))
    return { code: 'SignatureDoesNotMatch', why: 'the scope of the signature is of another day' }
  if (lifetime === undefined || at === undefined) return checkSkew(at, now)
  if (!/^\d{1,9}$/.test(lifetime))
    return { code: 'AccessDenied', why: 'X-Amz-Expires is no number of seconds' }
  if (at - LARGEST_SKEW > Math.max(...now)) return { code: 'AccessDenied', why: 'the link is not good yet' }
  return at + Number(lifetime) * 1000 < now[0]
    ? { code: 'AccessDenied', why: 'the link has expired' }
    : undefined
}

function checkSkew(at: number | undefined, now: readonly [number, number]): Refused {
  if (at === undefined) return { code: 'AccessDenied', why: 'the request has no date that can be read' }
  if (now.some((clock) => Math.abs(clock - at) <= LARGEST_SKEW)) return undefined
  return {
    code: 'RequestTimeTooSkewed',
    why: `the date of the request is ${Math.round((at - now[0]) / 1000)} s off`,
  }
}

/** Compares two texts in constant time. */
export function sameText(right: string, given: string): boolean {
  const [a, b] = [Buffer.from(right), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
