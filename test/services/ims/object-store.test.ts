import { test as base, describe } from 'vitest'
import { jobOf } from '../../demo-world.ts'
import { diskImageBytes, expect, startTestEmulator, type TestEmulator } from '../../emulator.ts'
import { type MemoryStore, memoryStore } from '../../memory-store.ts'
import { objectBytes } from '../../objects.ts'
import { expectRefusal } from '../../private-image.ts'

const TINY = diskImageBytes('tiny-v3.qcow2')
const OTHER = diskImageBytes('two-gib.qcow2')

const test = base.extend<{ store: MemoryStore; emulator: TestEmulator }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern to know what a fixture needs
  store: async ({}, use) => use(memoryStore({ 'stored:disk.qcow2': TINY })),
  emulator: async ({ store }, use) => {
    await using emulator = await startTestEmulator({ objectStoreClient: store })
    await use(emulator)
  },
})

const importOf = (emulator: TestEmulator, image_url: string, fields = {}) =>
  emulator.post('/v2/cloudimages/action', { name: 'image', image_url, min_disk: 40, ...fields })
const exportOf = (emulator: TestEmulator, id: string, bucket_url: string) =>
  emulator.post(`/v1/cloudimages/${id}/file`, { bucket_url, file_format: 'qcow2' })
const checksumOf = async (emulator: TestEmulator, id: string) =>
  (await emulator.get(`/v2/images/${id}`)).body.checksum

