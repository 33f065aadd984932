import { wireSeconds } from '../../../lib/time.ts'
import { dialectHeader } from '../wire/dialect.ts'
import { parameter } from '../wire/query.ts'
import type { Credential, FourthVersion, SignedRequest } from './signed-request.ts'

/** The credential of a request, the lack of one, or a signature that cannot be read. */
export type ParsedCredential = Credential | 'none' | 'unreadable'

/** Reads what a request is signed with: its header, or else its query. Nothing is checked. */
export function parseCredential(request: SignedRequest): ParsedCredential {
  const authorization = request.headers.get('authorization')
  if (authorization !== null) return inHeader(request, authorization.trim())
  return inQuery(request)
}

function inHeader({ headers }: SignedRequest, authorization: string): ParsedCredential {
  const second = /^(OBS|AWS)\s+([^:\s]+):(\S+)$/.exec(authorization)
  if (second !== null) {
    const [, scheme, accessKey = '', signature = ''] = second
    const dialect = scheme === 'OBS' ? 'obs' : 's3'
    const securityToken = dialectHeader(headers, dialect, 'security-token')
    return { version: 2, dialect, accessKey, signature, expires: undefined, securityToken }
  }
  if (!/^AWS4-HMAC-SHA256\s/.test(authorization)) return 'unreadable'
  const parts = new Map(
    authorization
      .slice('AWS4-HMAC-SHA256'.length)
      .split(',', 8)
      .map((part): [string, string] => {
        const [, name = '', value = ''] = /^\s*([A-Za-z]+)=(\S*)\s*$/.exec(part) ?? []
        return [name, value]
      }),
  )
  return fourthVersion({
    credential: parts.get('Credential'),
    signedHeaders: parts.get('SignedHeaders'),
    signature: parts.get('Signature'),
    date: headers.get('x-amz-date') ?? basicDate(headers.get('date') ?? ''),
    lifetime: undefined,
    securityToken: headers.get('x-amz-security-token') ?? undefined,
  })
}

function inQuery({ parameters }: SignedRequest): ParsedCredential {
  const value = (name: string) => parameter(parameters, name)
  if (value('X-Amz-Signature') !== undefined) {
    if (value('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') return 'unreadable'
    return fourthVersion({
      credential: value('X-Amz-Credential'),
      signedHeaders: value('X-Amz-SignedHeaders'),
      signature: value('X-Amz-Signature'),
      date: value('X-Amz-Date'),
      lifetime: value('X-Amz-Expires') ?? '',
      securityToken: value('X-Amz-Security-Token'),
    })
  }
  const signature = value('Signature')
  if (signature === undefined) return 'none'
  const ofObs = value('AccessKeyId')
  const accessKey = ofObs ?? value('AWSAccessKeyId')
  if (accessKey === undefined || accessKey === '') return 'unreadable'
  const dialect = ofObs === undefined ? 's3' : 'obs'
  const securityToken = value(dialect === 'obs' ? 'x-obs-security-token' : 'x-amz-security-token')
  return { version: 2, dialect, accessKey, signature, expires: value('Expires') ?? '', securityToken }
}

type FourthParts = Record<'credential' | 'signedHeaders' | 'signature' | 'date', string | undefined> &
  Pick<FourthVersion, 'lifetime' | 'securityToken'>

function fourthVersion(parts: FourthParts): FourthVersion | 'unreadable' {
  const { credential = '', signedHeaders = '', signature = '', date = '', lifetime, securityToken } = parts
  const [, accessKey, scope] = /^([^/]+)\/(\d{8}\/[^/]+\/s3\/aws4_request)$/.exec(credential) ?? []
  const names = signedHeaders.toLowerCase().split(';')
  // A repeated name would let a short header cause a long canonical request.
  const good =
    new Set(names).size === names.length && names.every((name) => /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name))
  if (accessKey === undefined || scope === undefined || signature === '' || !good) return 'unreadable'
  const dialect = 's3'
  return {
    version: 4,
    dialect,
    accessKey,
    signature,
    scope,
    signedHeaders: names,
    date,
    lifetime,
    securityToken,
  }
}

/** Renders a date of HTTP as `20261127T101112Z`, the form of V4; empty when it is none. */
function basicDate(date: string): string {
  const ms = httpDate(date)
  return ms === undefined ? '' : wireSeconds(ms).replaceAll(/[-:]/g, '')
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * Parses `Fri, 27 Nov 2026 10:11:12 GMT` into ms since the epoch; undefined for any other text.
 * @see RFC 9110, section 5.6.7
 */
export function httpDate(text: string): number | undefined {
  const match = /^\w{3}, (\d{1,2}) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:GMT|UTC|\+0000)$/.exec(text.trim())
  if (match === null) return undefined
  const [, day, name = '', year, hour, minute, second] = match.map((part) => part)
  const month = MONTHS.indexOf(name)
  const ms = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second))
  return month < 0 || Number.isNaN(ms) ? undefined : ms
}

/** Parses `20261127T101112Z` into ms since the epoch; undefined for any other text. */
export function basicTime(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second] = match.map(Number)
  return Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second)
}
