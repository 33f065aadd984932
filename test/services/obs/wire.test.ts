import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressOf, bucketOfHost, isObsHost } from '../../../src/services/obs/wire/address.ts'
import { decodePath, percentEncoded } from '../../../src/services/obs/wire/bytes-as-text.ts'
import { checkConditions, unquoted } from '../../../src/services/obs/wire/conditions.ts'
import { parseCopySource } from '../../../src/services/obs/wire/copy-source.ts'
import { classOnWire, parseClass } from '../../../src/services/obs/wire/dialect.ts'
import { listPage } from '../../../src/services/obs/wire/listing.ts'
import { parseRanges } from '../../../src/services/obs/wire/ranges.ts'
import { isObsRequest, namedKey } from '../../../src/services/obs/wire/recognise.ts'
import { type Node, parseXml, renderXml } from '../../../src/services/obs/wire/xml.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((each) => each.toWellFormed())
const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((each) => each.isWellFormed())

describe('the address of a request', () => {
  test('has every key that was percent-encoded, whichever way its slashes were', () => {
    fc.assert(
      fc.property(key, fc.boolean(), (sent, keepsSlashes) => {
        const path = percentEncoded(sent, keepsSlashes ? '/' : '')
        expect(addressOf(undefined, `/bucket/${path}`)).toEqual({
          bucket: 'bucket',
          key: sent,
          hostBucket: undefined,
        })
        expect(addressOf('bucket.obs.cn-north-4.myhuaweicloud.com:80', `/${path}`)).toEqual({
          bucket: 'bucket',
          key: sent,
          hostBucket: 'bucket',
        })
      }),
    )
  })

  test.each([
    ['/b//lead//dbl', '/lead//dbl'],
    ['/b/./a/../c', './a/../c'],
    ['/b/a+b', 'a+b'],
    ['/b/img%2Ff.qcow2', 'img/f.qcow2'],
  ])('of %s has the key %s: a key is never normalised', (path, expected) => {
    expect(addressOf('127.0.0.1:7878', path).key).toBe(expected)
  })

  test.each(['/b/%zz', '/b/%', '/b/%ff'])('of %s is refused as no URI', (path) => {
    expect(() => addressOf(undefined, path)).toThrow("Couldn't parse the specified URI.")
  })

  test('of a key with more than 1024 bytes is refused', () => {
    expect(() => addressOf(undefined, `/b/${'%C3%BC'.repeat(513)}`)).toThrow('Your key is too long.')
    expect(addressOf(undefined, `/b/${'%C3%BC'.repeat(512)}`).key).toHaveLength(512)
  })

  test.each([
    ['obs.cn-north-4.myhuaweicloud.com', undefined],
    ['images.obs.cn-north-4.myhuaweicloud.com:80', 'images'],
    ['my.images.obs.cn-north-4.myhuaweicloud.com', 'my.images'],
    ['images.localhost:7878', 'images'],
    ['obs.localhost', undefined],
    ['localhost', undefined],
    ['127.0.0.1:7878', undefined],
    ['emulator:7878', undefined],
  ])('takes from the host %s the bucket %s', (host, bucket) => {
    expect(bucketOfHost(host)).toBe(bucket)
  })

  test('bytes that came without encoding are decoded as UTF-8', () => {
    expect(decodePath(Buffer.from('fü').toString('latin1'))).toBe('fü')
  })
})

