import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test as plain } from 'vitest'
import {
  BACKUP,
  diskOf,
  ended,
  jobOf,
  KEY,
  madeImage,
  PUBLIC_IMAGE,
  SERVER,
  VAULT,
} from '../../demo-world.ts'
import {
  diskImageBytes,
  expect,
  putObject,
  startTestEmulator,
  type TestEmulator,
  test,
} from '../../emulator.ts'
import { keysOf, objectBytes } from '../../objects.ts'
import { addImages, asPartner, expectRefusal, imageId, NO_IMAGE, PARTNER } from '../../private-image.ts'
import { failingFlow, startScenario } from '../../scenario.ts'

const target = { bucket_url: 'images:out/disk.qcow2', file_format: 'qcow2', is_quick_export: false }
const send = (emulator: TestEmulator, id: string, body: unknown = target, sent = {}) =>
  emulator.post(`/v1/cloudimages/${id}/file`, body, sent)
const MARKET_SERVER = '10000000-0000-4000-8000-000000000900'
const MARKET_DISK = '20000000-0000-4000-8000-000000090001'
const exported = (emulator: TestEmulator, key = 'out/disk.qcow2') => objectBytes(emulator, 'images', key)

describe('an export', () => {
  test('an export writes the bytes into the bucket when its job ends, not before', async ({ emulator }) => {
    const id = await emulator.importImage()
    const reply = await send(emulator, id)
    expect(await exported(emulator)).toBeUndefined()
    const job = await ended(emulator, reply)
    expect(job).toEqual({
      job_id: reply.body.job_id,
      job_type: 'imsNativeExportImageJob',
      begin_time: expect.any(String),
      end_time: expect.any(String),
      status: 'SUCCESS',
      error_code: null,
      fail_reason: null,
      entities: { image_id: id },
    })
    expect(Date.parse(job.end_time) - Date.parse(job.begin_time)).toBe(Math.round(182_000 / 60))
    expect(await exported(emulator)).toEqual(diskImageBytes('tiny-v3.qcow2'))
    expect(await keysOf(emulator, 'images')).toEqual(['out/disk.qcow2', 'tiny.qcow2'])
  })

  test('a quick export needs no format, takes no other than zvhd2, and ends sooner', async ({ emulator }) => {
    const id = await emulator.importImage()
    const quick = { bucket_url: 'images:quick.zvhd2', is_quick_export: true }
    const job = await ended(emulator, await send(emulator, id, quick))
    expect(Date.parse(job.end_time) - Date.parse(job.begin_time)).toBe(Math.round(40_000 / 60))
    expect(await exported(emulator, 'quick.zvhd2')).toBeDefined()
    const more = { ...quick, bucket_url: 'images:more.zvhd2' }
    for (const file_format of ['raw', 'vhd', 'qcow2'])
      expectRefusal(await send(emulator, id, { ...more, file_format }), 'IMG.0072')
    jobOf(await send(emulator, id, { ...more, file_format: 'zvhd2' }))
  })

  test('an image stays active during its export and can be copied and shared', async ({ emulator }) => {
    const id = await emulator.importImage()
    jobOf(await send(emulator, id))
    expect((await emulator.get(`/v2/images/${id}`)).body.status).toBe('active')
    jobOf(await emulator.post(`/v1/cloudimages/${id}/copy`, { name: 'copy' }))
    jobOf(await emulator.post('/v1/cloudimages/members', { images: [id], projects: [PARTNER] }))
  })

  test('a second export is refused with IMG.0148 until the first one ends', async ({ emulator }) => {
    const id = await emulator.importImage()
    const first = await send(emulator, id)
    const elsewhere = { ...target, bucket_url: 'images:other.qcow2' }
    expectRefusal(await send(emulator, id, elsewhere), 'IMG.0148')
    await ended(emulator, first)
    jobOf(await send(emulator, id, elsewhere))
  })

  test('an export continues after its image is deleted', async ({ emulator }) => {
    const id = await emulator.importImage()
    const reply = await send(emulator, id)
    expect((await emulator.delete(`/v2/images/${id}`)).status).toBe(204)
    expect((await ended(emulator, reply)).status).toBe('SUCCESS')
    expect(await exported(emulator)).toBeDefined()
  })

  test('an export into a bucket that disappears fails with IMG.0069', async ({ emulator }) => {
    mkdirSync(join(emulator.bucketFolder, 'brief'))
    const id = await emulator.importImage()
    const reply = await send(emulator, id, { ...target, bucket_url: 'brief:disk' })
    rmSync(join(emulator.bucketFolder, 'brief'), { recursive: true })
    expect(await ended(emulator, reply)).toMatchObject({
      status: 'FAIL',
      error_code: 'IMG.0069',
      entities: {},
    })
  })

  plain('a failed export leaves nothing in the bucket', async () => {
    await using emulator = await startScenario({ flows: { 'export-image': failingFlow('IMG.0061') } })
    const id = await emulator.importImage()
    expect(await ended(emulator, await send(emulator, id))).toMatchObject({
      status: 'FAIL',
      error_code: 'IMG.0061',
    })
    expect(await keysOf(emulator, 'images')).toEqual(['tiny.qcow2'])
  })

  plain('of two simultaneous exports one succeeds and the other leaves nothing behind', async () => {
    await using emulator = await startTestEmulator()
    const id = await emulator.importImage()
    const second = { ...target, bucket_url: 'images:second.qcow2' }
    const replies = await Promise.all([send(emulator, id), send(emulator, id, second)])
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400])
    await emulator.advance()
    expect(await keysOf(emulator, 'images')).toHaveLength(2)
  })
})

