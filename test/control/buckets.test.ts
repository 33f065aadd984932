import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe } from 'vitest'
import { byBytes } from '../../src/database/bucket-folder.ts'
import { expect, type TestEmulator, test } from '../emulator.ts'
import { keysOf, objectBytes, putBytes } from '../objects.ts'

const put = (emulator: TestEmulator, path: string, body: string | Uint8Array = '', headers = {}) =>
  emulator.request('PUT', `/_ims/buckets/${path}`, { body, headers })
const md5 = (text: string) => createHash('md5').update(text).digest('hex')

test('an object is put into a bucket that is made for it, listed, read and deleted', async ({ emulator }) => {
  const type = { 'Content-Type': 'application/x-disk' }
  const made = await put(emulator, 'own/objects/dir/disk.raw', 'bytes', type)
  const facts = {
    key: 'dir/disk.raw',
    size: 5,
    etag: md5('bytes'),
    content_type: 'application/x-disk',
    storage_class: 'STANDARD',
    last_modified: expect.any(String),
  }
  expect([made.status, made.body]).toEqual([201, facts])
  expect((await emulator.get('/_ims/buckets/own/objects')).body).toEqual({ objects: [facts], next: null })
  const read = await emulator.get('/_ims/buckets/own/objects/dir/disk.raw')
  expect([read.status, read.text]).toEqual([200, 'bytes'])
  expect(Object.fromEntries(read.headers)).toMatchObject({
    'content-type': 'application/x-disk',
    'content-length': '5',
    etag: `"${md5('bytes')}"`,
  })
  expect((await emulator.get('/_ims/buckets')).body).toEqual({
    buckets: [
      { name: 'images', domain_id: null, region: null, storage_class: 'STANDARD' },
      { name: 'own', domain_id: null, region: null, storage_class: 'STANDARD' },
    ],
  })
  expect((await emulator.delete('/_ims/buckets/own/objects/dir/disk.raw')).status).toBe(204)
  expect((await emulator.delete('/_ims/buckets/own/objects/dir/disk.raw')).status).toBe(404)
  expect(await keysOf(emulator, 'own')).toEqual([])
})

test('an empty object is put and read', async ({ emulator }) => {
  expect((await put(emulator, 'own/objects/empty')).body).toMatchObject({ size: 0, etag: md5('') })
  expect(String(await objectBytes(emulator, 'own', 'empty'))).toBe('')
})

test('an empty disk is made without being sent, and can be imported', async ({ emulator }) => {
  expect((await put(emulator, 'own/objects/a.qcow2?disk=qcow2&size=1GiB')).body).toMatchObject({
    size: 2 ** 18,
  })
  expect((await put(emulator, 'own/objects/a.raw?disk=raw&size=1MiB')).body).toMatchObject({ size: 2 ** 20 })
  for (const key of ['a.qcow2', 'a.raw']) await emulator.importImage({ image_url: `own:${key}` })
})

test('any key is put, listed in the order of UTF-8 bytes, and read, over any page', async ({ emulator }) => {
  const name = fc.stringMatching(/^[a-z%+ ü💿￮]{1,4}$/u)
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
        { maxLength: 6 },
      ),
      async (keys) => {
        await emulator.delete('/_ims/buckets/keys')
        await emulator.put('/_ims/buckets/keys')
        for (const key of keys) await put(emulator, `keys/objects/${encodeURIComponent(key)}`, key)
        expect(await keysOf(emulator, 'keys')).toEqual(keys.toSorted(byBytes))
        for (const key of keys) expect(String(await objectBytes(emulator, 'keys', key))).toBe(key)
        const [prefix = ''] = keys[0] ?? ''
        const [, after = ''] = keys
        const query = new URLSearchParams({ prefix, after })
        const { objects } = (await emulator.get(`/_ims/buckets/keys/objects?${query}`)).body
        expect(objects.map(({ key }: { key: string }) => key)).toEqual(
          keys.filter((key) => key.startsWith(prefix) && byBytes(key, after) > 0).sort(byBytes),
        )
      },
    ),
    { numRuns: 20 },
  )
})

test('a list has 1000 objects on a page, of the world and of the folder together', async ({ emulator }) => {
  const keyOf = (n: number) => `n/${String(n).padStart(4, '0')}`
  for (let n = 0; n < 1001; n += 2) putBytes(emulator, 'many', keyOf(n), 'x')
  for (let n = 1; n < 1001; n += 200) await put(emulator, `many/objects/${keyOf(n)}`, 'y')
  for (let n = 4; n < 1000; n += 4) putBytes(emulator, 'many', `m/${n}`, 'x')
  const first = (await emulator.get('/_ims/buckets/many/objects')).body
  expect([first.objects.length, first.next]).toEqual([755, null])
  for (let n = 0; n < 300; n++) putBytes(emulator, 'many', `k/${n}`, 'x')
  const second = (await emulator.get('/_ims/buckets/many/objects')).body
  expect([second.objects.length, second.next]).toEqual([1000, second.objects.at(-1).key])
  const query = new URLSearchParams({ after: second.next })
  const third = (await emulator.get(`/_ims/buckets/many/objects?${query}`)).body
  expect([third.objects.length, third.next]).toEqual([55, null])
})

describe('what cannot be done is refused', () => {
  test.for([
    ['PUT', 'No', 400, 'is no name of a bucket'],
    ['PUT', 'images', 409, 'a bucket is called images already'],
    ['DELETE', 'none', 404, 'no bucket is called none; there are: images'],
    ['GET', 'none/objects', 404, 'no bucket is called none; there are: images'],
    ['GET', 'images/objects/none', 404, 'there is no object none in the bucket images'],
    ['PUT', 'No/objects/a', 400, 'is no name of a bucket'],
    ['PUT', 'images/objects/a?disk=qcow2', 400, 'disk and size belong together'],
    ['PUT', 'images/objects/a?disk=qcow2&size=much', 400, 'much is no size of a disk'],
    ['PUT', 'images/objects/a?disk=raw&size=1TiB', 400, 'an empty raw disk has at most 64 MiB'],
    ['PUT', `images/objects/${'k'.repeat(1025)}`, 400, 'it has more than 1024 bytes'],
  ] as const)('%s %s with %i', async ([method, path, status, detail], { emulator }) => {
    const reply = await emulator.request(method, `/_ims/buckets/${path}`)
    expect([reply.status, reply.body.detail]).toEqual([status, expect.stringContaining(detail)])
  })

  test('a bucket of an unknown account', async ({ emulator }) => {
    const reply = await emulator.put('/_ims/buckets/own', { domain_id: 'nobody' })
    expect([reply.status, reply.body.detail]).toEqual([400, expect.stringContaining('no account nobody')])
  })
})