describe('a request of the object service', () => {
  const none = new Headers()
  test.each([
    ['/s/obs/images', none],
    ['/images', new Headers({ Authorization: 'OBS AK:signature' })],
    ['/images', new Headers({ Authorization: 'AWS AK:signature' })],
    [
      '/images',
      new Headers({ Authorization: 'AWS4-HMAC-SHA256 Credential=AK/20261127/r/s3/aws4_request, ...' }),
    ],
    ['/images/a?AccessKeyId=AK&Expires=1&Signature=s', none],
    ['/images/a?AWSAccessKeyId=AK&Expires=1&Signature=s', none],
    ['/images/a?X-Amz-Credential=AK%2F20261127%2Fr%2Fs3%2Faws4_request&X-Amz-Signature=s', none],
    ['/?apiversion', none],
    ['/images', new Headers({ 'Content-Type': 'multipart/form-data; boundary=b' })],
    ['/images/a', new Headers({ 'x-obs-acl': 'private' })],
    ['/images/a', new Headers({ 'x-amz-date': '20261127T101112Z' })],
    ['/a', new Headers({ Host: 'images.obs.cn-north-4.myhuaweicloud.com' })],
    ['/images/a', new Headers({ Host: 'obs.localhost:7878' })],
  ])('is recognised by %s with its headers', (target, headers) => {
    expect(isObsRequest({ target, headers })).toBe(true)
  })

  test.each([
    ['/v2/cloudimages', none],
    ['/v2/cloudimages?Signature=s', none],
    ['/v2/cloudimages', new Headers({ Authorization: 'SDK-HMAC-SHA256 Access=AK, ...' })],
    ['/v2/cloudimages', new Headers({ 'X-Auth-Token': 'OBS token', Host: 'obs' })],
    ['/_ims/health', new Headers({ 'x-amz-date': '20261127T101112Z' })],
  ])('is not taken for one of the object service: %s', (target, headers) => {
    expect(isObsRequest({ target, headers })).toBe(false)
  })

  test.each([
    ['/', new Headers({ Authorization: 'OBS AK:signature' })],
    [
      '/',
      new Headers({
        Authorization: 'AWS4-HMAC-SHA256 Credential=AK/20261127/r/s3/aws4_request, Signature=0',
      }),
    ],
    ['/a?AccessKeyId=AK&Signature=s', none],
    ['/a?X-Amz-Credential=AK%2F20261127%2Fr%2Fs3%2Faws4_request&X-Amz-Signature=s', none],
  ])('names its access key: %s', (target, headers) => {
    expect(namedKey({ target, headers })).toBe('AK')
  })

  test('any text may stand in host, target and authorization', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (host, target, authorization) => {
        const headers = new Headers()
        for (const [name, value] of [
          ['host', host],
          ['authorization', authorization],
        ] as const)
          if (/^[\x21-\x7e]*$/.test(value)) headers.set(name, value)
        isObsRequest({ headers, target })
        namedKey({ headers, target })
        isObsHost(host)
      }),
    )
  })
})

test('the source of a copy is read from every encoding of the clients', () => {
  const expected = { bucket: 'b', key: 'a b/ü+&=.txt', versionId: undefined }
  const encodings = [
    '/b/a%20b/%C3%BC%2B%26%3D.txt',
    'b/a%20b/%C3%BC%2B%26%3D.txt',
    'b%2Fa%20b%2F%C3%BC%2B%26%3D.txt',
    'b/a+b%2F%C3%BC%2B%26%3D.txt',
    'b/a%20b%2F%C3%BC%2B%26%3D.txt',
    'b/a%20b/%C3%BC+&=.txt',
  ]
  expect(encodings.map(parseCopySource)).toEqual(encodings.map(() => expected))
  expect(parseCopySource('b/k?versionId=null')).toEqual({ bucket: 'b', key: 'k', versionId: 'null' })
  expect(['', 'b', 'b/', '/b', '%ff/k'].map(parseCopySource)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

describe('a page of a list', () => {
  /** The whole list at once, without any cleverness. */
  function whole(keys: readonly string[], prefix: string, delimiter: string): string[] {
    const names = keys
      .filter((each) => each.startsWith(prefix))
      .map((each) => {
        const at = delimiter === '' ? -1 : each.indexOf(delimiter, prefix.length)
        return at < 0 ? each : each.slice(0, at + delimiter.length)
      })
    return [...new Set(names)]
  }

  const letters = fc.string({
    unit: fc.constantFrom('a', 'b', '/', '\u{10ffff}', 'é'),
    minLength: 1,
    maxLength: 6,
  })
  const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

  test('read one after another the pages have every key and every common prefix once, in their order', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(letters, { maxLength: 30 }),
        fc.constantFrom('', 'a', 'a/'),
        fc.constantFrom('', '/', 'b', 'ab'),
        fc.integer({ min: 1, max: 5 }),
        (unsorted, prefix, delimiter, limit) => {
          const keys = unsorted.toSorted(byBytes)
          const after = (from: string) =>
            keys
              .filter((each) => each.startsWith(prefix) && byBytes(each, from) > 0)
              .map((each) => ({ key: each }))
          const found: string[] = []
          let marker: string | undefined = ''
          while (marker !== undefined) {
            const page: ReturnType<typeof listPage<{ key: string }>> = listPage(after, {
              prefix,
              delimiter,
              after: marker,
              limit,
            })
            const names = [...page.items.map((item) => item.key), ...page.commonPrefixes]
            expect(names.length).toBeLessThanOrEqual(limit)
            expect(page.next === undefined || names.length === limit).toBe(true)
            found.push(...names.sort(byBytes))
            marker = page.next
          }
          expect(found).toEqual(whole(keys, prefix, delimiter))
        },
      ),
    )
  })

  test('of no keys at all is empty and complete', () => {
    expect(listPage(() => [{ key: 'a' }], { prefix: '', delimiter: '', after: '', limit: 0 })).toEqual({
      items: [],
      commonPrefixes: [],
      next: undefined,
    })
  })
})

