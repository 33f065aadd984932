import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe } from 'vitest'
import { jobOf } from '../../demo-world.ts'
import {
  diskImageBytes,
  expect,
  scratchFolder,
  type TestEmulator,
  writingTest as test,
} from '../../emulator.ts'
import { keysOf, objectBytes } from '../../objects.ts'
import { addImages, expectRefusal } from '../../private-image.ts'

const bucketOf = (emulator: TestEmulator) => join(emulator.bucketFolder, 'images')
const send = (emulator: TestEmulator, id: string, key: string) =>
  emulator.post(`/v1/cloudimages/${id}/file`, { bucket_url: `images:${key}`, file_format: 'qcow2' })

const JSON_TYPE = { 'Content-Type': 'application/json' }

/** Everything below a bucket; a folder of unfinished files would be seen. */
const listed = (emulator: TestEmulator) =>
  readdirSync(bucketOf(emulator), { recursive: true, encoding: 'utf8' }).sort()

async function expectLife(emulator: TestEmulator): Promise<void> {
  for (const path of ['/_ims/health', '/_ims/ready', '/_ims/worlds', '/v2/cloudimages'])
    expect((await emulator.get(path)).status).toBe(200)
  expect((await emulator.post('/_ims/reset')).status).toBe(204)
}

describe('an export to a key that a folder cannot hold is refused', () => {
  test.for([
    ['a folder', 'backup', 'IMG.0070'],
    ['below an object', 'tiny.qcow2/disk', 'IMG.0070'],
    ['below a folder that is an object', 'backup/old.qcow2/disk', 'IMG.0070'],
    ['an object', 'backup/old.qcow2', 'IMG.0070'],
    ['a name of 300 bytes', '文'.repeat(100), 'IMG.0074'],
    ['a folder with a name of 300 bytes', `${'文'.repeat(100)}/disk`, 'IMG.0074'],
  ] as const)('%s', async ([, key, code], { emulator }) => {
    mkdirSync(join(bucketOf(emulator), 'backup'))
    writeFileSync(join(bucketOf(emulator), 'backup', 'old.qcow2'), 'old')
    const before = listed(emulator)
    const id = await emulator.importImage()
    expectRefusal(await send(emulator, id, key), code)
    await emulator.advance()
    expect(listed(emulator)).toEqual(before)
    await expectLife(emulator)
  })
})

describe('an export whose key is taken before its job ends fails and replaces nothing', () => {
  test.for<[string, (path: string) => void, string]>([
    ['by an object', (path) => writeFileSync(path, 'mine'), 'IMG.0070'],
    ['by a folder', (path) => mkdirSync(path), 'IMG.0070'],
    ['by a link', (path) => symlinkSync('../tiny.qcow2', path), 'IMG.0070'],
    ['by a link to nothing', (path) => symlinkSync('nothing', path), 'IMG.0070'],
    [
      'by an object above it',
      (path) => {
        rmSync(dirname(path), { recursive: true })
        writeFileSync(dirname(path), 'mine')
      },
      'IMG.0070',
    ],
    [
      'by a link out of the bucket above it',
      (path) => {
        rmSync(dirname(path), { recursive: true })
        mkdirSync(join(dirname(path), '../../../elsewhere'))
        symlinkSync('../../elsewhere', dirname(path))
      },
      'IMG.0069',
    ],
  ])('%s', async ([, take, code], { emulator }) => {
    const path = join(bucketOf(emulator), 'out', 'disk')
    const id = await emulator.importImage()
    const job = jobOf(await send(emulator, id, 'out/disk'))
    mkdirSync(dirname(path), { recursive: true })
    take(path)
    const before = listed(emulator)
    await emulator.advance()
    expect((await emulator.job(job)).body).toMatchObject({ status: 'FAIL', error_code: code })
    expect(listed(emulator)).toEqual(before)
    expect(readFileSync(join(bucketOf(emulator), 'tiny.qcow2'))).toEqual(diskImageBytes('tiny-v3.qcow2'))
    await expectLife(emulator)
  })
})

test('of two exports to foo and foo/bar the first one succeeds and the other one fails', async ({
  emulator,
}) => {
  const [one, two] = [
    await emulator.importImage({ name: 'one' }),
    await emulator.importImage({ name: 'two' }),
  ]
  const first = jobOf(await send(emulator, one, 'foo'))
  const second = jobOf(await send(emulator, two, 'foo/bar'))
  await emulator.advance()
  expect((await emulator.job(first)).body).toMatchObject({ status: 'SUCCESS' })
  expect((await emulator.job(second)).body).toMatchObject({ status: 'FAIL', error_code: 'IMG.0070' })
  expect(listed(emulator)).toEqual(['foo', 'tiny.qcow2'])
})

test('30 exports, ten at a time, all succeed', async ({ emulator }) => {
  const ids: string[] = []
  for (let n = 0; n < 30; n++) ids.push(await emulator.importImage({ name: `disk-${n}` }))
  const waiting = ids.map((id, n) => ({ id, key: `out/${n % 3}/disk-${n}` }))
  const jobs: string[] = []
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        jobs.push(jobOf(await send(emulator, next.id, next.key)))
        await emulator.advance()
      }
    }),
  )
  for (const job of jobs) expect((await emulator.job(job)).body).toMatchObject({ status: 'SUCCESS' })
  expect(listed(emulator)).toHaveLength(30 + 4 + 1)
})

