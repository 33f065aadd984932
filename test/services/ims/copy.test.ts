import { afterAll, beforeAll, describe, test as plain } from 'vitest'
import {
  ENTERPRISE_PROJECT,
  ended,
  imageNames,
  imageWith,
  jobOf,
  KEY,
  madeImage,
  PUBLIC_IMAGE,
  privateImage,
  SERVER,
} from '../../demo-world.ts'
import { diskImageBytes, expect, startTestEmulator, type TestEmulator, test } from '../../emulator.ts'
import { startLimited } from '../../limited.ts'
import { addImages, asPartner, expectRefusal, imageId, NO_IMAGE, PARTNER } from '../../private-image.ts'

const copy = (emulator: TestEmulator, id: string, body: unknown = { name: 'copy' }, sent = {}) =>
  emulator.post(`/v1/cloudimages/${id}/copy`, body, sent)

describe('a copy', () => {
  test('a copy has an id of its own, the attributes of the original, and its origin', async ({
    emulator,
  }) => {
    const id = await emulator.importImage({
      name: 'first',
      description: 'the first',
      os_version: 'CentOS 7.6 64bit',
      min_ram: 512,
      max_ram: 1024,
      tags: ['a.b'],
      enterprise_project_id: ENTERPRISE_PROJECT.production,
      hw_firmware_type: 'uefi',
    })
    const reply = await copy(emulator, id, { name: 'second', description: 'the second' })
    const job = await ended(emulator, reply)
    expect(job).toMatchObject({ job_type: 'imsCopyImageInRegionJob', status: 'SUCCESS' })
    expect(Date.parse(job.end_time) - Date.parse(job.begin_time)).toBe(Math.round(131_000 / 60))
    expect(job.entities).toEqual({ image_id: expect.any(String), image_name: 'second' })
    expect(job.entities.image_id).not.toBe(id)
    const size = diskImageBytes('tiny-v3.qcow2').length
    expect(await imageWith(emulator, job.entities.image_id)).toEqual({
      ...privateImage(emulator, job.entities.image_id),
      name: 'second',
      __description: 'the second',
      min_ram: 512,
      max_ram: '1024',
      min_disk: 1,
      size,
      __image_size: String(size),
      virtual_size: 262144,
      virtual_env_type: 'FusionCompute',
      __os_version: 'CentOS 7.6 64bit',
      __os_type: 'Linux',
      __os_bit: '64',
      __platform: 'CentOS',
      hw_firmware_type: 'uefi',
      __root_origin: 'file',
      __originalimagename: id,
      __data_origin: `image,cn-north-4,${id}`,
      __support_kvm: 'true',
      __support_arm: 'false',
    })
  })

  test('a copy job shows its image and its progress while it runs', async ({ emulator }) => {
    const job = jobOf(await copy(emulator, await emulator.importImage()))
    await emulator.advance('1s')
    expect((await emulator.progress(job)).body).toMatchObject({
      status: 'RUNNING',
      end_time: '',
      entities: { image_name: 'copy', image_id: expect.any(String), process_percent: 0.4 },
    })
  })

  test('a copy has the bytes of the original and keeps them after the original is deleted', async ({
    emulator,
  }) => {
    const id = await emulator.importImage()
    const image = await madeImage(emulator, await copy(emulator, id))
    expect((await emulator.delete(`/v2/images/${id}`)).status).toBe(204)
    const reply = await fetch(`${emulator.url}${image.file}`, { headers: { 'X-Auth-Token': 'demo-token' } })
    expect(Buffer.from(await reply.arrayBuffer()).equals(diskImageBytes('tiny-v3.qcow2'))).toBe(true)
  })

  test('a copy is encrypted with the key of the request, and plain without a key', async ({ emulator }) => {
    const id = await emulator.importImage()
    const encrypted = await madeImage(
      emulator,
      await copy(emulator, id, { name: 'locked', cmk_id: KEY.demo }),
    )
    expect(encrypted.__system__cmkid).toBe(KEY.demo)
    const other = await madeImage(
      emulator,
      await copy(emulator, encrypted.id, { name: 'again', cmk_id: KEY.other }),
    )
    expect(other.__system__cmkid).toBe(KEY.other)
    const open = await madeImage(emulator, await copy(emulator, encrypted.id, { name: 'open' }))
    expect(open.__system__cmkid).toBeUndefined()
  })

  test('a copy is put into the enterprise project of the request', async ({ emulator }) => {
    const body = { name: 'copy', enterprise_project_id: ENTERPRISE_PROJECT.production }
    const image = await madeImage(emulator, await copy(emulator, await emulator.importImage(), body))
    expect(image.enterprise_project_id).toBe(ENTERPRISE_PROJECT.production)
  })

  test('a copy of a data disk image is a data disk image', async ({ emulator }) => {
    const [id = ''] = await addImages(emulator, {
      attributes: { virtual_env_type: 'DataImage', __os_type: 'Windows' },
    })
    expect(await madeImage(emulator, await copy(emulator, id))).toMatchObject({
      virtual_env_type: 'DataImage',
      __os_type: 'Windows',
    })
  })

  test('one patch sets max_ram and min_ram on a copy that has neither', async ({ emulator }) => {
    const image = await madeImage(emulator, await copy(emulator, await emulator.importImage()))
    const patched = await emulator.patch(`/v2/cloudimages/${image.id}`, [
      { op: 'replace', path: '/max_ram', value: 4096 },
      { op: 'replace', path: '/min_ram', value: 1024 },
    ])
    expect(patched.status).toBe(200)
    expect(patched.body).toMatchObject({ max_ram: '4096', min_ram: 1024 })
  })

  test('a copy of an accepted image belongs to the project of the copying member', async ({ emulator }) => {
    const [id = ''] = await addImages(emulator, { members: [{ project_id: PARTNER }] })
    const reply = await copy(emulator, id, { name: 'mine' }, asPartner)
    const job = jobOf(reply)
    await emulator.advance()
    const shown = await emulator.get(`/v1/${PARTNER}/jobs/${job}`, asPartner)
    expect(await imageWith(emulator, shown.body.entities.image_id, asPartner)).toMatchObject({
      owner: PARTNER,
      name: 'mine',
      visibility: 'private',
      __originalimagename: id,
    })
    expect(await imageWith(emulator, shown.body.entities.image_id)).toBeUndefined()
  })

  test('a copy of an encrypted shared image needs a grant of its key', async ({ emulator }) => {
    await emulator.post('/_ims/fixtures', {
      keys: [{ id: 'granted', project_id: emulator.projectId, alias: 'granted', grants: [PARTNER] }],
    })
    const members = [{ project_id: PARTNER }]
    const [one = '', two = ''] = await addImages(
      emulator,
      { members, attributes: { __system__cmkid: KEY.demo } },
      { members, attributes: { __system__cmkid: 'granted' } },
    )
    expectRefusal(await copy(emulator, one, { name: 'mine' }, asPartner), 'IMG.0197')
    jobOf(await copy(emulator, two, { name: 'mine' }, asPartner))
  })
})

