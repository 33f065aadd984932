import { afterAll, beforeAll, describe, test as plain } from 'vitest'
import { ended, imageWith, jobOf, KEY, PUBLIC_IMAGE, privateImage } from '../../demo-world.ts'
import {
  diskImageBytes,
  expect,
  putObject,
  startTestEmulator,
  type TestEmulator,
  test,
} from '../../emulator.ts'
import { putBlank, putBytes } from '../../objects.ts'
import { addImages, asPartner, expectRefusal, NO_IMAGE } from '../../private-image.ts'

async function describeImage(emulator: TestEmulator, fields: Record<string, unknown> = {}): Promise<string> {
  const described = await emulator.post('/v2/images', {
    name: 'described',
    __os_version: 'CentOS 7.6 64bit',
    ...fields,
  })
  expect(described.status).toBe(201)
  return described.body.id
}

const register = (emulator: TestEmulator, id: string, image_url = 'images:tiny.qcow2') =>
  emulator.put(`/v1/cloudimages/${id}/upload`, { image_url })

test('a registered image has the bytes and the origin of its file', async ({ emulator }) => {
  const id = await describeImage(emulator, { min_disk: 5 })
  const reply = await register(emulator, id)
  const job = await ended(emulator, reply)
  expect(job).toEqual({
    job_id: reply.body.job_id,
    job_type: 'imsNativeImportImageJob',
    begin_time: expect.any(String),
    end_time: expect.any(String),
    status: 'SUCCESS',
    error_code: null,
    fail_reason: null,
    entities: { image_id: id },
  })
  const size = diskImageBytes('tiny-v3.qcow2').length
  expect(await imageWith(emulator, id)).toMatchObject({
    ...privateImage(emulator, id),
    name: 'described',
    min_disk: 5,
    size,
    virtual_size: 262144,
    __image_size: String(size),
    __root_origin: 'file',
    __data_origin: 'file,images:tiny.qcow2',
    __is_config_init: 'false',
    __os_version: 'CentOS 7.6 64bit',
  })
})

test('an image is saving from the start of its registration, and a second file and a deletion are refused', async ({
  emulator,
}) => {
  const id = await describeImage(emulator)
  jobOf(await register(emulator, id))
  expect((await imageWith(emulator, id)).status).toBe('saving')
  expectRefusal(await register(emulator, id), 'IMG.0046')
  expectRefusal(await emulator.delete(`/v2/images/${id}`), 'IMG.0090')
  const bytes = { headers: { 'Content-Type': 'application/octet-stream' }, body: 'x' }
  expect((await emulator.request('PUT', `/v2/images/${id}/file`, bytes)).status).toBe(409)
})

test('min_disk defaults to the size of the disk in the file, rounded up to GB', async ({ emulator }) => {
  putObject(emulator, 'images', 'large.qcow2', 'two-gib.qcow2')
  const id = await describeImage(emulator)
  await ended(emulator, await register(emulator, id, 'images:large.qcow2'))
  expect((await imageWith(emulator, id)).min_disk).toBe(2)
})

test('the registration of a zvhd2 file sets __lazyloading and keeps the declared disk_format', async ({
  emulator,
}) => {
  putBytes(emulator, 'images', 'disk.zvhd2', 'zvhd2')
  const id = await describeImage(emulator, { disk_format: 'qcow2', min_disk: 1 })
  await ended(emulator, await register(emulator, id, 'images:disk.zvhd2'))
  expect(await imageWith(emulator, id)).toMatchObject({
    __lazyloading: 'true',
    disk_format: 'qcow2',
    virtual_size: null,
  })
})

test('an unusable file fails the job and leaves a killed image that can be deleted', async ({ emulator }) => {
  putObject(emulator, 'images', 'overlay.qcow2', 'overlay.qcow2')
  const id = await describeImage(emulator, { min_disk: 1 })
  const job = await ended(emulator, await register(emulator, id, 'images:overlay.qcow2'))
  expect(job).toMatchObject({ status: 'FAIL', error_code: 'IMG.0057', entities: {} })
  expect((await imageWith(emulator, id)).status).toBe('killed')
  expect((await emulator.delete(`/v2/images/${id}`)).status).toBe(204)
})

test.for([
  ['an ISO in an image of a disk', 'qcow2', 'tiny.iso'],
  ['a disk in an image of an ISO', 'iso', 'tiny-v3.qcow2'],
] as const)(
  '%s fails the job with IMG.0057 and leaves a killed image',
  async ([, disk_format, file], { emulator }) => {
    putObject(emulator, 'images', file, file)
    const id = await describeImage(emulator, { disk_format, min_disk: 1 })
    const job = await ended(emulator, await register(emulator, id, `images:${file}`))
    expect(job).toMatchObject({ status: 'FAIL', error_code: 'IMG.0057' })
    expect((await imageWith(emulator, id)).status).toBe('killed')
  },
)

