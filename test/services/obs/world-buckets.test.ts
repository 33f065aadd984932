import { mkdirSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test as plain } from 'vitest'
import { jobOf } from '../../demo-world.ts'
import {
  diskImageBytes,
  expect,
  putObject,
  scratchFolder,
  startTestEmulator,
  type TestEmulator,
  test,
} from '../../emulator.ts'
import { keysOf, objectBytes, putBytes } from '../../objects.ts'
import { asPartner, expectRefusal } from '../../private-image.ts'

const TINY = diskImageBytes('tiny-v3.qcow2')

const put = (
  emulator: TestEmulator,
  url: string,
  body: Uint8Array | string,
  query = '',
  world = 'default',
) => {
  const [bucket, key = ''] = url.split(':')
  const path = `/_ims/worlds/${world}/buckets/${bucket}/objects/${encodeURIComponent(key)}${query}`
  return emulator.request('PUT', path, { body })
}
const imported = (emulator: TestEmulator, image_url: string, sent = {}) =>
  emulator.post('/v2/cloudimages/action', { name: 'image', image_url, min_disk: 1 }, sent)
const exported = async (emulator: TestEmulator, id: string, bucket_url: string) => {
  const job = jobOf(await emulator.post(`/v1/cloudimages/${id}/file`, { bucket_url, file_format: 'qcow2' }))
  await emulator.advance()
  return (await emulator.job(job)).body
}

describe('an object of the world', () => {
  test('is imported, exported and imported again', async ({ emulator }) => {
    expect((await put(emulator, 'own:dir/disk.qcow2', TINY)).status).toBe(201)
    const id = await emulator.importImage({ image_url: 'own:dir/disk.qcow2' })
    expect(await exported(emulator, id, 'own:out/disk.qcow2')).toMatchObject({ status: 'SUCCESS' })
    expect(await objectBytes(emulator, 'own', 'out/disk.qcow2')).toEqual(TINY)
    await emulator.importImage({ name: 'again', image_url: 'own:out/disk.qcow2' })
  })

  test('wins over the file of its key, and its deletion hides the file in this world alone', async ({
    emulator,
  }) => {
    putObject(emulator, 'images', 'a/b.qcow2', 'two-gib.qcow2')
    await using other = await emulator.world({ name: 'other' })
    await put(emulator, 'images:a/b.qcow2', TINY)
    expect(await objectBytes(emulator, 'images', 'a/b.qcow2')).toEqual(TINY)
    expect(await objectBytes(emulator, 'images', 'a/b.qcow2', other.name)).toEqual(
      diskImageBytes('two-gib.qcow2'),
    )
    expect((await emulator.delete('/_ims/buckets/images/objects/a/b.qcow2')).status).toBe(204)
    expect(await objectBytes(emulator, 'images', 'a/b.qcow2')).toBeUndefined()
    expect(await keysOf(emulator, 'images')).toEqual(['tiny.qcow2'])
    expectRefusal(await imported(emulator, 'images:a/b.qcow2'), 'IMG.0057')
    expect(await keysOf(emulator, 'images', other.name)).toEqual(['a/b.qcow2', 'tiny.qcow2'])
    await put(emulator, 'images:a/b.qcow2', 'new')
    expect(String(await objectBytes(emulator, 'images', 'a/b.qcow2'))).toBe('new')
  })

  test('of a key that is a folder of other keys lies beside them', async ({ emulator }) => {
    const id = await emulator.importImage()
    putBytes(emulator, 'images', 'deep/file', 'x')
    for (const key of ['foo', 'foo/bar', 'deep', 'tiny.qcow2/disk'])
      expect(await exported(emulator, id, `images:${key}`)).toMatchObject({ status: 'SUCCESS' })
    expect(await keysOf(emulator, 'images')).toEqual([
      'deep',
      'deep/file',
      'foo',
      'foo/bar',
      'tiny.qcow2',
      'tiny.qcow2/disk',
    ])
    expect(readdirSync(join(emulator.bucketFolder, 'images')).sort()).toEqual(['deep', 'tiny.qcow2'])
  })

  test('is copied into forks and snapshots, and changes in one world do not show in another', async ({
    emulator,
  }) => {
    await put(emulator, 'own:a', 'first')
    await emulator.post('/_ims/snapshots', { name: 'saved' })
    await using fork = await emulator.fork('fork')
    await put(emulator, 'own:a', 'second')
    await put(emulator, 'own:b', 'more')
    expect(String(await objectBytes(emulator, 'own', 'a', fork.name))).toBe('first')
    await put(emulator, 'own:a', 'of the fork', '', fork.name)
    expect(String(await objectBytes(emulator, 'own', 'a'))).toBe('second')
    expect((await emulator.put('/_ims/snapshots/saved/restore')).status).toBe(204)
    expect(String(await objectBytes(emulator, 'own', 'a'))).toBe('first')
    expect(await keysOf(emulator, 'own')).toEqual(['a'])
    expect(String(await objectBytes(emulator, 'own', 'a', fork.name))).toBe('of the fork')
  })

  test('is gone after a reset, so that the same requests are answered in the same way', async ({
    emulator,
  }) => {
    const run = async () => {
      await put(emulator, 'own:disk', TINY)
      const id = await emulator.importImage({ image_url: 'own:disk' })
      const job = await exported(emulator, id, 'images:out.qcow2')
      return [id, job.job_id, job.status, await objectBytes(emulator, 'images', 'out.qcow2')]
    }
    const first = await run()
    await emulator.post('/_ims/reset')
    expect(await objectBytes(emulator, 'images', 'out.qcow2')).toBeUndefined()
    expect((await emulator.get('/_ims/buckets')).body.buckets).toHaveLength(1)
    expect(await run()).toEqual(first)
  })

  plain(
    'is in a download with its bytes, and an export under way ends in the world that continues it',
    async () => {
      using scratch = scratchFolder()
      const from = join(scratch.path, 'world.sqlite')
      let job: string
      {
        await using first = await startTestEmulator()
        await put(first, 'own:a', 'bytes of a')
        const target = { bucket_url: 'own:out.qcow2', file_format: 'qcow2' }
        job = jobOf(await first.post(`/v1/cloudimages/${await first.importImage()}/file`, target))
        const file = await fetch(`${first.url}/_ims/database?blobs=true`)
        writeFileSync(from, Buffer.from(await file.arrayBuffer()))
      }
      for (const options of [{}, { data: join(scratch.path, 'data') }]) {
        await using second = await startTestEmulator({ from, ...options })
        await second.advance()
        expect((await second.job(job)).body).toMatchObject({ status: 'SUCCESS' })
        expect(String(await objectBytes(second, 'own', 'a'))).toBe('bytes of a')
        expect(await objectBytes(second, 'own', 'out.qcow2')).toEqual(TINY)
      }
    },
  )

  plain('survives a restart, and blobs that nothing names do not', async () => {
    using scratch = scratchFolder()
    const options = { data: join(scratch.path, 'data'), buckets: join(scratch.path, 'buckets') }
    const blobs = () => readdirSync(join(options.data, 'blobs'))
    {
      await using emulator = await startTestEmulator(options)
      for (const text of ['one', 'two', 'three']) await put(emulator, 'own:a', text)
      await put(emulator, 'own:b', 'deleted')
      await emulator.delete('/_ims/buckets/own/objects/b')
      expect(blobs()).toHaveLength(1)
      writeFileSync(join(options.data, 'blobs', '00000000-0000-4000-8000-000000000000'), 'stray')
    }
    await using emulator = await startTestEmulator(options)
    expect(String(await objectBytes(emulator, 'own', 'a'))).toBe('three')
    expect(blobs()).toHaveLength(1)
    expect((await emulator.delete('/_ims/buckets/own')).status).toBe(204)
    expect(blobs()).toEqual([])
  })
})

