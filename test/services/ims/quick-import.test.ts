import { afterAll, beforeAll, describe, test as plain } from 'vitest'
import { ENTERPRISE_PROJECT, imageNames, madeImage, privateImage } from '../../demo-world.ts'
import { expect, putObject, startTestEmulator, type TestEmulator, test } from '../../emulator.ts'
import { startLimited } from '../../limited.ts'
import { putBytes } from '../../objects.ts'
import { expectRefusal } from '../../private-image.ts'

const quick = { name: 'quick', os_version: 'CentOS 7.6 64bit', image_url: 'images:disk.zvhd2', min_disk: 40 }
const create = (emulator: TestEmulator, body: unknown) =>
  emulator.post('/v2/cloudimages/quickimport/action', body)

function putDisks(emulator: TestEmulator): void {
  putBytes(emulator, 'images', 'disk.zvhd2', 'zvhd2')
  putObject(emulator, 'images', 'tiny.raw', 'tiny.raw')
  putBytes(emulator, 'images', 'tiny.mf', 'bitmap')
  putObject(emulator, 'images', 'bare.raw', 'tiny.raw')
}

test('a fast import of a zvhd2 file makes a system disk image with __lazyloading true', async ({
  emulator,
}) => {
  putDisks(emulator)
  const reply = await create(emulator, {
    ...quick,
    description: '',
    hw_firmware_type: 'bios',
    license_type: 'byol',
    image_tags: [{ key: 'a', value: 'b' }],
    enterprise_project_id: ENTERPRISE_PROJECT.production,
  })
  const image = await madeImage(emulator, reply)
  expect(image).toEqual({
    ...privateImage(emulator, image.id),
    name: 'quick',
    tags: ['a=b'],
    enterprise_project_id: ENTERPRISE_PROJECT.production,
    min_disk: 40,
    size: 5,
    __image_size: '5',
    virtual_size: null,
    virtual_env_type: 'FusionCompute',
    __os_version: 'CentOS 7.6 64bit',
    __os_type: 'Linux',
    __os_bit: '64',
    __platform: 'CentOS',
    hw_firmware_type: 'bios',
    __root_origin: 'file',
    __data_origin: 'file,images:disk.zvhd2',
    __lazyloading: 'true',
    __support_kvm: 'true',
    __support_arm: 'false',
  })
  expect((await emulator.job(reply.body.job_id)).body).toMatchObject({
    job_type: 'imsImportImageJob',
    entities: { image_id: image.id, image_name: 'quick' },
  })
})

test('a fast import for bare metal and ARM has the environment Ironic, ARM support and UEFI', async ({
  emulator,
}) => {
  putDisks(emulator)
  const image = await madeImage(
    emulator,
    await create(emulator, { ...quick, type: 'BMS', architecture: 'arm' }),
  )
  expect(image).toMatchObject({ virtual_env_type: 'Ironic', __support_arm: 'true', hw_firmware_type: 'uefi' })
})

test('a fast import of a raw data disk needs no OS version and has __lazyloading false', async ({
  emulator,
}) => {
  putDisks(emulator)
  const { os_version: _none, ...data } = {
    ...quick,
    image_url: 'images:tiny.raw',
    type: 'DataImage',
    os_type: 'Windows',
  }
  const reply = await create(emulator, data)
  const image = await madeImage(emulator, reply)
  expect(image).toEqual({
    ...privateImage(emulator, image.id),
    __system_support_market: false,
    name: 'quick',
    min_disk: 40,
    size: 262144,
    __image_size: '262144',
    virtual_size: 262144,
    virtual_env_type: 'DataImage',
    __os_type: 'Windows',
    __os_bit: '64',
    __root_origin: 'file',
    __data_origin: 'file,images:tiny.raw',
    __lazyloading: 'false',
  })
  expect((await emulator.job(reply.body.job_id)).body.job_type).toBe('imsImportDataImageJob')
})

test('the job shows id and name of the image from RUNNING on', async ({ emulator }) => {
  putDisks(emulator)
  const reply = await create(emulator, quick)
  await emulator.advance('50ms')
  expect((await emulator.progress(reply.body.job_id)).body).toMatchObject({
    status: 'RUNNING',
    end_time: '',
    entities: { image_name: 'quick', image_id: expect.any(String), process_percent: 0.1 },
  })
})

describe('a fast import that breaks a rule', () => {
  let emulator: TestEmulator
  beforeAll(async () => {
    emulator = await startTestEmulator()
    putDisks(emulator)
  })
  afterAll(() => emulator.close())

  plain.each<[why: string, code: string, body: unknown]>([
    ['a request without a name', 'IMG.0013', { ...quick, name: undefined }],
    ['a request without an OS version', 'IMG.0159', { ...quick, os_version: undefined }],
    ['an unknown OS version', 'IMG.0056', { ...quick, os_version: 'x' }],
    ['a request without a file', 'IMG.0017', { ...quick, image_url: undefined }],
    ['an object with a space', 'IMG.0175', { ...quick, image_url: 'images:a b.zvhd2' }],
    ['a min_disk of 1025', 'IMG.0055', { ...quick, min_disk: 1025 }],
    ['an unknown type', 'IMG.0157', { ...quick, type: 'IsoImage' }],
    ['an unknown OS type', 'IMG.0122', { ...quick, type: 'DataImage', os_type: 'Other' }],
    ['an unknown architecture', 'IMG.0212', { ...quick, architecture: 'ppc' }],
    ['unknown firmware', 'IMG.0141', { ...quick, hw_firmware_type: 'efi' }],
    ['BIOS on ARM', 'IMG.0141', { ...quick, architecture: 'arm', hw_firmware_type: 'bios' }],
    ['a request with tags in both forms', 'IMG.0115', { ...quick, tags: [], image_tags: [] }],
    ['a qcow2 file', 'IMG.0158', { ...quick, image_url: 'images:tiny.qcow2' }],
    ['a raw file without its bitmap', 'IMG.0158', { ...quick, image_url: 'images:bare.raw' }],
    ['an unknown object', 'IMG.0057', { ...quick, image_url: 'images:none.zvhd2' }],
    ['an unknown bucket', 'IMG.0069', { ...quick, image_url: 'nowhere:disk.zvhd2' }],
  ])('%s is refused with %s', async (_why, code, body) => {
    expectRefusal(await create(emulator, body), code)
    expect(await imageNames(emulator)).toEqual([])
  })

  plain('a fast import over the limit of concurrent imports is refused with IMG.0194', async () => {
    await using none = await startLimited({ concurrent_imports: 0 })
    expectRefusal(await create(none, quick), 'IMG.0194')
  })
})