test('an ISO image of the native API is one from its beginning: it is registered, and neither exported nor copied', async ({
  emulator,
}) => {
  putObject(emulator, 'images', 'tiny.iso', 'tiny.iso')
  const id = await describeImage(emulator, { disk_format: 'iso', min_disk: 1 })
  expect((await emulator.get(`/v2/images/${id}`)).body).toMatchObject({
    status: 'queued',
    disk_format: 'iso',
    virtual_env_type: 'IsoImage',
  })
  expect(await ended(emulator, await register(emulator, id, 'images:tiny.iso'))).toMatchObject({
    status: 'SUCCESS',
  })
  expect(await imageWith(emulator, id)).toMatchObject({ status: 'active', virtual_env_type: 'IsoImage' })
  const copy = await emulator.post(`/v1/cloudimages/${id}/copy`, { name: 'copy' })
  expectRefusal(copy, 'IMG.0167')
  const encrypted = await emulator.post(`/v1/cloudimages/${id}/copy`, { name: 'copy', cmk_id: KEY.demo })
  expectRefusal(encrypted, 'IMG.0167')
  const file = { bucket_url: 'images:out.qcow2', file_format: 'qcow2' }
  expectRefusal(await emulator.post(`/v1/cloudimages/${id}/file`, file), 'IMG.0167')
})

test('a file of any content is registered for an image that is declared raw, and for no other', async ({
  emulator,
}) => {
  putBytes(emulator, 'images', 'disk.bin', Buffer.alloc(1024, 'x'))
  const raw = await describeImage(emulator, { disk_format: 'raw', min_disk: 1 })
  expect(await ended(emulator, await register(emulator, raw, 'images:disk.bin'))).toMatchObject({
    status: 'SUCCESS',
  })
  expectRefusal(await register(emulator, await describeImage(emulator), 'images:disk.bin'), 'IMG.0057')
})

test('a disk larger than min_disk fails the job with IMG.0055', async ({ emulator }) => {
  putObject(emulator, 'images', 'large.qcow2', 'two-gib.qcow2')
  const id = await describeImage(emulator, { min_disk: 1 })
  const job = await ended(emulator, await register(emulator, id, 'images:large.qcow2'))
  expect(job).toMatchObject({ status: 'FAIL', error_code: 'IMG.0055' })
})

describe('a registration that breaks a rule', () => {
  let emulator: TestEmulator
  let id: string
  beforeAll(async () => {
    emulator = await startTestEmulator()
    id = await describeImage(emulator)
    await addImages(emulator, {})
    putBytes(emulator, 'images', 'text', 'This is no disk.')
    putBlank(emulator, 'images', 'large.raw', 129 * 2 ** 30)
    putObject(emulator, 'faraway', 'tiny.qcow2', 'tiny-v3.qcow2')
    await emulator.post('/_ims/fixtures', { buckets: [{ name: 'faraway', region: 'cn-east-3' }] })
  })
  afterAll(() => emulator.close())

  plain.each<[why: string, code: string, url: string]>([
    ['a URL without a colon', 'IMG.0017', 'images'],
    ['an object with a space', 'IMG.0175', 'images:a b'],
    ['an unknown bucket', 'IMG.0069', 'nowhere:tiny.qcow2'],
    ['a bucket of another region', 'IMG.0058', 'faraway:tiny.qcow2'],
    ['an unknown object', 'IMG.0057', 'images:none'],
    ['a text file', 'IMG.0057', 'images:text'],
    ['a file of more than 128 GB', 'IMG.0059', 'images:large.raw'],
  ])('%s is refused with %s', async (_why, code, url) => {
    expectRefusal(await register(emulator, id, url), code)
    expect(await imageWith(emulator, id)).toMatchObject({ status: 'queued', __image_size: '0' })
  })

  plain('a request without a file is refused with IMG.0017', async () => {
    expectRefusal(await emulator.put(`/v1/cloudimages/${id}/upload`, {}), 'IMG.0017')
  })

  plain.each<[why: string, code: string, id: string]>([
    ['a malformed image id', 'IMG.0066', 'described'],
    ['an unknown image', 'IMG.0027', NO_IMAGE],
    ['a public image', 'IMG.0047', PUBLIC_IMAGE.centos],
    ['an image that has its bytes', 'IMG.0046', '00000000-0000-4000-8000-000000000001'],
  ])('%s is refused with %s', async (_why, code, imageId) => {
    expectRefusal(await register(emulator, imageId, 'nowhere:x'), code)
  })

  plain('an image of another tenant is refused with IMG.0027', async () => {
    const path = `/v1/cloudimages/${id}/upload`
    expectRefusal(await emulator.put(path, { image_url: 'images:tiny.qcow2' }, asPartner), 'IMG.0027')
  })

  plain('an image that a job is making is refused with IMG.0046', async () => {
    const json = { name: 'imported', image_url: 'images:tiny.qcow2', min_disk: 1 }
    jobOf(await emulator.post('/v2/cloudimages/action', json))
    const { body } = await emulator.get('/v2/cloudimages?name=imported')
    expect(body.images[0].status).toBe('queued')
    expectRefusal(await register(emulator, body.images[0].id), 'IMG.0046')
  })
})

plain(
  'one of two simultaneous registrations of an image succeeds and the other is refused with IMG.0046',
  async () => {
    await using emulator = await startTestEmulator()
    const id = await describeImage(emulator)
    const replies = await Promise.all([register(emulator, id), register(emulator, id)])
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400])
    const refused = replies.find(({ status }) => status === 400)
    if (refused !== undefined) expectRefusal(refused, 'IMG.0046')
  },
)
