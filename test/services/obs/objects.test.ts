import { describe } from 'vitest'
import { expect, test as plainTest, startTestEmulator, type TestEmulator } from '../../emulator.ts'
import { element, elements, md5, obs, type Sent } from './obs-client.ts'

/** A strict emulator with the bucket `bkt-a`. */
const test = plainTest.extend<{ emulator: TestEmulator }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern to know what a fixture needs
  emulator: async ({}, use) => {
    await using emulator = await startTestEmulator({
      auth: { mode: 'strict' },
    })
    expect((await obs(emulator, { method: 'PUT', path: '/bkt-a' })).status).toBe(200)
    await use(emulator)
  },
})

const put = (emulator: TestEmulator, key: string, body: string, headers: Record<string, string> = {}) =>
  obs(emulator, { method: 'PUT', path: `/bkt-a/${key}`, body, headers })
const get = (emulator: TestEmulator, key: string, headers: Record<string, string> = {}) =>
  obs(emulator, { method: 'GET', path: `/bkt-a/${key}`, headers })
const codeOf = ({ text, status }: { text: string; status: number }) => [status, element(text, 'Code')]

describe('an object', () => {
  test('is read with the headers that it was put with', async ({ emulator }) => {
    const headers = {
      'Content-Type': 'application/x-qcow2',
      'Cache-Control': 'no-cache',
      'Content-Disposition': 'attachment',
      'x-obs-meta-Colour': 'B%C3%A4r',
      'x-obs-storage-class': 'WARM',
      'x-obs-tagging': 'a=b&c=d',
    }
    const made = await put(emulator, 'img%2Fa.qcow2', 'hello', headers)
    expect([made.status, made.headers.etag, made.headers['x-obs-storage-class']]).toEqual([
      200,
      `"${md5('hello')}"`,
      'WARM',
    ])
    const read = await get(emulator, 'img/a.qcow2')
    expect([read.status, read.text]).toEqual([200, 'hello'])
    expect(read.headers).toMatchObject({
      'content-type': 'application/x-qcow2',
      'cache-control': 'no-cache',
      'content-disposition': 'attachment',
      'content-length': '5',
      'accept-ranges': 'bytes',
      etag: `"${md5('hello')}"`,
      'last-modified': expect.stringMatching(/GMT$/),
      'x-obs-meta-colour': 'B%C3%A4r',
      'x-obs-storage-class': 'WARM',
      'x-obs-tagging-count': '2',
    })
    const head = await obs(emulator, { method: 'HEAD', path: '/bkt-a/img/a.qcow2', dialect: 's3' })
    expect([head.status, head.text, head.headers]).toMatchObject([
      200,
      '',
      { 'content-length': '5', 'x-amz-meta-colour': 'B%C3%A4r', 'x-amz-storage-class': 'STANDARD_IA' },
    ])
  })

  test('without a type is binary/octet-stream, and without a class has no header about it', async ({
    emulator,
  }) => {
    await put(emulator, 'k', '')
    const { headers, text } = await get(emulator, 'k')
    expect([headers['content-type'], headers['content-length'], text]).toEqual([
      'binary/octet-stream',
      '0',
      '',
    ])
    expect(headers).not.toHaveProperty('x-obs-storage-class')
  })

  test.for(['a b/ü+&=.txt', '/lead//dbl', './a/../c', '%2F', 'img\\f', '"quoted"'])(
    'of the key %s is found by it',
    async (key, { emulator }) => {
      await put(emulator, encodeURIComponent(key), key)
      expect((await get(emulator, encodeURIComponent(key).replaceAll('%2F', '/'))).text).toBe(key)
      const list = await obs(emulator, { method: 'GET', path: '/bkt-a?encoding-type=url' })
      expect(elements(list.text, 'Key').map(decodeURIComponent)).toEqual([key])
    },
  )

  test('is read in parts', async ({ emulator }) => {
    await put(emulator, 'k', '0123456789')
    const part = await get(emulator, 'k', { Range: 'bytes=2-4' })
    expect([part.status, part.text, part.headers['content-range'], part.headers['content-length']]).toEqual([
      206,
      '234',
      'bytes 2-4/10',
      '3',
    ])
    expect((await get(emulator, 'k', { Range: 'bytes=-3' })).text).toBe('789')
    expect((await get(emulator, 'k', { Range: 'nonsense' })).status).toBe(200)
    const several = await get(emulator, 'k', { Range: 'bytes=0-1,8-' })
    expect([several.status, several.headers['content-type']]).toEqual([
      206,
      expect.stringMatching(/^multipart\/byteranges; boundary=/),
    ])
    expect(several.bytes.length).toBe(Number(several.headers['content-length']))
    expect(several.text).toMatch(
      /Content-Range: bytes 0-1\/10\r\n\r\n01\r\n--.*Content-Range: bytes 8-9\/10\r\n\r\n89\r\n--.*--\r\n$/s,
    )
    const beyond = await get(emulator, 'k', { Range: 'bytes=10-' })
    expect([...codeOf(beyond), beyond.headers['content-range']]).toEqual([416, 'InvalidRange', 'bytes */10'])
  })

  test('is read under conditions', async ({ emulator }) => {
    await put(emulator, 'k', 'hello')
    const etag = md5('hello')
    expect((await get(emulator, 'k', { 'If-Match': etag })).status).toBe(200)
    expect(codeOf(await get(emulator, 'k', { 'If-Match': '"x"' }))).toEqual([412, 'PreconditionFailed'])
    const same = await get(emulator, 'k', { 'If-None-Match': `"${etag}"` })
    expect([same.status, same.text, same.headers.etag]).toEqual([304, '', `"${etag}"`])
    const { headers } = await get(emulator, 'k')
    expect((await get(emulator, 'k', { 'If-Modified-Since': String(headers['last-modified']) })).status).toBe(
      304,
    )
  })

  test('is answered under the headers that a signed query asks for', async ({ emulator }) => {
    await put(emulator, 'k', 'hello')
    const { headers } = await get(
      emulator,
      'k?response-content-type=text%2Fhtml&response-cache-control=no-store',
    )
    expect([headers['content-type'], headers['cache-control']]).toEqual(['text/html', 'no-store'])
  })

  test('of another MD5 than the client has said is not kept', async ({ emulator }) => {
    const refused = await put(emulator, 'k', 'hello', { 'Content-MD5': md5('other', 'base64') })
    expect(codeOf(refused)).toEqual([400, 'BadDigest'])
    expect((await get(emulator, 'k')).status).toBe(404)
    expect(codeOf(await put(emulator, 'k', 'hello', { 'Content-MD5': 'x' }))).toEqual([400, 'InvalidDigest'])
    expect((await put(emulator, 'k', 'hello', { 'Content-MD5': md5('hello', 'base64') })).status).toBe(200)
  })

  test('is put only when there is none, when the client asks so', async ({ emulator }) => {
    expect((await put(emulator, 'k', '1', { 'If-None-Match': '*' })).status).toBe(200)
    expect(codeOf(await put(emulator, 'k', '2', { 'If-None-Match': '*' }))).toEqual([
      412,
      'PreconditionFailed',
    ])
    expect((await get(emulator, 'k')).text).toBe('1')
  })

  test('that is not there can be deleted, and a missing bucket is no place for one', async ({ emulator }) => {
    expect((await obs(emulator, { method: 'DELETE', path: '/bkt-a/k' })).status).toBe(204)
    expect(codeOf(await get(emulator, 'k'))).toEqual([404, 'NoSuchKey'])
    expect(codeOf(await obs(emulator, { method: 'PUT', path: '/bkt-b/k', body: '1' }))).toEqual([
      404,
      'NoSuchBucket',
    ])
    expect(codeOf(await get(emulator, 'k?versionId=1'))).toEqual([404, 'NoSuchVersion'])
  })

  test('in the cold is read when it was restored', async ({ emulator }) => {
    await put(emulator, 'k', 'hello', { 'x-obs-storage-class': 'COLD' })
    expect(codeOf(await get(emulator, 'k'))).toEqual([403, 'InvalidObjectState'])
    const body =
      '<RestoreRequest><Days>3</Days><RestoreJob><Tier>Expedited</Tier></RestoreJob></RestoreRequest>'
    const restore: Sent = { method: 'POST', path: '/bkt-a/k?restore', body }
    expect([(await obs(emulator, restore)).status, (await obs(emulator, restore)).status]).toEqual([202, 200])
    const read = await get(emulator, 'k')
    expect([read.text, read.headers['x-obs-restore']]).toEqual([
      'hello',
      expect.stringContaining('ongoing-request="false"'),
    ])
    await put(emulator, 'warm', 'hello')
    expect(codeOf(await obs(emulator, { ...restore, path: '/bkt-a/warm?restore' }))).toEqual([
      403,
      'InvalidObjectState',
    ])
  })

  test('grows by what is appended at its end', async ({ emulator }) => {
    const append = (position: number, body: string) =>
      obs(emulator, { method: 'POST', path: `/bkt-a/log?append&position=${position}`, body })
    const first = await append(0, 'hello ')
    expect([first.status, first.headers['x-obs-next-append-position']]).toEqual([200, '6'])
    expect(codeOf(await append(3, 'x'))).toEqual([409, 'PositionNotEqualToLength'])
    expect((await append(6, 'world')).headers['x-obs-next-append-position']).toBe('11')
    const read = await get(emulator, 'log')
    expect([
      read.text,
      read.headers['x-obs-object-type'],
      read.headers['x-obs-next-append-position'],
    ]).toEqual(['hello world', 'Appendable', '11'])
    await put(emulator, 'k', '1')
    expect(
      codeOf(await obs(emulator, { method: 'POST', path: '/bkt-a/k?append&position=1', body: '2' })),
    ).toEqual([409, 'ObjectNotAppendable'])
  })
})

