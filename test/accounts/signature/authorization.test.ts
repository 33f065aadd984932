import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAuthorization } from '../../../src/accounts/signature/verify.ts'

const parsed = { accessKey: 'AK', signedHeaders: ['host', 'x-sdk-date'], signature: 'ab12' }

test.each([
  'SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=ab12',
  'SDK-HMAC-SHA256 Signature=ab12,Access=AK,SignedHeaders=host;x-sdk-date',
  '  SDK-HMAC-SHA256   SignedHeaders=host;x-sdk-date  ,\tAccess=AK  , Signature=ab12 ',
])('parseAuthorization reads the parts in any order and with any spaces: %j', (value) => {
  expect(parseAuthorization(value)).toEqual(parsed)
})

test.each([
  ['AK/20240506/eu-de/ims/sdk_request', { date: '20240506', region: 'eu-de', service: 'ims' }],
  ['AK/20240506///sdk_request', { date: '20240506', region: '', service: '' }],
])('parseAuthorization reads a credential with its scope: %s', (credential, scope) => {
  const value = `SDK-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-sdk-date, Signature=ab12`
  expect(parseAuthorization(value)).toEqual({ ...parsed, scope })
})

test.each([
  '',
  'Bearer abc',
  'SDK-HMAC-SHA256',
  'SDK-HMAC-SHA256Access=AK, SignedHeaders=host, Signature=ab',
  'V11-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=ab',
  'SDK-HMAC-SHA256 Access=AK, SignedHeaders=host',
  'SDK-HMAC-SHA256 Access=, SignedHeaders=host, Signature=ab',
  'SDK-HMAC-SHA256 Access=A K, SignedHeaders=host, Signature=ab',
  'SDK-HMAC-SHA256 Access=AK, SignedHeaders=, Signature=ab',
  'SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=',
  'SDK-HMAC-SHA256 Access=AK, Access=AK, Signature=ab',
  'SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=ab, Signature=ab',
  'SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=ab,',
  'SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=ab, Extra=1',
  'SDK-HMAC-SHA256 Credential=AK, SignedHeaders=host, Signature=ab',
  'SDK-HMAC-SHA256 Credential=/20240506/a/b/sdk_request, SignedHeaders=host, Signature=ab',
  'SDK-HMAC-SHA256 Credential=AK/2024-05-06/a/b/sdk_request, SignedHeaders=host, Signature=ab',
  'SDK-HMAC-SHA256 Credential=AK/20240506/a/sdk_request, SignedHeaders=host, Signature=ab',
  'SDK-HMAC-SHA256 Credential=AK/20240506/a/b/aws4_request, SignedHeaders=host, Signature=ab',
  'SDK-HMAC-SHA256 Credential=AK/20240506/a/b/sdk_request/c, SignedHeaders=host, Signature=ab',
  'SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;, Signature=ab',
  'SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;Host, Signature=ab',
  'SDK-HMAC-SHA256 Access=AK, SignedHeaders=ho(st, Signature=ab',
])('parseAuthorization refuses a header in another form: %j', (value) => {
  expect(parseAuthorization(value)).toBeUndefined()
})

test('parseAuthorization never throws for text made of pieces of a header', () => {
  const piece = fc.constantFrom(
    'SDK-HMAC-SHA256',
    ' ',
    ',',
    '=',
    ';',
    'Access',
    'SignedHeaders',
    'Signature',
    'a',
  )
  const pieces = fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 30 })
  fc.assert(
    fc.property(pieces, (parts) => {
      const header = parseAuthorization(`SDK-HMAC-SHA256 ${parts.join('')}`)
      expect(header === undefined || header.accessKey.length > 0).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test.each([' ', ',', '=', ';', 'a;', 'Access=', 'Access=a, '])(
  'parseAuthorization refuses a million repetitions of %j within the time limit',
  (piece) => {
    const long = piece.repeat(1_000_000)
    expect(parseAuthorization(`SDK-HMAC-SHA256 ${long}`)).toBeUndefined()
    expect(
      parseAuthorization(`SDK-HMAC-SHA256 Access=a, SignedHeaders=${long}, Signature=${long}`),
    ).toBeUndefined()
  },
)