describe('a link in a bucket', () => {
  const withLinks = (emulator: TestEmulator, outside: string) => {
    const bucket = bucketOf(emulator)
    mkdirSync(join(bucket, 'deep'))
    writeFileSync(join(outside, 'secret.qcow2'), diskImageBytes('tiny-v3.qcow2'))
    symlinkSync(outside, join(bucket, 'lnk'))
    symlinkSync(join(outside, 'secret.qcow2'), join(bucket, 'file.qcow2'))
    symlinkSync('deep', join(bucket, 'inner'))
    symlinkSync('tiny.qcow2', join(bucket, 'again.qcow2'))
  }

  test.for([
    ['lnk/x.qcow2', 'IMG.0069'],
    ['lnk/deeper/x.qcow2', 'IMG.0069'],
    ['file.qcow2', 'IMG.0070'],
  ] as const)('does not lead an export out of it: %s', async ([key, code], { emulator }) => {
    using scratch = scratchFolder()
    withLinks(emulator, scratch.path)
    expectRefusal(await send(emulator, await emulator.importImage(), key), code)
    await emulator.advance()
    expect(readdirSync(scratch.path)).toEqual(['secret.qcow2'])
  })

  test.for(['lnk/secret.qcow2', 'file.qcow2', 'again.qcow2', 'inner/none.qcow2'])(
    'is not imported: %s',
    async (key, { emulator }) => {
      using scratch = scratchFolder()
      withLinks(emulator, scratch.path)
      const json = { name: 'image', image_url: `images:${key}`, min_disk: 1 }
      expectRefusal(await emulator.post('/v2/cloudimages/action', json), 'IMG.0057')
      const [waiting = ''] = await addImages(emulator, { status: 'queued' })
      const registered = await emulator.put(`/v1/cloudimages/${waiting}/upload`, {
        image_url: `images:${key}`,
      })
      expectRefusal(registered, 'IMG.0057')
    },
  )

  test('that stays in it leads an export to its folder', async ({ emulator }) => {
    using scratch = scratchFolder()
    withLinks(emulator, scratch.path)
    const job = jobOf(await send(emulator, await emulator.importImage(), 'inner/x.qcow2'))
    await emulator.advance()
    expect((await emulator.job(job)).body).toMatchObject({ status: 'SUCCESS' })
    expect(existsSync(join(bucketOf(emulator), 'deep', 'x.qcow2'))).toBe(true)
  })
})

test.for([
  '/dir/a.qcow2',
  './dir/a.qcow2',
  'dir//a.qcow2',
  'dir/./a.qcow2',
  'x/../dir/a.qcow2',
  'dir/a.qcow2/',
])('the key %s is not dir/a.qcow2', async (key, { emulator }) => {
  mkdirSync(join(bucketOf(emulator), 'dir'))
  writeFileSync(join(bucketOf(emulator), 'dir', 'a.qcow2'), diskImageBytes('tiny-v3.qcow2'))
  await emulator.importImage({ image_url: 'images:dir/a.qcow2' })
  const json = { name: 'image', image_url: `images:${key}`, min_disk: 1 }
  expectRefusal(await emulator.post('/v2/cloudimages/action', json), 'IMG.0057')
})

test('a file that exists is an object of every world, so that an export to it is refused after a reset', async ({
  emulator,
}) => {
  const job = jobOf(await send(emulator, await emulator.importImage(), 'out.qcow2'))
  await emulator.advance()
  expect((await emulator.job(job)).body).toMatchObject({ status: 'SUCCESS', error_code: null })
  expect(readFileSync(join(bucketOf(emulator), 'out.qcow2'))).toEqual(diskImageBytes('tiny-v3.qcow2'))
  expect((await emulator.post('/_ims/reset')).status).toBe(204)
  expectRefusal(await send(emulator, await emulator.importImage(), 'out.qcow2'), 'IMG.0070')
})

test('only the default world writes files', async ({ emulator }) => {
  await using other = await emulator.world({ name: 'other' })
  const inOther = (path: string, body: object) =>
    other.fetch(path, { method: 'POST', body: JSON.stringify(body), headers: JSON_TYPE })
  await inOther('/v2/cloudimages/action', { name: 'x', image_url: 'images:tiny.qcow2', min_disk: 1 })
  await other.jobs.finish()
  const { images } = JSON.parse(await (await other.fetch('/v2/cloudimages?name=x')).text())
  const target = { bucket_url: 'images:deep/tiny.qcow2/of-other', file_format: 'qcow2' }
  await inOther(`/v1/cloudimages/${images[0].id}/file`, target)
  await other.jobs.finish()
  expect(await keysOf(emulator, 'images', 'other')).toEqual(['deep/tiny.qcow2/of-other', 'tiny.qcow2'])
  expect(listed(emulator)).toEqual(['tiny.qcow2'])
})

test('an export into a bucket without a folder writes no file', async ({ emulator }) => {
  expect((await emulator.put('/_ims/buckets/own')).status).toBe(201)
  const id = await emulator.importImage()
  const target = { bucket_url: 'own:disk', file_format: 'qcow2' }
  const job = jobOf(await emulator.post(`/v1/cloudimages/${id}/file`, target))
  await emulator.advance()
  expect((await emulator.job(job)).body).toMatchObject({ status: 'SUCCESS', error_code: null })
  expect(await objectBytes(emulator, 'own', 'disk')).toEqual(diskImageBytes('tiny-v3.qcow2'))
  expect(existsSync(join(emulator.bucketFolder, 'own'))).toBe(false)
})