describe('an image of a server', () => {
  const imageOfServer = async (emulator: TestEmulator, instance_id: string) =>
    (
      await madeImage(
        emulator,
        await emulator.post('/v2/cloudimages/action', { name: 'system', instance_id }),
      )
    ).id

  test.for([SERVER.web, SERVER.stopped])(
    'an image of a server with a free system (%s) can be exported and imported again',
    async (server, { emulator }) => {
      const id = await imageOfServer(emulator, server)
      await ended(emulator, await send(emulator, id))
      const again = { name: 'again', image_url: 'images:out/disk.qcow2', min_disk: 40 }
      const image = await madeImage(emulator, await emulator.post('/v2/cloudimages/action', again))
      const seen = await emulator.request('HEAD', `/v1/images/${image.id}`)
      expect(seen.headers.get('x-image-meta-virtual_size')).toBe(String(40 * 2 ** 30))
    },
  )

  test('an image of a server with a charged system, and a copy of it, is refused with IMG.0079', async ({
    emulator,
  }) => {
    const id = await imageOfServer(emulator, SERVER.windows)
    expectRefusal(await send(emulator, id), 'IMG.0079')
    const copied = await madeImage(
      emulator,
      await emulator.post(`/v1/cloudimages/${id}/copy`, { name: 'copy' }),
    )
    await emulator.delete(`/v2/images/${id}`)
    expectRefusal(await send(emulator, copied.id), 'IMG.0079')
  })

  test('an image of a server of the market, and a copy of it, keeps the product and is refused with IMG.0078', async ({
    emulator,
  }) => {
    const server = { id: MARKET_SERVER, project_id: emulator.projectId, name: 'lnmp' }
    const volumes = [{ id: MARKET_DISK, size: 40, system: true }]
    const added = await emulator.post('/_ims/fixtures', {
      servers: [{ ...server, image_id: PUBLIC_IMAGE.market, volumes }],
    })
    expect(added.status).toBe(201)
    const product = (await emulator.get(`/v2/images/${PUBLIC_IMAGE.market}`)).body.__productcode
    expect(product).toMatch(/^[0-9a-f]{32}$/)
    const id = await imageOfServer(emulator, MARKET_SERVER)
    const copied = await madeImage(
      emulator,
      await emulator.post(`/v1/cloudimages/${id}/copy`, { name: 'copy' }),
    )
    await emulator.delete(`/v2/images/${id}`)
    expect(copied.__productcode).toBe(product)
    expectRefusal(await send(emulator, copied.id), 'IMG.0078')
  })

  test('an image with Windows that was imported from a file can be exported', async ({ emulator }) => {
    const id = await emulator.importImage({ os_version: 'Windows Server 2019 Standard 64bit' })
    jobOf(await send(emulator, id))
  })

  test("an image of a server's data disk can be exported", async ({ emulator }) => {
    const data_images = [{ name: 'data', volume_id: diskOf(12, 2) }]
    const job = await ended(emulator, await emulator.post('/v2/cloudimages/action', { data_images }))
    jobOf(await send(emulator, job.entities.sub_jobs_result[0].entities.image_id))
  })

  test('a whole image is refused with IMG.0128 and its data disks with IMG.0080', async ({ emulator }) => {
    const body = { name: 'whole', instance_id: SERVER.web, vault_id: VAULT.servers }
    const whole = await madeImage(emulator, await emulator.post('/v1/cloudimages/wholeimages/action', body))
    expectRefusal(await send(emulator, whole.id), 'IMG.0128')
    const disks = await emulator.get('/v2/cloudimages?name=whole-data-1')
    expectRefusal(await send(emulator, disks.body.images[0].id), 'IMG.0080')
  })
})