describe('metadata and tags', () => {
  test('are changed without the bytes', async ({ emulator }) => {
    await put(emulator, 'k', 'hello', {
      'Content-Type': 'text/plain',
      'x-obs-meta-a': '1',
      'x-obs-meta-b': '2',
    })
    const modify = (headers: Record<string, string>) =>
      obs(emulator, { method: 'PUT', path: '/bkt-a/k?metadata', headers })
    const merged = await modify({ 'x-obs-metadata-directive': 'REPLACE_NEW', 'x-obs-meta-b': '3' })
    expect([merged.status, merged.headers['x-obs-meta-a'], merged.headers['x-obs-meta-b']]).toEqual([
      200,
      '1',
      '3',
    ])
    await modify({ 'x-obs-metadata-directive': 'REPLACE', 'x-obs-meta-c': '4', 'Content-Type': 'text/html' })
    const { headers, text } = await get(emulator, 'k')
    expect([text, headers['content-type'], headers['x-obs-meta-a'], headers['x-obs-meta-c']]).toEqual([
      'hello',
      'text/html',
      undefined,
      '4',
    ])
  })

  test('of tags are a document', async ({ emulator }) => {
    await put(emulator, 'k', '1')
    const path = '/bkt-a/k?tagging'
    expect(codeOf(await obs(emulator, { method: 'GET', path }))).toEqual([404, 'NoSuchTagSet'])
    const tag = (key: string) => `<Tag><Key>${key}</Key><Value>v</Value></Tag>`
    const set = (tags: string) =>
      obs(emulator, { method: 'PUT', path, body: `<Tagging><TagSet>${tags}</TagSet></Tagging>` })
    expect((await set(tag('a') + tag('b'))).status).toBe(200)
    expect(elements((await obs(emulator, { method: 'GET', path })).text, 'Key')).toEqual(['a', 'b'])
    expect(codeOf(await set(tag('a') + tag('a')))).toEqual([400, 'InvalidTag'])
    expect(codeOf(await set(Array.from({ length: 11 }, (_, n) => tag(`t${n}`)).join('')))).toEqual([
      400,
      'BadRequest',
    ])
    expect((await obs(emulator, { method: 'DELETE', path })).status).toBe(204)
    expect((await obs(emulator, { method: 'GET', path })).status).toBe(404)
  })

  test('of a file of the folder are kept in the world', async ({ emulator }) => {
    const path = '/images/tiny.qcow2'
    const { bytes, headers } = await obs(emulator, { method: 'GET', path })
    expect(headers['content-length']).toBe(String(bytes.length))
    await obs(emulator, { method: 'PUT', path: `${path}?acl`, headers: { 'x-obs-acl': 'public-read' } })
    expect(elements((await obs(emulator, { method: 'GET', path: `${path}?acl` })).text, 'Canned')).toEqual([
      'Everyone',
    ])
    expect((await obs(emulator, { method: 'GET', path })).bytes.equals(bytes)).toBe(true)
  })
})

