import { afterAll, beforeAll, describe, test as plain } from 'vitest'
import { ENTERPRISE_PROJECT, imageNames, jobOf, KEY, madeImage, privateImage } from '../../demo-world.ts'
import { diskImageBytes, expect, startTestEmulator, type TestEmulator, test } from '../../emulator.ts'
import { startLimited } from '../../limited.ts'
import { ovaOf, putBytes } from '../../objects.ts'
import { expectRefusal } from '../../private-image.ts'

const tiny = { name: 'data', image_url: 'images:tiny.qcow2', min_disk: 40 }
const create = (emulator: TestEmulator, body: unknown) =>
  emulator.post('/v1/cloudimages/dataimages/action', body)

test('a data disk image shows its file and the OS type, and no OS version', async ({ emulator }) => {
  const reply = await create(emulator, {
    ...tiny,
    description: 'logs',
    os_type: 'Windows',
    cmk_id: KEY.demo,
    image_tags: [{ key: 'disk', value: 'logs' }],
    enterprise_project_id: ENTERPRISE_PROJECT.production,
  })
  const image = await madeImage(emulator, reply)
  const size = diskImageBytes('tiny-v3.qcow2').length
  expect(image).toEqual({
    ...privateImage(emulator, image.id),
    __system_support_market: false,
    name: 'data',
    __description: 'logs',
    tags: ['disk=logs'],
    enterprise_project_id: ENTERPRISE_PROJECT.production,
    min_disk: 40,
    size,
    virtual_size: 262144,
    __image_size: String(size),
    virtual_env_type: 'DataImage',
    __os_type: 'Windows',
    __os_bit: '64',
    __root_origin: 'file',
    __data_origin: 'file,images:tiny.qcow2',
    __system__cmkid: KEY.demo,
  })
  expect((await emulator.job(reply.body.job_id)).body).toMatchObject({
    job_type: 'imsImportDataImageJob',
    status: 'SUCCESS',
    entities: { image_id: image.id, image_name: 'data' },
  })
})

test.for([1, 2048])(
  'a data disk of %d GB is taken, and Linux is the default OS type',
  async (min_disk, { emulator }) => {
    const image = await madeImage(emulator, await create(emulator, { ...tiny, min_disk }))
    expect(image).toMatchObject({ min_disk, __os_type: 'Linux' })
  },
)

describe('a data disk image that breaks a rule', () => {
  let emulator: TestEmulator
  beforeAll(async () => {
    emulator = await startTestEmulator()
    putBytes(emulator, 'images', 'machine.ova', ovaOf({ name: 'a.vmdk', bytes: diskImageBytes('tiny.vmdk') }))
  })
  afterAll(() => emulator.close())

  plain.each<[why: string, code: string, body: unknown]>([
    ['a request without a name', 'IMG.0013', { ...tiny, name: undefined }],
    ['a malformed description', 'IMG.0054', { ...tiny, description: '>' }],
    ['a request without a file', 'IMG.0017', { ...tiny, image_url: undefined }],
    ['a min_disk of 2049', 'IMG.0055', { ...tiny, min_disk: 2049 }],
    ['a request without min_disk', 'IMG.0055', { ...tiny, min_disk: undefined }],
    ['an unknown OS type', 'IMG.0122', { ...tiny, os_type: 'Other' }],
    ['a request with tags in both forms', 'IMG.0115', { ...tiny, tags: ['a'], image_tags: [] }],
    [
      'an unknown enterprise project',
      'IMG.0155',
      { ...tiny, enterprise_project_id: ENTERPRISE_PROJECT.none },
    ],
    ['an unknown key', 'IMG.0095', { ...tiny, cmk_id: KEY.none }],
    ['a key of another tenant', 'IMG.0099', { ...tiny, cmk_id: KEY.partner }],
    ['a disabled key', 'IMG.0097', { ...tiny, cmk_id: KEY.disabled }],
    ['an unknown bucket', 'IMG.0069', { ...tiny, image_url: 'nowhere:x' }],
    ['an unknown object', 'IMG.0057', { ...tiny, image_url: 'images:none' }],
    ['an OVA', 'IMG.0057', { ...tiny, image_url: 'images:machine.ova' }],
  ])('%s is refused with %s', async (_why, code, body) => {
    expectRefusal(await create(emulator, body), code)
    expect(await imageNames(emulator)).toEqual([])
  })

  plain('the limit of concurrent imports holds for data disk images', async () => {
    await using few = await startLimited({ concurrent_imports: 1 })
    jobOf(await create(few, tiny))
    expectRefusal(await create(few, tiny), 'IMG.0194')
  })
})