describe('an import reads the object store', () => {
  test('as it is at the request: a copy is fetched again when its ETag has changed', async ({
    store,
    emulator,
  }) => {
    const first = await emulator.importImage({ image_url: 'stored:disk.qcow2', min_disk: 40 })
    const second = await emulator.importImage({ image_url: 'stored:disk.qcow2', min_disk: 40 })
    expect(store.calls.filter((call) => /^(GET|same)/.test(call))).toEqual([
      'GET stored/disk.qcow2',
      'GET stored/disk.qcow2',
      'same stored/disk.qcow2',
    ])
    store.buckets.get('stored')?.set('disk.qcow2', OTHER)
    const third = await emulator.importImage({ image_url: 'stored:disk.qcow2', min_disk: 40 })
    expect(await checksumOf(emulator, second)).toBe(await checksumOf(emulator, first))
    expect(await checksumOf(emulator, third)).not.toBe(await checksumOf(emulator, first))
  })

  test('and refuses a key and a bucket that are not there, or not there any more', async ({
    store,
    emulator,
  }) => {
    expectRefusal(await importOf(emulator, 'stored:none.qcow2'), 'IMG.0057')
    expectRefusal(await importOf(emulator, 'nowhere:disk.qcow2'), 'IMG.0069')
    await emulator.importImage({ image_url: 'stored:disk.qcow2', min_disk: 40 })
    store.buckets.get('stored')?.delete('disk.qcow2')
    expectRefusal(await importOf(emulator, 'stored:disk.qcow2'), 'IMG.0057')
    store.buckets.delete('stored')
    expectRefusal(await importOf(emulator, 'stored:disk.qcow2'), 'IMG.0069')
  })

  test('and refuses an object of a class for rare access', async ({ store, emulator }) => {
    store.classes.set('stored/disk.qcow2', 'GLACIER')
    expectRefusal(await importOf(emulator, 'stored:disk.qcow2'), 'IMG.0069')
    store.buckets.get('stored')?.set('reduced.qcow2', TINY)
    store.classes.set('stored/reduced.qcow2', 'REDUCED_REDUNDANCY')
    expect((await importOf(emulator, 'stored:reduced.qcow2')).status).toBe(200)
  })

  test('and says why when the store fails, also in the journal', async ({ store, emulator }) => {
    store.broken = 'the object store at http://store answered 503 SlowDown to GET /stored/disk.qcow2'
    const reply = await importOf(emulator, 'stored:disk.qcow2')
    expect(reply.status).toBe(400)
    expect(reply.body.error).toEqual({
      code: 'IMG.0069',
      message: `The specified bucket cannot be accessed. (${store.broken})`,
    })
    const { requests } = (await emulator.get('/_ims/journal?bodies=true&limit=1')).body
    expect(JSON.stringify(requests)).toContain('503 SlowDown')
    expect((await emulator.get('/v2/cloudimages')).status).toBe(200)
    store.broken = undefined
    await emulator.importImage({ image_url: 'stored:disk.qcow2', min_disk: 40 })
  })

  test('after the checks that need no file', async ({ store, emulator }) => {
    await emulator.request('PATCH', '/_ims/quotas', { json: { private_images: 0 } })
    expectRefusal(await importOf(emulator, 'stored:disk.qcow2', { cmk_id: 'no key' }), 'IMG.0095')
    expect(store.calls).toEqual(['CHECK'])
  })

  test('for a registration, a data disk and a fast import with its bitmap', async ({ store, emulator }) => {
    const described = await emulator.post('/v2/images', {
      name: 'described',
      __os_version: 'CentOS 7.6 64bit',
    })
    const id = described.body.id
    jobOf(await emulator.put(`/v1/cloudimages/${id}/upload`, { image_url: 'stored:disk.qcow2' }))
    jobOf(
      await emulator.post('/v1/cloudimages/dataimages/action', {
        name: 'data',
        os_type: 'Linux',
        image_url: 'stored:disk.qcow2',
        min_disk: 40,
      }),
    )
    const quick = { os_version: 'CentOS 7.6 64bit', is_quick_import: true }
    store.buckets.get('stored')?.set('raw.img', Buffer.alloc(1024))
    expectRefusal(await importOf(emulator, 'stored:raw.img', quick), 'IMG.0158')
    store.buckets.get('stored')?.set('raw.mf', Buffer.from('bitmap'))
    jobOf(await importOf(emulator, 'stored:raw.img', quick))
    await emulator.advance()
    expect((await emulator.get('/v2/cloudimages?__imagetype=private')).body.images).toHaveLength(3)
  })

  test('for every world, and leaves an object of the world itself and a file of --buckets in front', async ({
    store,
    emulator,
  }) => {
    await using other = await emulator.world({ name: 'other' })
    await emulator.request('PUT', '/_ims/buckets/stored/objects/disk.qcow2', { body: OTHER })
    store.buckets.set('images', new Map([['tiny.qcow2', OTHER]]))
    expect(await objectBytes(emulator, 'stored', 'disk.qcow2')).toEqual(OTHER)
    expect(await objectBytes(emulator, 'images', 'tiny.qcow2')).toEqual(TINY)
    expect(await objectBytes(emulator, 'stored', 'disk.qcow2', other.name)).toEqual(TINY)
    store.broken = 'the object store is gone'
    expect((await importOf(emulator, 'stored:disk.qcow2')).status).toBe(200)
  })
})