describe('a copy', () => {
  const copy = (emulator: TestEmulator, key: string, headers: Record<string, string>) =>
    obs(emulator, { method: 'PUT', path: `/bkt-a/${key}`, headers })

  test('has the bytes and the metadata of its source, or metadata of its own', async ({ emulator }) => {
    await put(emulator, 'a', 'hello', {
      'Content-Type': 'text/plain',
      'x-obs-meta-a': '1',
      'x-obs-tagging': 't=1',
    })
    const { status, text } = await copy(emulator, 'b', { 'x-obs-copy-source': '/bkt-a/a' })
    expect([status, element(text, 'ETag')]).toEqual([200, `&quot;${md5('hello')}&quot;`])
    const same = await get(emulator, 'b')
    expect([same.text, same.headers]).toMatchObject([
      'hello',
      { 'content-type': 'text/plain', 'x-obs-meta-a': '1', 'x-obs-tagging-count': '1' },
    ])
    const replace = {
      'x-obs-copy-source': 'bkt-a/a',
      'x-obs-metadata-directive': 'REPLACE',
      'x-obs-meta-b': '2',
    }
    await copy(emulator, 'c', replace)
    const { headers } = await get(emulator, 'c')
    expect([headers['x-obs-meta-a'], headers['x-obs-meta-b']]).toEqual([undefined, '2'])
    await obs(emulator, { method: 'DELETE', path: '/bkt-a/a' })
    expect((await get(emulator, 'b')).text).toBe('hello')
  })

  test('onto itself changes something', async ({ emulator }) => {
    await put(emulator, 'a', 'hello')
    expect(codeOf(await copy(emulator, 'a', { 'x-obs-copy-source': 'bkt-a/a' }))).toEqual([
      400,
      'InvalidRequest',
    ])
    expect(
      (await copy(emulator, 'a', { 'x-obs-copy-source': 'bkt-a/a', 'x-obs-storage-class': 'WARM' })).status,
    ).toBe(200)
    expect((await get(emulator, 'a')).headers['x-obs-storage-class']).toBe('WARM')
  })

  test('is refused without a source, and when its conditions do not hold', async ({ emulator }) => {
    await put(emulator, 'a', 'hello')
    expect(codeOf(await copy(emulator, 'b', { 'x-obs-copy-source': 'bkt-a/none' }))).toEqual([
      404,
      'NoSuchKey',
    ])
    expect(codeOf(await copy(emulator, 'b', { 'x-obs-copy-source': 'nothing' }))).toEqual([
      400,
      'InvalidArgument',
    ])
    expect(
      codeOf(
        await copy(emulator, 'b', { 'x-obs-copy-source': 'bkt-a/a', 'x-obs-metadata-directive': 'MERGE' }),
      ),
    ).toEqual([400, 'InvalidArgument'])
    const since = { 'x-obs-copy-source': 'bkt-a/a', 'x-obs-copy-source-if-none-match': md5('hello') }
    expect(codeOf(await copy(emulator, 'b', since))).toEqual([412, 'PreconditionFailed'])
  })
})