describe('a bucket', () => {
  const STATEMENT = { Effect: 'Allow', Principal: '*', Action: 'GetObject', Resource: 'theirs/open/*' }
  const bucketOf = async (emulator: TestEmulator, fields: object) => {
    const reply = await emulator.post('/_ims/fixtures', { buckets: [{ name: 'theirs', ...fields }] })
    expect(reply.status).toBe(201)
    for (const key of ['closed/disk', 'open/disk']) await put(emulator, `theirs:${key}`, TINY)
  }
  const domainOf = async (emulator: TestEmulator, token?: string) =>
    (await emulator.get('/v3/auth/domains', token === undefined ? {} : { token })).body.domains[0].id

  test('of another account is refused with IMG.0069, for imports and for exports', async ({ emulator }) => {
    await bucketOf(emulator, { domain_id: await domainOf(emulator, asPartner.token) })
    expectRefusal(await imported(emulator, 'theirs:open/disk'), 'IMG.0069')
    const id = await emulator.importImage()
    const target = { bucket_url: 'theirs:out', file_format: 'qcow2' }
    expectRefusal(await emulator.post(`/v1/cloudimages/${id}/file`, target), 'IMG.0069')
    jobOf(await imported(emulator, 'theirs:open/disk', asPartner))
  })

  test('of another account is open as far as its policy says', async ({ emulator }) => {
    const policy = { Statement: [STATEMENT] }
    await bucketOf(emulator, { domain_id: await domainOf(emulator, asPartner.token), policy })
    jobOf(await imported(emulator, 'theirs:open/disk'))
    expectRefusal(await imported(emulator, 'theirs:closed/disk'), 'IMG.0069')
    const id = await emulator.importImage()
    const target = { bucket_url: 'theirs:open/out', file_format: 'qcow2' }
    expectRefusal(await emulator.post(`/v1/cloudimages/${id}/file`, target), 'IMG.0069')
  })

  test('is closed to its own account where its policy denies', async ({ emulator }) => {
    const policy = { Statement: [{ ...STATEMENT, Effect: 'Deny' }] }
    await bucketOf(emulator, { domain_id: await domainOf(emulator), policy })
    expectRefusal(await imported(emulator, 'theirs:open/disk'), 'IMG.0069')
    jobOf(await imported(emulator, 'theirs:closed/disk'))
  })

  test.for(['WARM', 'COLD'])(
    'of the class %s is refused with IMG.0069',
    async (storage_class, { emulator }) => {
      await bucketOf(emulator, { storage_class })
      expectRefusal(await imported(emulator, 'theirs:open/disk'), 'IMG.0069')
    },
  )

  test('of the class for frequent access may have objects of another, which are refused with IMG.0069', async ({
    emulator,
  }) => {
    await put(emulator, 'own:disk', TINY, '?storage_class=COLD')
    expectRefusal(await imported(emulator, 'own:disk'), 'IMG.0069')
  })

  test('of another region is refused with IMG.0058', async ({ emulator }) => {
    await bucketOf(emulator, { region: 'cn-east-3' })
    expectRefusal(await imported(emulator, 'theirs:open/disk'), 'IMG.0058')
  })

  test('that is a folder is deleted in its world alone, and made again it is empty', async ({ emulator }) => {
    expect((await emulator.delete('/_ims/buckets/images')).status).toBe(204)
    expectRefusal(await imported(emulator, 'images:tiny.qcow2'), 'IMG.0069')
    expect((await emulator.get('/_ims/buckets')).body).toEqual({ buckets: [] })
    await using other = await emulator.world({ name: 'other' })
    expect(await keysOf(emulator, 'images', other.name)).toEqual(['tiny.qcow2'])
    expect((await emulator.put('/_ims/buckets/images')).status).toBe(201)
    expect(await keysOf(emulator, 'images')).toEqual([])
    expect(readdirSync(join(emulator.bucketFolder, 'images'))).toEqual(['tiny.qcow2'])
  })
})