describe('an export', () => {
  test('is in the store when a client sees that its job succeeded', async ({ store, emulator }) => {
    const id = await emulator.importImage()
    const job = jobOf(await exportOf(emulator, id, 'stored:out/disk.qcow2'))
    expect(store.buckets.get('stored')?.has('out/disk.qcow2')).toBe(false)
    await emulator.advance()
    expect((await emulator.job(job)).body).toMatchObject({ status: 'SUCCESS', error_code: null })
    expect(store.buckets.get('stored')?.get('out/disk.qcow2')).toEqual(TINY)
    expect(await objectBytes(emulator, 'stored', 'out/disk.qcow2')).toEqual(TINY)
    expectRefusal(await exportOf(emulator, id, 'stored:out/disk.qcow2'), 'IMG.0070')
    await emulator.importImage({ image_url: 'stored:out/disk.qcow2' })
    expect((await emulator.post('/_ims/reset')).status).toBe(204)
    expect(store.buckets.get('stored')?.has('out/disk.qcow2')).toBe(true)
  })

  test('is uploaded once, and requests that come meanwhile wait and see the end of its job', async ({
    store,
  }) => {
    await using emulator = await startTestEmulator({ objectStoreClient: store, pace: 'instant' })
    const id = await emulator.importImage()
    let release = () => {}
    store.held = new Promise((resolve) => {
      release = resolve
    })
    const job = jobOf(await exportOf(emulator, id, 'stored:out.qcow2'))
    const looks = [emulator.job(job), emulator.job(job), emulator.get('/v2/cloudimages')]
    while (!store.calls.includes('PUT stored/out.qcow2')) await new Promise(setImmediate)
    release()
    const [first, second] = await Promise.all(looks)
    expect([first?.body.status, second?.body.status]).toEqual(['SUCCESS', 'SUCCESS'])
    expect(store.calls.filter((call) => call.startsWith('PUT'))).toEqual(['PUT stored/out.qcow2'])
  })

  test.for([
    ['a bucket that is not there', (store: MemoryStore) => store.buckets.delete('stored'), 'IMG.0069'],
    [
      'an object of its key',
      (store: MemoryStore) => store.buckets.get('stored')?.set('out.qcow2', OTHER),
      'IMG.0070',
    ],
  ] as const)(
    'is refused for %s, and fails when that is so at its end',
    async ([, change, code], { store, emulator }) => {
      const id = await emulator.importImage()
      const job = jobOf(await exportOf(emulator, id, 'stored:out.qcow2'))
      change(store)
      await emulator.advance()
      expect((await emulator.job(job)).body).toMatchObject({ status: 'FAIL', error_code: code })
      expectRefusal(await exportOf(emulator, id, 'stored:out.qcow2'), code)
      expect(store.calls.filter((call) => call.startsWith('PUT'))).toEqual([])
    },
  )

  test('counts as done when its bytes are there already: the process had crashed after the upload', async ({
    store,
    emulator,
  }) => {
    const id = await emulator.importImage()
    const job = jobOf(await exportOf(emulator, id, 'stored:out.qcow2'))
    store.buckets.get('stored')?.set('out.qcow2', TINY)
    await emulator.advance()
    expect((await emulator.job(job)).body.status).toBe('SUCCESS')
  })

  test('to a bucket that only the world has becomes an object of the world', async ({ store, emulator }) => {
    await emulator.put('/_ims/buckets/own', {})
    const id = await emulator.importImage()
    const job = jobOf(await exportOf(emulator, id, 'own:out.qcow2'))
    store.buckets.clear()
    await emulator.advance()
    expect((await emulator.job(job)).body.status).toBe('SUCCESS')
    expect(await objectBytes(emulator, 'own', 'out.qcow2')).toEqual(TINY)
  })

  test('of two worlds to one key succeeds once', async ({ store, emulator }) => {
    store.buckets.get('stored')?.set('other.qcow2', OTHER)
    await using other = await emulator.world({ name: 'other', seed: 9, clock: { rate: 0 } })
    const job = jobOf(await exportOf(emulator, await emulator.importImage(), 'stored:out.qcow2'))
    const inOther = async (path: string, json?: unknown) => {
      const init =
        json === undefined ? {} : { method: 'POST', body: JSON.stringify(json), headers: JSON_TYPE }
      return JSON.parse(await (await other.fetch(path, init)).text())
    }
    await inOther('/v2/cloudimages/action', { name: 'x', image_url: 'stored:other.qcow2', min_disk: 40 })
    await other.jobs.finish()
    const { images } = await inOther('/v2/cloudimages?__imagetype=private')
    const sent = { bucket_url: 'stored:out.qcow2', file_format: 'qcow2' }
    const { job_id } = await inOther(`/v1/cloudimages/${images[0].id}/file`, sent)
    await Promise.all([emulator.advance(), other.jobs.finish()])
    const ends = [(await emulator.job(job)).body, await inOther(`/v1/${other.projectId}/jobs/${job_id}`)]
    expect(ends.map(({ status }) => status).sort()).toEqual(['FAIL', 'SUCCESS'])
    expect(ends.flatMap(({ error_code }) => error_code ?? [])).toEqual(['IMG.0070'])
  })
})

