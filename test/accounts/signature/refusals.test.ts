import { expect, test } from 'vitest'
import {
  parseAuthorization,
  type SignatureHeader,
  type Verdict,
  verifySignature,
} from '../../../src/accounts/signature/verify.ts'
import { type Draft, type Signed, sha256, sign } from './signer.ts'

const NOW = Date.UTC(2024, 4, 6, 7, 8, 9)

const draft: Draft = {
  method: 'GET',
  segments: ['v2', 'cloudimages'],
  query: [['name', 'a b']],
  headers: { host: 'localhost:18099', 'x-security-token': 'token-value' },
  body: '',
  date: '20240506T070809Z',
  accessKey: 'AK',
  secretKey: 'secret',
}

function judge(signed: Signed, change: Partial<Signed & SignatureHeader> = {}, now = [NOW]): Verdict {
  const header = parseAuthorization(signed.authorization)
  if (header === undefined) throw new Error(`${signed.authorization} cannot be parsed`)
  return verifySignature({ ...signed, ...change }, { ...header, ...change }, 'secret', now)
}

function without(headers: Headers, name: string): Headers {
  const rest = new Headers(headers)
  rest.delete(name)
  return rest
}

const NAMES = 'host;x-sdk-date;x-security-token'
const CANONICAL = `GET
/v2/cloudimages/
name=a%20b
host:localhost:18099
x-sdk-date:20240506T070809Z
x-security-token:***

${NAMES}
${sha256('')}`

test('refusal shows the canonical request without the token, the secret key and the right signature', () => {
  const truth = CANONICAL.replace('***', 'token-value')
  expect(judge(sign(draft), { signature: 'ab' })).toEqual({
    valid: false,
    fault: 'signature-differs',
    reason: `verify aksk signature fail, canonicalRequest:${CANONICAL.replaceAll('\n', '|')}`,
    explanation: {
      canonicalRequest: CANONICAL,
      stringToSign: `SDK-HMAC-SHA256\n20240506T070809Z\n${sha256(truth)}`,
      signedHeaders: ['host', 'x-sdk-date', 'x-security-token'],
      hint: 'Compare the canonical request with that of the client; where they are equal, the secret key differs.',
    },
  })
})

const { headers } = sign(draft)

test.each([
  ['no-date', { headers: without(headers, 'x-sdk-date') }, 'calc aksk signature fail:x-sdk-date not found'],
  ['date-not-signed', { signedHeaders: ['host'] }, 'calc aksk signature fail:x-sdk-date not signed'],
  [
    'signed-header-missing',
    { headers: without(headers, 'host') },
    'verify aksk signature fail, signed headers not found:host',
  ],
])('fault %s has its own sentence', (fault, change, reason) => {
  expect(judge(sign(draft), change)).toMatchObject({ valid: false, fault, reason })
})

test('a credential of another day than its date is refused', () => {
  const { authorization, ...rest } = sign({ ...draft, scope: 'eu-de/ims' })
  expect(judge({ ...rest, authorization: authorization.replace('/20240506/', '/20240507/') })).toMatchObject({
    fault: 'scope-of-another-day',
    reason: 'calc aksk signature fail:credential date 20240507 differs from x-sdk-date',
  })
})

test('a refused signature with a scope shows the scope in the text to sign', () => {
  const verdict = judge(sign({ ...draft, scope: 'eu-de/ims' }), { signature: 'ab' })
  const stringToSign: unknown = expect.stringMatching(
    /^SDK-HMAC-SHA256\n20240506T070809Z\n20240506\/eu-de\/ims\/sdk_request\n[0-9a-f]{64}$/,
  )
  expect(verdict).toMatchObject({ fault: 'signature-differs', explanation: { stringToSign } })
})

test('a POST without a body verifies with its query signed as the body, but only with a scope', () => {
  const asBody = { ...draft, method: 'POST', query: [], body: 'name=a+b' }
  const arrived = { target: '/v2/cloudimages?name=a%20b', bodyHash: sha256('') }
  expect(judge(sign({ ...asBody, scope: '/' }), arrived).valid).toBe(true)
  expect(judge(sign(asBody), arrived).valid).toBe(false)
})

test.each(['2024-05-06T07:08:09Z', '20240231T070809Z', '20240506T240000Z', '20240506T070809', ''])(
  'signed date %j is refused as malformed',
  (date) => {
    expect(judge(sign({ ...draft, date }))).toMatchObject({
      fault: 'malformed-date',
      reason: 'calc aksk signature fail:x-sdk-date malformed',
    })
  },
)

test.each([
  [NOW + 900_001, '20240506T072309Z'],
  [NOW - 900_001, '20240506T065308Z'],
])('date more than 15 minutes from the clock %d is out of time', (clock, server) => {
  expect(judge(sign(draft), {}, [clock])).toMatchObject({
    fault: 'out-of-time',
    reason: `calc aksk signature fail:signature expired, signature time:20240506T070809Z,server time:${server}`,
  })
})

test.each([sha256('y'), 'unsigned-payload', ''])(
  'declared payload %j of another body is refused',
  (payload) => {
    expect(judge(sign({ ...draft, body: 'x', payload }))).toMatchObject({
      fault: 'body-differs',
      reason: 'verify aksk signature fail, x-sdk-content-sha256 differs from the body',
      explanation: { hint: `The body that arrived has the SHA-256 ${sha256('x')}.` },
    })
  },
)

test.each([
  [
    'lower-case',
    sign(draft),
    { signature: parseAuthorization(sign(draft).authorization)?.signature.toUpperCase() ?? '' },
  ],
  ['%2B', sign({ ...draft, query: [['name', 'a+b']] }), { target: '/v2/cloudimages?name=a+b' }],
  ['without the query', sign({ ...draft, query: [] }), { target: '/v2/cloudimages?name=x' }],
  ['with an empty body', sign(draft), { bodyHash: sha256('x') }],
  [
    'with the host alone',
    sign({ ...draft, headers: { host: 'a' } }),
    { headers: new Headers({ host: 'a:80', 'x-sdk-date': draft.date }) },
  ],
])('hint names the mistake: %s', (words, signed, change) => {
  const hint: unknown = expect.stringContaining(words)
  expect(judge(signed, change)).toMatchObject({ fault: 'signature-differs', explanation: { hint } })
})
