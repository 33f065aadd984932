import { createHmac, hash } from 'node:crypto'
import { wireText } from '../../../accounts/signature/canonical.ts'
import { percentEncoded } from '../wire/bytes-as-text.ts'
import { type Parameter, parameter } from '../wire/query.ts'
import type { FourthVersion, SignedRequest } from './signed-request.ts'

/** The payload of a request whose body is not signed. */
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'

/** The texts that a signature of the fourth version is made from. */
export interface FourthTexts {
  canonicalRequest: string
  stringToSign: string
}

/** What the header of a request says about its body: a hash, that it is not signed, or that its chunks are. */
export function declaredPayload({
  headers,
  parameters,
}: Pick<SignedRequest, 'headers' | 'parameters'>): string {
  const declared = headers.get('x-amz-content-sha256') ?? parameter(parameters, 'X-Amz-Content-Sha256')
  return declared ?? UNSIGNED_PAYLOAD
}

/** The texts that real clients may have signed for a request, the most likely first. */
export function textsOfFourthVersion(request: SignedRequest, credential: FourthVersion): FourthTexts[] {
  const { parameters, query } = request
  const signed = parameters.filter(({ name }) => name !== 'X-Amz-Signature')
  const pairs = query.split('&').filter((pair) => pair !== '' && !/^X-Amz-Signature(?:=|$)/.test(pair))
  // The SDK for Go signs a plus for a blank, as it sends it.
  const queries = new Set([canonicalQuery(signed), pairs.toSorted(byCodeUnits).join('&')])
  return [...queries].map((each) => textsWith(request, credential, each))
}

function textsWith(
  { method, path, headers, parameters }: SignedRequest,
  { signedHeaders, date, scope }: FourthVersion,
  query: string,
): FourthTexts {
  const lines = signedHeaders.map((name) => `${name}:${headerText(headers, name)}`)
  const payload = declaredPayload({ headers, parameters })
  const names = signedHeaders.join(';')
  const canonicalRequest = [method, wireText(path), query, ...lines, '', names, payload].join('\n')
  const stringToSign = ['AWS4-HMAC-SHA256', date, scope, hash('sha256', canonicalRequest)].join('\n')
  return { canonicalRequest, stringToSign }
}

function headerText(headers: Headers, name: string): string {
  return wireText(headers.get(name) ?? '')
    .trim()
    .replaceAll(/ {2,}/g, ' ')
}

function canonicalQuery(parameters: readonly Parameter[]): string {
  return parameters
    .map(({ name, value = '' }) => ({ name: percentEncoded(name), value: percentEncoded(value) }))
    .toSorted((a, b) => byCodeUnits(a.name, b.name) || byCodeUnits(a.value, b.value))
    .map(({ name, value }) => `${name}=${value}`)
    .join('&')
}

function byCodeUnits(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** The key that signs the texts of a day and a region: `scope` is `20261127/cn-north-4/s3/aws4_request`. */
export function signingKeyOf(secretKey: string, scope: string): Buffer {
  return scope
    .split('/')
    .reduce<Buffer>(
      (key, part) => createHmac('sha256', key).update(part).digest(),
      Buffer.from(`AWS4${secretKey}`),
    )
}

/** Signs a text with the key of {@link signingKeyOf}, in hex. */
export function signFourthVersion(text: string, key: Buffer): string {
  return createHmac('sha256', key).update(text).digest('hex')
}
