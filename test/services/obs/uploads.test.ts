import { describe } from 'vitest'
import { expect, test as plainTest, startTestEmulator, type TestEmulator } from '../../emulator.ts'
import { element, elements, md5, obs, PARTNER } from './obs-client.ts'

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

/** The smallest part that need not be the last. */
const PART = Buffer.alloc(102_400, 'p')
const codeOf = ({ text, status }: { text: string; status: number }) => [status, element(text, 'Code')]

async function begin(
  emulator: TestEmulator,
  key = 'k',
  headers: Record<string, string> = {},
): Promise<string> {
  const { status, text } = await obs(emulator, { method: 'POST', path: `/bkt-a/${key}?uploads`, headers })
  expect([status, element(text, 'Bucket'), element(text, 'Key')]).toEqual([200, 'bkt-a', key])
  return element(text, 'UploadId') ?? ''
}

const putPart = (emulator: TestEmulator, id: string, number: number, body: string | Uint8Array, key = 'k') =>
  obs(emulator, { method: 'PUT', path: `/bkt-a/${key}?partNumber=${number}&uploadId=${id}`, body })

const complete = (emulator: TestEmulator, id: string, parts: readonly (readonly [number, string])[]) => {
  const named = parts.map(
    ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
  )
  const body = `<CompleteMultipartUpload>${named.join('')}</CompleteMultipartUpload>`
  return obs(emulator, { method: 'POST', path: `/bkt-a/k?uploadId=${id}`, body })
}