describe('an export', () => {
  test('to an object that another one is about to write is refused with IMG.0070', async ({ emulator }) => {
    const [one, two] = [await emulator.importImage(), await emulator.importImage({ name: 'two' })]
    const target = { bucket_url: 'images:out', file_format: 'qcow2' }
    const first = jobOf(await emulator.post(`/v1/cloudimages/${one}/file`, target))
    expectRefusal(await emulator.post(`/v1/cloudimages/${two}/file`, target), 'IMG.0070')
    await emulator.advance()
    expect((await emulator.job(first)).body).toMatchObject({ status: 'SUCCESS' })
    expectRefusal(await emulator.post(`/v1/cloudimages/${two}/file`, target), 'IMG.0070')
  })

  test.for([
    ['IMG.0070', (emulator: TestEmulator) => put(emulator, 'own:out', 'mine')],
    ['IMG.0069', (emulator: TestEmulator) => emulator.delete('/_ims/buckets/own')],
  ] as const)(
    'fails with %s when the target changes before its job ends',
    async ([code, change], { emulator }) => {
      await put(emulator, 'own:other', 'x')
      const id = await emulator.importImage()
      const target = { bucket_url: 'own:out', file_format: 'qcow2' }
      const job = jobOf(await emulator.post(`/v1/cloudimages/${id}/file`, target))
      await change(emulator)
      await emulator.advance()
      expect((await emulator.job(job)).body).toMatchObject({ status: 'FAIL', error_code: code })
      if (code === 'IMG.0070') expect(String(await objectBytes(emulator, 'own', 'out'))).toBe('mine')
    },
  )
})

plain('files that appear in the folder are read at use, and their bytes are not the world’s', async () => {
  using scratch = scratchFolder()
  mkdirSync(join(scratch.path, 'images'))
  await using emulator = await startTestEmulator({ buckets: scratch.path })
  const path = putBytes(emulator, 'late', 'disk.qcow2', TINY)
  await emulator.importImage({ image_url: 'late:disk.qcow2' })
  unlinkSync(path)
  expectRefusal(await imported(emulator, 'late:disk.qcow2'), 'IMG.0057')
})
