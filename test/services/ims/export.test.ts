import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
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
import { addImages, asPartner, expectRefusal, imageId, NO_IMAGE, PARTNER } from '../../private-image.ts'
import { failingFlow, startScenario } from '../../scenario.ts'

const target = { bucket_url: 'images:out/disk.qcow2', file_format: 'qcow2', is_quick_export: false }
const send = (emulator: TestEmulator, id: string, body: unknown = target, sent = {}) =>
  emulator.post(`/v1/cloudimages/${id}/file`, body, sent)
const exported = (emulator: TestEmulator, key = 'out/disk.qcow2') => join(emulator.buckets, 'images', key)
/** What is left of files on their way into the bucket. */
const leftovers = (emulator: TestEmulator) => existsSync(join(emulator.buckets, 'images', '.ims-emulator'))

describe('an export', () => {
  test('puts the bytes of the image into the bucket when its job ends, not before', async ({ emulator }) => {
    const id = await emulator.importImage()
    const reply = await send(emulator, id)
    expect(existsSync(exported(emulator))).toBe(false)
    const job = await ended(emulator, reply)
    expect(job).toEqual({
      job_id: reply.body.job_id,
      job_type: 'imsNativeExportImageJob',
      begin_time: expect.any(String),
      end_time: expect.any(String),
      status: 'SUCCESS',
      error_code: null,
      fail_reason: null,
      entities: { image_id: id, process_percent: 1, current_task: 'NativeExportImageTask' },
    })
    expect(Date.parse(job.end_time) - Date.parse(job.begin_time)).toBe(Math.round(182_000 / 60))
    expect(readFileSync(exported(emulator)).equals(diskImageBytes('tiny-v3.qcow2'))).toBe(true)
    expect(leftovers(emulator)).toBe(false)
  })

  test.for(['qcow2', 'vhd', 'zvhd', 'vmdk'])('takes the format %s', async (file_format, { emulator }) => {
    jobOf(await send(emulator, await emulator.importImage(), { ...target, file_format }))
  })

  test('that is quick takes no format, is done sooner, and does not mind one', async ({ emulator }) => {
    const id = await emulator.importImage()
    const quick = { bucket_url: 'images:quick.zvhd2', is_quick_export: true }
    const job = await ended(emulator, await send(emulator, id, quick))
    expect(Date.parse(job.end_time) - Date.parse(job.begin_time)).toBe(Math.round(40_000 / 60))
    expect(existsSync(exported(emulator, 'quick.zvhd2'))).toBe(true)
    jobOf(await send(emulator, id, { ...quick, bucket_url: 'images:more.zvhd2', file_format: 'raw' }))
  })

  test('leaves the image active, and lets it be copied and shared meanwhile', async ({ emulator }) => {
    const id = await emulator.importImage()
    jobOf(await send(emulator, id))
    expect((await emulator.get(`/v2/images/${id}`)).body.status).toBe('active')
    jobOf(await emulator.post(`/v1/cloudimages/${id}/copy`, { name: 'copy' }))
    jobOf(await emulator.post('/v1/cloudimages/members', { images: [id], projects: [PARTNER] }))
  })

  test('is made once at a time: the second is refused with IMG.0148, until the first has ended', async ({
    emulator,
  }) => {
    const id = await emulator.importImage()
    const first = await send(emulator, id)
    const elsewhere = { ...target, bucket_url: 'images:other.qcow2' }
    expectRefusal(await send(emulator, id, elsewhere), 'IMG.0148')
    await ended(emulator, first)
    jobOf(await send(emulator, id, elsewhere))
  })

  test('goes on when its image is deleted', async ({ emulator }) => {
    const id = await emulator.importImage()
    const reply = await send(emulator, id)
    expect((await emulator.delete(`/v2/images/${id}`)).status).toBe(204)
    expect((await ended(emulator, reply)).status).toBe('SUCCESS')
    expect(existsSync(exported(emulator))).toBe(true)
  })

  test('whose bucket disappears fails with IMG.0069', async ({ emulator }) => {
    mkdirSync(join(emulator.buckets, 'brief'))
    const id = await emulator.importImage()
    const reply = await send(emulator, id, { ...target, bucket_url: 'brief:disk' })
    rmSync(join(emulator.buckets, 'brief'), { recursive: true })
    expect(await ended(emulator, reply)).toMatchObject({
      status: 'FAIL',
      error_code: 'IMG.0069',
      entities: {},
    })
  })

  plain('that fails leaves nothing in the bucket', async () => {
    await using emulator = await startScenario({ flows: { 'export-image': failingFlow('IMG.0061') } })
    const id = await emulator.importImage()
    expect(await ended(emulator, await send(emulator, id))).toMatchObject({
      status: 'FAIL',
      error_code: 'IMG.0061',
    })
    expect([existsSync(exported(emulator)), leftovers(emulator)]).toEqual([false, false])
  })

  plain('two at the same moment: one is made, the other leaves nothing behind', async () => {
    await using emulator = await startTestEmulator()
    const id = await emulator.importImage()
    const second = { ...target, bucket_url: 'images:second.qcow2' }
    const replies = await Promise.all([send(emulator, id), send(emulator, id, second)])
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400])
    await emulator.advance()
    expect(leftovers(emulator)).toBe(false)
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
    'with a free system (%s) can be exported, and imported again',
    async (server, { emulator }) => {
      const id = await imageOfServer(emulator, server)
      await ended(emulator, await send(emulator, id))
      const again = { name: 'again', image_url: 'images:out/disk.qcow2', min_disk: 40 }
      const image = await madeImage(emulator, await emulator.post('/v2/cloudimages/action', again))
      const seen = await emulator.request('HEAD', `/v1/images/${image.id}`)
      expect(seen.headers.get('x-image-meta-virtual_size')).toBe(String(40 * 2 ** 30))
    },
  )

  test('with a system that has its price cannot (IMG.0079), nor can a copy of it', async ({ emulator }) => {
    const id = await imageOfServer(emulator, SERVER.windows)
    expectRefusal(await send(emulator, id), 'IMG.0079')
    const copied = await madeImage(
      emulator,
      await emulator.post(`/v1/cloudimages/${id}/copy`, { name: 'copy' }),
    )
    await emulator.delete(`/v2/images/${id}`)
    expectRefusal(await send(emulator, copied.id), 'IMG.0079')
  })

  test('with Windows that came from a file can', async ({ emulator }) => {
    const id = await emulator.importImage({ os_version: 'Windows Server 2019 Standard 64bit' })
    jobOf(await send(emulator, id))
  })

  test('as a data disk can', async ({ emulator }) => {
    const data_images = [{ name: 'data', volume_id: diskOf(12, 2) }]
    const job = await ended(emulator, await emulator.post('/v2/cloudimages/action', { data_images }))
    jobOf(await send(emulator, job.entities.sub_jobs_result[0].entities.image_id))
  })

  test('as a whole cannot (IMG.0128), nor can the data disks that came with it (IMG.0080)', async ({
    emulator,
  }) => {
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
    mkdirSync(join(emulator.buckets, 'faraway'))
    await emulator.post('/_ims/fixtures', { buckets: [{ name: 'faraway', region: 'cn-east-3' }] })
  })
  afterAll(() => emulator.close())

  const to = (bucket_url: string) => ({ bucket_url })
  plain.each<[why: string, code: string, id: string | undefined, fields: object]>([
    ['no target', 'IMG.0017', PLAIN, { bucket_url: undefined }],
    ['a target without a colon', 'IMG.0017', PLAIN, to('images')],
    ['a target without a bucket', 'IMG.0068', PLAIN, to(':disk')],
    ['a bucket with capitals', 'IMG.0109', PLAIN, to('Images:disk')],
    ['a target without an object', 'IMG.0073', PLAIN, to('images:')],
    ['no format', 'IMG.0072', PLAIN, { file_format: undefined }],
    ['the format raw', 'IMG.0072', PLAIN, { file_format: 'raw' }],
    ['quick that is no flag', 'IMG.0001', PLAIN, { is_quick_export: 'yes' }],
    ['an id that is none', 'IMG.0066', 'mine', {}],
    ['an image that is not there', 'IMG.0027', NO_IMAGE, {}],
    ['an image of the market', 'IMG.0078', PUBLIC_IMAGE.market, {}],
    ['a public image', 'IMG.0077', PUBLIC_IMAGE.centos, {}],
    ['an image of somebody else', 'IMG.0047', SHARED, {}],
    ['an ISO', 'IMG.0167', ISO, {}],
    ['an image from a backup', 'IMG.0080', FROM_BACKUP, {}],
    ['an image without its bytes', 'IMG.0046', WAITING, {}],
    ['an image of more than 128 GB', 'IMG.0160', LARGE, {}],
    ['an image of more than 1 TB', 'IMG.0160', HUGE, {}],
    ['an image of more than 1 TB, quickly', 'IMG.0071', HUGE, { is_quick_export: true }],
    ['an encrypted image, quickly', 'IMG.0071', LOCKED, { is_quick_export: true }],
    ['a key of more than 1024 bytes', 'IMG.0074', PLAIN, to(`images:${'long/'.repeat(204)}disk.qcow2`)],
    ['a file name of more than 128 characters', 'IMG.0074', PLAIN, to(`images:${'n'.repeat(129)}`)],
    ['a file name with an asterisk', 'IMG.0075', PLAIN, to('images:disk*.qcow2')],
    ['a file name that ends with a space', 'IMG.0075', PLAIN, to('images:disk ')],
    ['a key that climbs out of the bucket', 'IMG.0075', PLAIN, to('images:../disk')],
    ['a key that starts with a slash', 'IMG.0075', PLAIN, to('images:/disk')],
    ['a key where we keep files on their way', 'IMG.0075', PLAIN, to('images:.ims-emulator/disk')],
    ['a bucket that is not there', 'IMG.0069', PLAIN, to('nowhere:disk')],
    ['a bucket of another region', 'IMG.0058', PLAIN, to('faraway:disk')],
    ['an object that is there already', 'IMG.0070', PLAIN, to('images:taken')],
    ['the target before the format', 'IMG.0109', PLAIN, { bucket_url: 'Images:disk', file_format: 'raw' }],
    ['the format before the image', 'IMG.0072', NO_IMAGE, { file_format: 'raw' }],
    ['the image before the bucket', 'IMG.0077', PUBLIC_IMAGE.centos, to('nowhere:disk')],
    ['the name of the file before the bucket', 'IMG.0075', PLAIN, to('nowhere:a*')],
  ])('%s: %s', async (_why, code, id, fields) => {
    expectRefusal(await send(emulator, id ?? '', { ...target, ...fields }), code)
    expect((await emulator.get('/_ims/clock')).body.planned).toBe(0)
    expect(leftovers(emulator)).toBe(false)
  })

  plain('a caller who does not see the image gets IMG.0027', async () => {
    expectRefusal(await send(emulator, PLAIN ?? '', target, asPartner), 'IMG.0027')
  })

  plain('an image of more than 128 GB goes quickly', async () => {
    jobOf(await send(emulator, LARGE ?? '', { bucket_url: 'images:large.zvhd2', is_quick_export: true }))
    await emulator.advance()
  })

  plain('an encrypted image goes slowly', async () => {
    jobOf(await send(emulator, LOCKED ?? '', { ...target, bucket_url: 'images:locked.vhd' }))
    await emulator.advance()
  })
})