describe('a list', () => {
  test('is cut by prefix and delimiter, and goes on after its marker', async ({ emulator }) => {
    for (const key of ['a/1', 'a/2', 'b', 'c/d/e', 'ü']) await put(emulator, encodeURIComponent(key), key)
    const list = async (query: string) =>
      (await obs(emulator, { method: 'GET', path: `/bkt-a?${query}` })).text
    const all = await list('')
    expect([elements(all, 'Key'), element(all, 'IsTruncated')]).toEqual([
      ['a/1', 'a/2', 'b', 'c/d/e', 'ü'],
      'false',
    ])
    const cut = await list('delimiter=/')
    expect([elements(cut, 'Key'), elements(cut, 'Prefix')]).toEqual([
      ['b', 'ü'],
      ['', 'a/', 'c/'],
    ])
    const below = await list('prefix=a/&delimiter=/')
    expect([elements(below, 'Key'), element(below, 'Prefix')]).toEqual([['a/1', 'a/2'], 'a/'])
    const first = await list('delimiter=/&max-keys=2')
    expect([elements(first, 'Prefix'), elements(first, 'Key'), element(first, 'NextMarker')]).toEqual([
      ['', 'a/'],
      ['b'],
      'b',
    ])
    const second = await list('delimiter=/&max-keys=2&marker=b')
    expect([elements(second, 'Prefix'), elements(second, 'Key'), element(second, 'IsTruncated')]).toEqual([
      ['', 'c/'],
      ['ü'],
      'false',
    ])
    expect(element(await list('max-keys=5000'), 'MaxKeys')).toBe('1000')
    expect(elements(await list('max-keys=0'), 'Key')).toEqual([])
  })

  test('of the second version goes on by a token', async ({ emulator }) => {
    for (const key of ['a', 'b', 'c']) await put(emulator, key, key)
    const list = async (query: string) =>
      (await obs(emulator, { method: 'GET', path: `/bkt-a?list-type=2${query}`, dialect: 's3' })).text
    const first = await list('&max-keys=2')
    expect([elements(first, 'Key'), element(first, 'KeyCount'), elements(first, 'Owner')]).toEqual([
      ['a', 'b'],
      '2',
      [],
    ])
    const token = element(first, 'NextContinuationToken')
    expect(elements(await list(`&continuation-token=${token}`), 'Key')).toEqual(['c'])
    expect(elements(await list('&start-after=a&fetch-owner=true'), 'DisplayName')).toHaveLength(2)
    expect(element(await list('&continuation-token=%20'), 'Code')).toBe('InvalidArgument')
  })

  test('of versions has one of each object', async ({ emulator }) => {
    await put(emulator, 'a', '1')
    const { text } = await obs(emulator, { method: 'GET', path: '/bkt-a?versions' })
    expect([elements(text, 'Key'), elements(text, 'VersionId'), elements(text, 'IsLatest')]).toEqual([
      ['a'],
      ['null'],
      ['true'],
    ])
  })
})