const JSON_TYPE = { 'Content-Type': 'application/json' }

test('a store that fails at the end of an export fails its job, is reported, and the world goes on', async ({
  store,
}) => {
  const reported: unknown[] = []
  await using emulator = await startTestEmulator({
    objectStoreClient: store,
    log: (_id, error) => reported.push(error),
  })
  const id = await emulator.importImage()
  const job = jobOf(await exportOf(emulator, id, 'stored:out.qcow2'))
  store.broken = 'the object store at http://store cannot be reached (ECONNREFUSED)'
  await emulator.advance()
  expect((await emulator.job(job)).body).toMatchObject({ status: 'FAIL', error_code: 'IMG.0069' })
  expect(reported.map(String)).toEqual([`Error: the export to stored:out.qcow2 has failed: ${store.broken}`])
  expect((await emulator.get('/_ims/buckets/stored/objects/disk.qcow2')).status).toBe(502)
  store.broken = undefined
  expect((await exportOf(emulator, id, 'stored:out.qcow2')).status).toBe(200)
})

test('an emulator that is closed in the middle of an upload ends at once', async ({ store }) => {
  const emulator = await startTestEmulator({ objectStoreClient: store, graceMs: 0 })
  const id = await emulator.importImage()
  jobOf(await exportOf(emulator, id, 'stored:out.qcow2'))
  store.held = new Promise(() => {})
  const cut = emulator.advance().catch(() => 'cut off')
  while (!store.calls.includes('PUT stored/out.qcow2')) await new Promise(setImmediate)
  await emulator.close()
  expect(await cut).toBe('cut off')
  expect(store.buckets.get('stored')?.has('out.qcow2')).toBe(false)
})

test.for([
  [
    'exports as files',
    { objectStore: 'http://AK:canary@store', bucketsWrite: true },
    /leave --buckets-write away/,
  ],
  ['no address', { objectStore: 'AK:canary@store:9000' }, /is no address of a server/],
  ['no secret key', { objectStore: 'http://canary@store' }, /needs an access key and a secret key/],
] as const)('a start with %s is refused without repeating the keys', async ([, options, message]) => {
  const refused = startTestEmulator(options).then(
    () => undefined,
    (error: unknown) => String(error),
  )
  expect(await refused).toMatch(message)
  expect(await refused).not.toContain('canary')
})

test('the store may be another emulator, which verifies the signatures', async () => {
  await using remote = await startTestEmulator({ auth: { mode: 'strict' } })
  const { accessKey = '', secretKey = '' } = remote.credentials
  const objectStore = remote.url.replace('://', `://${accessKey}:${encodeURIComponent(secretKey)}@`)
  await using emulator = await startTestEmulator({ objectStore })
  await remote.buckets.put('stored', 'a+b/磁盘(1).qcow2', new Uint8Array(TINY))
  const id = await emulator.importImage({ image_url: 'stored:a+b/磁盘(1).qcow2' })
  const job = jobOf(await exportOf(emulator, id, 'stored:out/磁盘.qcow2'))
  await emulator.advance()
  expect((await emulator.job(job)).body).toMatchObject({ status: 'SUCCESS' })
  expect(await objectBytes(remote, 'stored', 'out/磁盘.qcow2')).toEqual(TINY)
  expectRefusal(await exportOf(emulator, id, 'stored:out/磁盘.qcow2'), 'IMG.0070')
  expectRefusal(await importOf(emulator, 'nowhere:out.qcow2'), 'IMG.0069')
  const refused = startTestEmulator({ objectStore, objectStoreSecretKey: 'wrong' })
  await expect(refused).rejects.toThrow(/answered 403 SignatureDoesNotMatch to GET \//)
})
