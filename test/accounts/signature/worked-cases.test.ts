import { describe, expect, test } from 'vitest'
import { parseAuthorization, type Verdict, verifySignature } from '../../../src/accounts/signature/verify.ts'
import { type Draft, type Signed, sha256, sign } from './signer.ts'

const NOW = Date.UTC(2024, 4, 6, 7, 8, 9)

const draft: Draft = {
  method: 'GET',
  segments: ['v2', 'cloudimages'],
  query: [],
  headers: { host: 'localhost:18099', 'content-type': 'application/json' },
  body: '',
  date: '20240506T070809Z',
  accessKey: 'AK',
  secretKey: 'the secret/+= key',
}

function judge(signed: Signed, wire: Partial<Signed> = {}, now: readonly number[] = [NOW]): Verdict {
  const header = parseAuthorization(signed.authorization)
  if (header === undefined) throw new Error(`${signed.authorization} cannot be parsed`)
  return verifySignature({ ...signed, ...wire }, header, draft.secretKey, now)
}

const VALID = { valid: true }

describe('paths', () => {
  test('root verifies as one slash', () => {
    expect(judge(sign({ ...draft, segments: [''] }))).toEqual(VALID)
  })

  test.each(['a b', '镜像', "~*!'()", 'a%20b', '', 'x+y'])('segment %j verifies encoded once', (segment) => {
    expect(judge(sign({ ...draft, segments: ['v2', segment, 'tags'] }))).toEqual(VALID)
  })

  test.each(['a b', '镜像', 'a%20b'])('segment %j verifies encoded twice, as Java signs it', (segment) => {
    expect(judge(sign({ ...draft, segments: ['v2', segment], encoding: 'twice' }))).toEqual(VALID)
  })

  test('letters encoded once and a space encoded twice verify, as Node signs them', () => {
    const signed = sign({ ...draft, segments: ['tags', '镜%20像'] })
    expect(judge(signed, { target: '/tags/%E9%95%9C%20%E5%83%8F' })).toEqual(VALID)
  })

  test('apostrophe that Node escapes only for the signature verifies', () => {
    expect(judge(sign({ ...draft, segments: ['tags', 'it%27s'] }), { target: "/tags/it's" })).toEqual(VALID)
  })

  test('letters sent as unescaped UTF-8 bytes verify', () => {
    const target = `/tags/${Buffer.from('镜像').toString('latin1')}`
    expect(judge(sign({ ...draft, segments: ['tags', '镜像'] }), { target })).toEqual(VALID)
  })
})

describe('queries', () => {
  test.each([
    ['name', 'a b+c~*'],
    ['name', ''],
    ['', 'x'],
    ['名', '镜像 é 😀'],
    ['a=b&c', "!'()%25"],
  ])('pair %j = %j verifies', (name, value) => {
    expect(judge(sign({ ...draft, query: [[name, value]] }))).toEqual(VALID)
  })

  test('values of one name verify in any order on the wire', () => {
    const query = ['b', 'ｚ', '😀', 'a', 'A', 'a'].map((value) => ['tag', value] as const)
    expect(judge(sign({ ...draft, query: [...query, ['a:', '1'], ['a0', '2']] }))).toEqual(VALID)
  })

  test.each([
    ["/v2/cloudimages?name=a%20b%2Bc~*!'()", 'characters that Node does not escape', "a b+c~*!'()"],
    ['/v2/cloudimages?name=a+b', 'a plus for a space', 'a b'],
    ['/v2/cloudimages?&name=x&&', 'empty pairs', 'x'],
    ['/v2/cloudimages?name=100%', 'an invalid escape', '100%'],
    ['/v2/cloudimages?name', 'a name without =, as Go sends an empty value', ''],
  ])('target %s verifies: %s', (target, _what, value) => {
    expect(judge(sign({ ...draft, query: [['name', value]] }), { target })).toEqual(VALID)
  })
})

describe('headers and bodies', () => {
  test('request that signs only the date verifies, as the IAM look-up of Go signs it', () => {
    expect(judge(sign({ ...draft, headers: {} }))).toEqual(VALID)
  })

  test('letters in a header verify as Latin-1 and as UTF-8', () => {
    const signed = sign({ ...draft, headers: { 'x-name': 'é' } })
    const utf8 = new Headers(signed.headers)
    utf8.set('x-name', Buffer.from('é').toString('latin1'))
    expect([judge(signed), judge(signed, { headers: utf8 })]).toEqual([VALID, VALID])
  })

  test.each(['{}', '{"name":"镜像"}\n', 'x'.repeat(3_000_000)])('body verifies by its hash', (body) => {
    expect(judge(sign({ ...draft, method: 'POST', body }))).toEqual(VALID)
  })

  test('UNSIGNED-PAYLOAD verifies with any body', () => {
    const signed = sign({ ...draft, method: 'PATCH', body: '[1]', payload: 'UNSIGNED-PAYLOAD' })
    expect(judge(signed, { bodyHash: sha256('[2]') })).toEqual(VALID)
  })

  test('UNSIGNED-PAYLOAD with the hash of an empty body verifies, as Python signs it', () => {
    const headers = { ...draft.headers, 'x-sdk-content-sha256': 'UNSIGNED-PAYLOAD' }
    expect(judge(sign({ ...draft, headers }))).toEqual(VALID)
  })

  test('declared hash of the body verifies', () => {
    expect(judge(sign({ ...draft, body: 'x', payload: sha256('x') }))).toEqual(VALID)
  })
})

test.each([-900_000, 0, 900_000])('date %d ms from the clock verifies', (away) => {
  expect(judge(sign(draft), {}, [NOW + away])).toEqual(VALID)
})

test('date verifies when one of the clocks agrees', () => {
  expect(judge(sign(draft), {}, [0, NOW])).toEqual(VALID)
})