describe('the deletion of several objects', () => {
  const remove = (emulator: TestEmulator, body: string, headers: Record<string, string> = {}) =>
    obs(emulator, {
      method: 'POST',
      path: '/bkt-a?delete',
      body,
      headers: { 'Content-MD5': md5(body, 'base64'), ...headers },
    })

  test('answers for each, also for those that were not there', async ({ emulator }) => {
    await put(emulator, 'a%26b', '1')
    const body = '<Delete><Object><Key>a&amp;b</Key></Object><Object><Key>none</Key></Object></Delete>'
    const { status, text } = await remove(emulator, body)
    expect([status, elements(text, 'Key')]).toEqual([200, ['a&amp;b', 'none']])
    expect((await get(emulator, 'a%26b')).status).toBe(404)
  })

  test('is quiet when it is asked so, and decodes keys', async ({ emulator }) => {
    await put(emulator, 'a%2Fb', '1')
    const body =
      '<Delete><Quiet>true</Quiet><EncodingType>url</EncodingType><Object><Key>a%2Fb</Key></Object></Delete>'
    expect(elements((await remove(emulator, body)).text, 'Key')).toEqual([])
    expect((await get(emulator, 'a/b')).status).toBe(404)
  })

  test('is refused without a checksum, and with too many keys or none', async ({ emulator }) => {
    const body = '<Delete><Object><Key>a</Key></Object></Delete>'
    expect(codeOf(await obs(emulator, { method: 'POST', path: '/bkt-a?delete', body }))).toEqual([
      400,
      'InvalidRequest',
    ])
    expect(codeOf(await remove(emulator, '<Delete/>'))).toEqual([400, 'MalformedXML'])
    expect(
      codeOf(await remove(emulator, `<Delete>${'<Object><Key>a</Key></Object>'.repeat(1001)}</Delete>`)),
    ).toEqual([400, 'MalformedXML'])
  })
})