describe('ranges', () => {
  test.each([
    ['bytes=0-3', [{ start: 0, end: 4 }]],
    ['bytes=6-', [{ start: 6, end: 10 }]],
    ['bytes=-3', [{ start: 7, end: 10 }]],
    ['bytes=-30', [{ start: 0, end: 10 }]],
    ['bytes=5-99', [{ start: 5, end: 10 }]],
    [
      'bytes=0-0, 2-3',
      [
        { start: 0, end: 1 },
        { start: 2, end: 4 },
      ],
    ],
    ['bytes=10-', []],
    ['bytes=-0', []],
    ['bytes=5-2', undefined],
    ['bytes=a-b', undefined],
    ['items=0-3', undefined],
    [null, undefined],
  ])('of %s in ten bytes are %j', (header, ranges) => {
    expect(parseRanges(header, 10)).toEqual(ranges)
  })

  test('lie inside the object, whatever the header is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('0', '7', '9', '-', ',', ' ') }),
        fc.nat(100),
        (ranges, size) => {
          for (const { start, end } of parseRanges(`bytes=${ranges}`, size) ?? [])
            expect(0 <= start && start < end && end <= size).toBe(true)
        },
      ),
    )
  })
})

describe('conditions', () => {
  const version = { etag: 'abc', modifiedAt: Date.UTC(2026, 10, 27, 10, 11, 12, 345) }
  const none = {
    ifMatch: undefined,
    ifNoneMatch: undefined,
    ifModifiedSince: undefined,
    ifUnmodifiedSince: undefined,
  }
  const at = 'Fri, 27 Nov 2026 10:11:12 GMT'
  const before = 'Fri, 27 Nov 2026 10:11:11 GMT'
  test.each([
    [{}, undefined],
    [{ ifMatch: '"abc"' }, undefined],
    [{ ifMatch: 'abc' }, undefined],
    [{ ifMatch: '*' }, undefined],
    [{ ifMatch: '"x", "abc"' }, undefined],
    [{ ifMatch: '"x"' }, 'failed'],
    [{ ifNoneMatch: '"abc"' }, 'not modified'],
    [{ ifNoneMatch: 'x' }, undefined],
    [{ ifModifiedSince: at }, 'not modified'],
    [{ ifModifiedSince: before }, undefined],
    [{ ifUnmodifiedSince: at }, undefined],
    [{ ifUnmodifiedSince: before }, 'failed'],
    [{ ifMatch: 'abc', ifUnmodifiedSince: before }, undefined],
    [{ ifNoneMatch: 'x', ifModifiedSince: at }, undefined],
    [{ ifModifiedSince: 'yesterday' }, undefined],
  ])('%j are %s', (conditions, verdict) => {
    expect(checkConditions({ ...none, ...conditions }, version)).toBe(verdict)
  })

  test.each(['"abc"', 'abc', '&quot;abc&quot;', 'W/"abc"'])(
    'the ETag %s is read without its quotes',
    (etag) => {
      expect(unquoted(etag)).toBe('abc')
    },
  )
})

describe('XML', () => {
  const printable = text.filter((each) => !/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(each))

  test('that is rendered reads as it was, in text and in lists', () => {
    fc.assert(
      fc.property(fc.array(printable), (keys) => {
        const parsed = parseXml(renderXml('Root', { Key: keys, None: undefined }, 'obs'))
        expect(parsed.children.map(({ name, text: found }) => [name, found])).toEqual(
          keys.map((each) => ['Key', each]),
        )
      }),
    )
  })

  test('of any text has only characters that XML allows', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (anything) => {
        expect(parseXml(renderXml('Root', anything)).text).toHaveLength(anything.toWellFormed().length)
      }),
    )
  })

  test('has attributes and no prefixes', () => {
    const node: Node = parseXml('<s:a xmlns:s="u" xsi:type="t"><s:b>1<![CDATA[<2>]]></s:b></s:a>')
    expect([node.name, node.attributes.get('type'), node.children[0]?.text]).toEqual(['a', 't', '1<2>'])
  })

  test.each([
    ['nothing', ''],
    ['an element that is left open', '<a><b></a>'],
    ['an unknown entity', '<a>&x;</a>'],
    ['a document type', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ['two roots', '<a/><b/>'],
    ['elements in elements without end', '<a>'.repeat(5000) + '</a>'.repeat(5000)],
  ])('with %s is refused', (_, sent) => {
    expect(() => parseXml(sent)).toThrow('well-formed')
  })
})

test('storage classes are translated there and back', () => {
  const classes = ['STANDARD', 'WARM', 'COLD', 'DEEP_ARCHIVE', 'INTELLIGENT_TIERING']
  expect(classes.map((each) => parseClass(classOnWire('s3', each)))).toEqual(classes)
  expect(classes.map((each) => parseClass(classOnWire('obs', each)))).toEqual(classes)
  expect(parseClass('LUKEWARM')).toBeUndefined()
})