describe('an upload in parts', () => {
  test('makes one object, whose ETag is made of those of its parts', async ({ emulator }) => {
    const id = await begin(emulator, 'k', { 'Content-Type': 'text/plain', 'x-obs-meta-a': '1' })
    const first = await putPart(emulator, id, 2, PART)
    expect([first.status, first.headers.etag]).toEqual([200, `"${md5(PART)}"`])
    await putPart(emulator, id, 7, 'dropped')
    await putPart(emulator, id, 9, 'replaced')
    await putPart(emulator, id, 9, 'end')
    const list = await obs(emulator, { method: 'GET', path: `/bkt-a/k?uploadId=${id}` })
    expect([elements(list.text, 'PartNumber'), elements(list.text, 'Size')]).toEqual([
      ['2', '7', '9'],
      ['102400', '7', '3'],
    ])
    const done = await complete(emulator, id, [
      [2, `&quot;${md5(PART)}&quot;`],
      [9, md5('end')],
    ])
    const parts = Buffer.concat([Buffer.from(md5(PART), 'hex'), Buffer.from(md5('end'), 'hex')])
    expect([done.status, element(done.text, 'ETag'), element(done.text, 'Key')]).toEqual([
      200,
      `&quot;${md5(parts)}-2&quot;`,
      'k',
    ])
    const { headers, bytes } = await obs(emulator, { method: 'GET', path: '/bkt-a/k' })
    expect(bytes.equals(Buffer.concat([PART, Buffer.from('end')]))).toBe(true)
    expect(headers).toMatchObject({
      'content-type': 'text/plain',
      'x-obs-meta-a': '1',
      etag: `"${md5(parts)}-2"`,
    })
    expect(codeOf(await complete(emulator, id, [[9, md5('end')]]))).toEqual([404, 'NoSuchUpload'])
    expect((await obs(emulator, { method: 'GET', path: '/bkt-a?uploads' })).text).not.toContain('<Upload>')
  })

  test('copies parts from objects', async ({ emulator }) => {
    await obs(emulator, { method: 'PUT', path: '/bkt-a/source', body: '0123456789' })
    const id = await begin(emulator)
    const path = `/bkt-a/k?partNumber=1&uploadId=${id}`
    const headers = { 'x-obs-copy-source': 'bkt-a/source', 'x-obs-copy-source-range': 'bytes=2-4' }
    const copied = await obs(emulator, { method: 'PUT', path, headers })
    expect([copied.status, element(copied.text, 'ETag')]).toEqual([200, `&quot;${md5('234')}&quot;`])
    const beyond = { ...headers, 'x-obs-copy-source-range': 'bytes=2-10' }
    expect(codeOf(await obs(emulator, { method: 'PUT', path, headers: beyond }))).toEqual([
      416,
      'InvalidRange',
    ])
    await complete(emulator, id, [[1, md5('234')]])
    expect((await obs(emulator, { method: 'GET', path: '/bkt-a/k' })).text).toBe('234')
  })

  test('is refused when its parts are missing, in another order, or too small', async ({ emulator }) => {
    const id = await begin(emulator)
    await putPart(emulator, id, 1, 'small')
    await putPart(emulator, id, 2, 'end')
    const [one, two] = [md5('small'), md5('end')]
    expect(codeOf(await complete(emulator, id, []))).toEqual([400, 'MalformedXML'])
    expect(codeOf(await complete(emulator, id, [[3, one]]))).toEqual([400, 'InvalidPart'])
    expect(codeOf(await complete(emulator, id, [[1, two]]))).toEqual([400, 'InvalidPart'])
    expect(
      codeOf(
        await complete(emulator, id, [
          [2, two],
          [1, one],
        ]),
      ),
    ).toEqual([400, 'InvalidPartOrder'])
    expect(
      codeOf(
        await complete(emulator, id, [
          [1, one],
          [2, two],
        ]),
      ),
    ).toEqual([400, 'EntityTooSmall'])
    expect(codeOf(await putPart(emulator, id, 10_001, 'x'))).toEqual([400, 'InvalidArgument'])
    expect(codeOf(await putPart(emulator, id, 0, 'x'))).toEqual([400, 'InvalidArgument'])
    expect((await complete(emulator, id, [[1, one]])).status).toBe(200)
  })

  test('that is aborted is gone with its parts', async ({ emulator }) => {
    const id = await begin(emulator)
    await putPart(emulator, id, 1, PART)
    const path = `/bkt-a/k?uploadId=${id}`
    expect((await obs(emulator, { method: 'DELETE', path })).status).toBe(204)
    expect(codeOf(await obs(emulator, { method: 'GET', path }))).toEqual([404, 'NoSuchUpload'])
    expect(codeOf(await putPart(emulator, id, 1, 'x'))).toEqual([404, 'NoSuchUpload'])
    expect(codeOf(await putPart(emulator, 'unknown', 1, 'x'))).toEqual([404, 'NoSuchUpload'])
  })

  test('goes on for the user alone who has begun it', async ({ emulator }) => {
    const id = await begin(emulator)
    const policy = { Statement: [{ Effect: 'Allow', Principal: '*', Action: ['*'], Resource: ['bkt-a/*'] }] }
    await obs(emulator, { method: 'PUT', path: '/bkt-a?policy', body: JSON.stringify(policy) })
    const path = `/bkt-a/k?partNumber=1&uploadId=${id}`
    expect(codeOf(await obs(emulator, { method: 'PUT', path, body: 'x', key: PARTNER }))).toEqual([
      403,
      'AccessDenied',
    ])
  })

  test('is listed with others by their keys, page by page', async ({ emulator }) => {
    for (const key of ['a', 'b', 'b', 'c']) await begin(emulator, key)
    const list = async (query: string) =>
      (await obs(emulator, { method: 'GET', path: `/bkt-a?uploads${query}` })).text
    const first = await list('&max-uploads=2')
    expect([elements(first, 'Key'), element(first, 'IsTruncated'), element(first, 'NextKeyMarker')]).toEqual([
      ['a', 'b'],
      'true',
      'b',
    ])
    const second = await list(`&key-marker=b&upload-id-marker=${element(first, 'NextUploadIdMarker')}`)
    expect(elements(second, 'Key')).toEqual(['b', 'c'])
    expect(elements(await list('&prefix=c'), 'Key')).toEqual(['c'])
  })

  test('is kept by a snapshot with the parts that have come', async ({ emulator }) => {
    const id = await begin(emulator)
    await putPart(emulator, id, 1, 'part')
    expect((await emulator.post('/_ims/snapshots', { name: 'half' })).status).toBeLessThan(300)
    await obs(emulator, { method: 'DELETE', path: `/bkt-a/k?uploadId=${id}` })
    expect((await emulator.put('/_ims/snapshots/half/restore', {})).status).toBeLessThan(300)
    expect((await complete(emulator, id, [[1, md5('part')]])).status).toBe(200)
    expect((await obs(emulator, { method: 'GET', path: '/bkt-a/k' })).text).toBe('part')
  })
})