describe('an export that breaks a rule', () => {
  let emulator: TestEmulator
  const [PLAIN, ISO, WAITING, LARGE, HUGE, LOCKED, SHARED, FROM_BACKUP] = Array.from({ length: 8 }, (_, n) =>
    imageId(n + 1),
  )
  beforeAll(async () => {
    emulator = await startTestEmulator()
    await addImages(
      emulator,
      {},
      { attributes: { virtual_env_type: 'IsoImage' } },
      { status: 'queued' },
      { size: 129 * 2 ** 30 },
      { size: 1025 * 2 ** 30 },
      { attributes: { __system__cmkid: KEY.demo } },
      { owner: PARTNER, members: [{ project_id: emulator.projectId }] },
      { attributes: { __backup_id: BACKUP.csbs } },
    )
    putObject(emulator, 'images', 'taken', 'tiny.raw')
    mkdirSync(join(emulator.bucketFolder, 'faraway'))
    await emulator.post('/_ims/fixtures', { buckets: [{ name: 'faraway', region: 'cn-east-3' }] })
  })
  afterAll(() => emulator.close())

  const to = (bucket_url: string) => ({ bucket_url })
  const quickly = { is_quick_export: true, file_format: undefined }
  plain.each<[why: string, code: string, id: string | undefined, fields: object]>([
    ['a request without a target', 'IMG.0017', PLAIN, { bucket_url: undefined }],
    ['a target without a colon', 'IMG.0017', PLAIN, to('images')],
    ['a target without a bucket', 'IMG.0068', PLAIN, to(':disk')],
    ['a bucket with capitals', 'IMG.0109', PLAIN, to('Images:disk')],
    ['a target without an object', 'IMG.0073', PLAIN, to('images:')],
    ['a request without a format', 'IMG.0072', PLAIN, { file_format: undefined }],
    ['the format raw', 'IMG.0072', PLAIN, { file_format: 'raw' }],
    ['the format zvhd2 without is_quick_export', 'IMG.0072', PLAIN, { file_format: 'zvhd2' }],
    ['is_quick_export that is not a boolean', 'IMG.0001', PLAIN, { is_quick_export: 'yes' }],
    ['a malformed image id', 'IMG.0066', 'mine', {}],
    ['an unknown image', 'IMG.0027', NO_IMAGE, {}],
    ['an image of the market', 'IMG.0078', PUBLIC_IMAGE.market, {}],
    ['a public image', 'IMG.0077', PUBLIC_IMAGE.centos, {}],
    ['an image of another tenant', 'IMG.0047', SHARED, {}],
    ['an ISO', 'IMG.0167', ISO, {}],
    ['an image from a backup', 'IMG.0080', FROM_BACKUP, {}],
    ['an image without its bytes', 'IMG.0046', WAITING, {}],
    ['an image of more than 128 GB', 'IMG.0160', LARGE, {}],
    ['an image of more than 1 TB', 'IMG.0160', HUGE, {}],
    ['a quick export of an image of more than 1 TB', 'IMG.0071', HUGE, quickly],
    ['a quick export of an encrypted image', 'IMG.0071', LOCKED, quickly],
    ['a key of more than 1024 bytes', 'IMG.0074', PLAIN, to(`images:${'long/'.repeat(204)}disk.qcow2`)],
    ['a file name of more than 128 characters', 'IMG.0074', PLAIN, to(`images:${'n'.repeat(129)}`)],
    ['a file name with an asterisk', 'IMG.0075', PLAIN, to('images:disk*.qcow2')],
    ['a file name that ends with a space', 'IMG.0075', PLAIN, to('images:disk ')],
    ['a key that climbs out of the bucket', 'IMG.0075', PLAIN, to('images:../disk')],
    ['a key that starts with a slash', 'IMG.0075', PLAIN, to('images:/disk')],
    ['an unknown bucket', 'IMG.0069', PLAIN, to('nowhere:disk')],
    ['a bucket of another region', 'IMG.0058', PLAIN, to('faraway:disk')],
    ['an existing object', 'IMG.0070', PLAIN, to('images:taken')],
    [
      'a malformed bucket with an unknown format, checked for the target first,',
      'IMG.0109',
      PLAIN,
      { bucket_url: 'Images:disk', file_format: 'raw' },
    ],
    [
      'an unknown format of an unknown image, checked for the format first,',
      'IMG.0072',
      NO_IMAGE,
      { file_format: 'raw' },
    ],
    [
      'a public image for an unknown bucket, checked for the image first,',
      'IMG.0077',
      PUBLIC_IMAGE.centos,
      to('nowhere:disk'),
    ],
    [
      'a malformed file name in an unknown bucket, checked for the name first,',
      'IMG.0075',
      PLAIN,
      to('nowhere:a*'),
    ],
  ])('%s is refused with %s', async (_why, code, id, fields) => {
    expectRefusal(await send(emulator, id ?? '', { ...target, ...fields }), code)
    expect((await emulator.get('/_ims/clock')).body.planned).toBe(0)
  })

  plain('a caller without access to the image is refused with IMG.0027', async () => {
    expectRefusal(await send(emulator, PLAIN ?? '', target, asPartner), 'IMG.0027')
  })

  plain('a quick export takes an image of more than 128 GB', async () => {
    jobOf(await send(emulator, LARGE ?? '', { bucket_url: 'images:large.zvhd2', is_quick_export: true }))
    await emulator.advance()
  })

  plain('an export that is not quick takes an encrypted image', async () => {
    jobOf(await send(emulator, LOCKED ?? '', { ...target, bucket_url: 'images:locked.vhd' }))
    await emulator.advance()
  })
})