describe('a copy that breaks a rule', () => {
  let emulator: TestEmulator
  const [
    PLAIN,
    WHOLE,
    ISO,
    WAITING,
    LARGE,
    LOCKED,
    METAL,
    GONE_KEY,
    OFF_KEY,
    FOREIGN_KEY,
    PENDING,
    REJECTED,
  ] = Array.from({ length: 12 }, (_, n) => imageId(n + 1))
  beforeAll(async () => {
    emulator = await startTestEmulator()
    const key = (id: string) => ({ attributes: { __system__cmkid: id } })
    await addImages(
      emulator,
      {},
      { attributes: { __whole_image: 'true' } },
      { attributes: { virtual_env_type: 'IsoImage' } },
      { status: 'queued' },
      { size: 129 * 2 ** 30 },
      key(KEY.demo),
      { attributes: { virtual_env_type: 'Ironic' } },
      key(KEY.none),
      key(KEY.disabled),
      key(KEY.partner),
      { owner: PARTNER, members: [{ project_id: emulator.projectId, status: 'pending' }] },
      { owner: PARTNER, members: [{ project_id: emulator.projectId, status: 'rejected' }] },
    )
  })
  afterAll(() => emulator.close())

  plain.each<[why: string, code: string, id: string | undefined, fields: object]>([
    ['a request without a name', 'IMG.0013', PLAIN, { name: undefined }],
    ['a malformed name', 'IMG.0003', PLAIN, { name: 'a/b' }],
    ['a long description', 'IMG.0004', PLAIN, { description: 'd'.repeat(1025) }],
    ['a malformed description', 'IMG.0054', PLAIN, { description: '<' }],
    ['a malformed id of an enterprise project', 'IMG.0155', PLAIN, { enterprise_project_id: 'x' }],
    ['an unknown enterprise project', 'IMG.0155', PLAIN, { enterprise_project_id: ENTERPRISE_PROJECT.none }],
    ['a malformed image id', 'IMG.0066', 'copy-me', {}],
    ['an unknown image', 'IMG.0027', NO_IMAGE, {}],
    ['a public image', 'IMG.0105', PUBLIC_IMAGE.centos, {}],
    ['an image of the market', 'IMG.0105', PUBLIC_IMAGE.market, {}],
    ['a shared image that is not accepted yet', 'IMG.0196', PENDING, {}],
    ['a shared image that was rejected', 'IMG.0196', REJECTED, {}],
    ['an ISO', 'IMG.0167', ISO, {}],
    ['a whole image', 'IMG.0130', WHOLE, {}],
    ['an image without its bytes', 'IMG.0046', WAITING, {}],
    ['an image of more than 128 GB', 'IMG.0059', LARGE, {}],
    ['the key that the image has already', 'IMG.0096', LOCKED, { cmk_id: KEY.demo }],
    ['a key for a bare metal image', 'IMG.0118', METAL, { cmk_id: KEY.demo }],
    ['an unknown key', 'IMG.0095', PLAIN, { cmk_id: KEY.none }],
    ['a key of another tenant', 'IMG.0099', PLAIN, { cmk_id: KEY.partner }],
    ['a disabled key', 'IMG.0097', PLAIN, { cmk_id: KEY.disabled }],
    ['an image whose key was deleted', 'IMG.0101', GONE_KEY, {}],
    ['an image whose key is disabled', 'IMG.0102', OFF_KEY, {}],
    ['an image whose key belongs to another tenant', 'IMG.0103', FOREIGN_KEY, {}],
    [
      'an unknown new key, checked before the key of the image,',
      'IMG.0095',
      GONE_KEY,
      { cmk_id: KEY.partner.replace(/6$/, '8') },
    ],
    [
      'a whole image with an unknown key, checked for its kind first,',
      'IMG.0130',
      WHOLE,
      { cmk_id: KEY.none },
    ],
  ])('%s is refused with %s', async (_why, code, id, fields) => {
    const before = await imageNames(emulator)
    expectRefusal(await copy(emulator, id ?? '', { name: 'copy', ...fields }), code)
    expect(await imageNames(emulator)).toEqual(before)
  })

  plain('an image of another tenant that is not shared is refused with IMG.0027', async () => {
    expectRefusal(await copy(emulator, PLAIN ?? '', { name: 'copy' }, asPartner), 'IMG.0027')
  })

  plain(
    'a copy over the image quota is refused with IMG.0015, one over the concurrency limit with IMG.0060 until another ends',
    async () => {
      await using full = await startLimited({ private_images: 1 })
      expectRefusal(await copy(full, await full.importImage()), 'IMG.0015')
      await using busy = await startLimited({ concurrent_copies: 1 })
      const id = await busy.importImage()
      const first = await copy(busy, id)
      expectRefusal(await copy(busy, id), 'IMG.0060')
      await ended(busy, first)
      jobOf(await copy(busy, id))
    },
  )

  plain('five concurrent copies succeed and the sixth is refused with IMG.0060', async () => {
    await using usual = await startTestEmulator()
    const reply = await usual.post('/v2/cloudimages/action', { name: 'web', instance_id: SERVER.web })
    const { id } = await madeImage(usual, reply)
    for (const n of [1, 2, 3, 4, 5]) jobOf(await copy(usual, id, { name: `copy-${n}` }))
    expectRefusal(await copy(usual, id, { name: 'copy-6' }), 'IMG.0060')
  })
})
