import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeChunks } from '../../../src/services/obs/signature/chunks.ts'
import { parseCredential } from '../../../src/services/obs/signature/parse.ts'
import type { SignedRequest } from '../../../src/services/obs/signature/signed-request.ts'
import { verifySignature } from '../../../src/services/obs/signature/verify.ts'
import { checked, promisedBy } from '../../../src/services/obs/wire/checksums.ts'
import { parseParameters } from '../../../src/services/obs/wire/query.ts'

const NOW = Date.UTC(2013, 4, 24, 0, 0, 0)

function signedRequest(
  method: string,
  target: string,
  headers: Record<string, string>,
  hostBucket?: string,
): SignedRequest {
  const [path = '', query = ''] = target.split('?')
  return {
    method,
    path,
    query,
    parameters: parseParameters(query),
    headers: new Headers(headers),
    hostBucket,
  }
}

function verdictOn(request: SignedRequest, secretKey: string, now = NOW) {
  const credential = parseCredential(request)
  if (typeof credential === 'string') return credential
  const verdict = verifySignature(request, credential, secretKey, [now, now])
  return verdict.valid ? 'valid' : verdict.code
}

describe('the fourth version', () => {
  // The examples of Amazon's documents, with their keys.
  const secretKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
  const credential = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request'
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
  const authorization = (headers: string, signature: string) =>
    `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=${headers},Signature=${signature}`

  test('verifies the documented GET of a range', () => {
    const request = signedRequest('GET', '/test.txt', {
      host: 'examplebucket.s3.amazonaws.com',
      range: 'bytes=0-9',
      'x-amz-content-sha256': empty,
      'x-amz-date': '20130524T000000Z',
      authorization: authorization(
        'host;range;x-amz-content-sha256;x-amz-date',
        'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
      ),
    })
    expect(verdictOn(request, secretKey)).toBe('valid')
    expect(verdictOn({ ...request, path: '/test.tx' }, secretKey)).toBe('SignatureDoesNotMatch')
    expect(verdictOn(request, secretKey, NOW + 901_000)).toBe('RequestTimeTooSkewed')
    expect(verdictOn(request, secretKey, NOW + 900_000)).toBe('valid')
  })

  test('verifies the documented list with a query', () => {
    const request = signedRequest('GET', '/?max-keys=2&prefix=J', {
      host: 'examplebucket.s3.amazonaws.com',
      'x-amz-content-sha256': empty,
      'x-amz-date': '20130524T000000Z',
      authorization: authorization(
        'host;x-amz-content-sha256;x-amz-date',
        '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
      ),
    })
    expect(verdictOn(request, secretKey)).toBe('valid')
  })

  test('verifies the documented link, until it expires', () => {
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(credential)}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`
    const request = signedRequest('GET', `/test.txt?${query}`, { host: 'examplebucket.s3.amazonaws.com' })
    expect(verdictOn(request, secretKey)).toBe('valid')
    expect(verdictOn(request, secretKey, NOW + 86_400_000)).toBe('valid')
    expect(verdictOn(request, secretKey, NOW + 86_401_000)).toBe('AccessDenied')
  })

  test('takes the time of a client of OBS from its Date', () => {
    const request = signedRequest('GET', '/b', {
      date: 'Fri, 24 May 2013 00:00:00 GMT',
      authorization: authorization('date', '0'),
    })
    expect(parseCredential(request)).toMatchObject({ date: '20130524T000000Z' })
  })

  /** The documented upload in chunks: 65 KiB of `a`. */
  const signing = {
    key: ['20130524', 'us-east-1', 's3', 'aws4_request'].reduce<Buffer>(
      (key, part) => createHmac('sha256', key).update(part).digest(),
      Buffer.from(`AWS4${secretKey}`),
    ),
    date: '20130524T000000Z',
    scope: '20130524/us-east-1/s3/aws4_request',
    signature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  }
  const body = Buffer.concat([
    Buffer.from('10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n'),
    Buffer.alloc(65_536, 'a'),
    Buffer.from(
      '\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n',
    ),
    Buffer.alloc(1024, 'a'),
    Buffer.from(
      '\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n',
    ),
  ])

  async function decoded(bytes: Buffer, cuts: readonly number[], chunkSigning: typeof signing | undefined) {
    async function* pieces() {
      let from = 0
      for (const cut of [...cuts, bytes.length].toSorted((a, b) => a - b)) {
        if (cut > from) yield bytes.subarray(from, cut)
        from = Math.max(from, cut)
      }
    }
    const chunks: Uint8Array[] = []
    const trailers: string[] = []
    const reading = {
      signing: chunkSigning,
      onTrailer: (name: string, value: string) => void trailers.push(`${name}:${value}`),
    }
    for await (const chunk of decodeChunks(pieces(), reading)) chunks.push(chunk)
    return { bytes: Buffer.concat(chunks), trailers }
  }

  test('verifies the documented upload in chunks, wherever the network cuts it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(body.length), { maxLength: 5 }), async (cuts) => {
        expect((await decoded(body, cuts, signing)).bytes.equals(Buffer.alloc(66_560, 'a'))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  test('refuses a chunk whose bytes were changed, and one that breaks off', async () => {
    const changed = Buffer.from(body)
    changed[1000] = 0x62
    await expect(decoded(changed, [], signing)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' })
    await expect(decoded(body.subarray(0, 66_000), [], signing)).rejects.toMatchObject({
      code: 'IncompleteBody',
    })
    await expect(decoded(Buffer.from('no chunk\r\n'), [], undefined)).rejects.toMatchObject({
      code: 'IncompleteBody',
    })
  })

  test('reads the headers after the last chunk', async () => {
    const sent = Buffer.from('5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n')
    expect(await decoded(sent, [3, 12], undefined)).toEqual({
      bytes: Buffer.from('hello'),
      trailers: ['x-amz-checksum-crc32:NhCmhg=='],
    })
  })
})

describe('the second version', () => {
  const sign = (secretKey: string, text: string) =>
    createHmac('sha1', secretKey).update(text).digest('base64')
  const date = 'Fri, 24 May 2013 00:00:00 GMT'

  test.each([
    ['path style', '/b/a%20b?acl&prefix=x', undefined, `GET\n\n\n${date}\n/b/a%20b?acl`],
    ['host style', '/a%20b', 'b', `GET\n\n\n${date}\n/b/a%20b`],
    ['a bucket in path style', '/b', undefined, `GET\n\n\n${date}\n/b`],
    ['a bucket in path style, as boto3 signs it', '/b', undefined, `GET\n\n\n${date}\n/b/`],
    [
      'a value that was encoded',
      '/b/k?response-content-type=a%2Fb',
      undefined,
      `GET\n\n\n${date}\n/b/k?response-content-type=a/b`,
    ],
    [
      'two parts in another order',
      '/b/k?uploadId=U&partNumber=2',
      undefined,
      `GET\n\n\n${date}\n/b/k?partNumber=2&uploadId=U`,
    ],
    ['a domain, which one client does not sign', '/b?customdomain=x.y', undefined, `GET\n\n\n${date}\n/b`],
  ])('verifies %s', (_, target, hostBucket, text) => {
    const headers = { date, authorization: `OBS AK:${sign('secret', text)}` }
    expect(verdictOn(signedRequest('GET', target, headers, hostBucket), 'secret')).toBe('valid')
    expect(verdictOn(signedRequest('GET', target, headers, hostBucket), 'another')).toBe(
      'SignatureDoesNotMatch',
    )
  })

  test('signs the headers of its dialect, and its own date instead of the other', () => {
    const text = `PUT\nmd5\ntext/plain\n\nx-amz-date:${date}\nx-amz-meta-b:1\n/b/k`
    const headers = {
      'content-md5': 'md5',
      'content-type': 'text/plain',
      date: 'Mon, 01 Jan 2001 00:00:00 GMT',
      'x-amz-date': date,
      'X-Amz-Meta-B': ' 1 ',
      'x-obs-meta-c': 'not signed',
      authorization: `AWS AK:${sign('secret', text)}`,
    }
    expect(verdictOn(signedRequest('PUT', '/b/k', headers), 'secret')).toBe('valid')
  })

  test('verifies a link until it expires', () => {
    const seconds = NOW / 1000 + 60
    const signature = encodeURIComponent(sign('secret', `GET\n\n\n${seconds}\n/b/k?x-obs-security-token=T`))
    const target = `/b/k?AccessKeyId=AK&Expires=${seconds}&x-obs-security-token=T&Signature=${signature}`
    expect(verdictOn(signedRequest('GET', target, {}), 'secret')).toBe('valid')
    expect(verdictOn(signedRequest('GET', target, {}), 'secret', NOW + 61_000)).toBe('AccessDenied')
    expect(verdictOn(signedRequest('GET', target.replace(`${seconds}`, 'soon'), {}), 'secret')).toBe(
      'AccessDenied',
    )
  })

  test('a request without a date, or with an old one, is refused before its signature is looked at', () => {
    const authorization = 'OBS AK:signature'
    expect(verdictOn(signedRequest('GET', '/', { authorization }), 's')).toBe('AccessDenied')
    const old = { authorization, date: 'Fri, 24 May 2013 00:15:01 GMT' }
    expect(verdictOn(signedRequest('GET', '/', old), 's')).toBe('RequestTimeTooSkewed')
  })
})

test.each([
  'OBS',
  'OBS AK',
  'OBS :sig',
  'Basic abc',
  'AWS4-HMAC-SHA256 Credential=AK/2026/s3, Signature=0',
  'AWS4-HMAC-SHA256',
])('the Authorization %s cannot be read', (authorization) => {
  expect(parseCredential(signedRequest('GET', '/', { authorization }))).toBe('unreadable')
})

describe('checksums', () => {
  async function passed(headers: Record<string, string>, trailers = new Map<string, string>()) {
    async function* bytes() {
      yield Buffer.from('12345')
      yield Buffer.from('6789')
    }
    const chunks: Uint8Array[] = []
    for await (const chunk of checked(bytes(), promisedBy(new Headers(headers), trailers))) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  }
  const base64 = (algorithm: string) => createHash(algorithm).update('123456789').digest('base64')

  test.each([
    ['Content-MD5', base64('md5')],
    ['x-amz-content-sha256', createHash('sha256').update('123456789').digest('hex')],
    ['x-amz-checksum-crc32', 'y/Q5Jg=='],
    ['x-amz-checksum-crc32c', '4waSgw=='],
    ['x-amz-checksum-sha1', base64('sha1')],
    ['x-amz-checksum-sha256', base64('sha256')],
  ])('%s of the right bytes passes, and of others does not', async (name, value) => {
    expect(await passed({ [name]: value })).toBe('123456789')
    const other = value.replace(/^../, (two) =>
      two === 'AA' ? 'BB' : name === 'x-amz-content-sha256' ? '00' : 'AA',
    )
    await expect(passed({ [name]: other })).rejects.toMatchObject({ status: 400 })
  })

  test('of a trailer is compared when the body has come', async () => {
    const headers = { 'x-amz-trailer': 'x-amz-checksum-crc32' }
    expect(await passed(headers, new Map([['x-amz-checksum-crc32', 'y/Q5Jg==']]))).toBe('123456789')
    await expect(passed(headers, new Map([['x-amz-checksum-crc32', 'AAAAAA==']]))).rejects.toMatchObject({
      code: 'BadDigest',
    })
  })

  test('an MD5 that is none is refused before anything is read', async () => {
    await expect(passed({ 'Content-MD5': 'abc' })).rejects.toMatchObject({ code: 'InvalidDigest' })
  })
})
