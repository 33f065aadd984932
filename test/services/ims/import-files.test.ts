import { afterAll, beforeAll, describe, test as plain } from 'vitest'
import {
  ENTERPRISE_PROJECT,
  ended,
  imageNames,
  imageWith,
  jobOf,
  KEY,
  madeImage,
  privateImage,
} from '../../demo-world.ts'
import {
  diskImageBytes,
  expect,
  putObject,
  startTestEmulator,
  type TestEmulator,
  test,
} from '../../emulator.ts'
import { startLimited } from '../../limited.ts'
import { ovaOf, putBlank, putBytes } from '../../objects.ts'
import { expectRefusal } from '../../private-image.ts'

const tiny = { name: 'tiny', image_url: 'images:tiny.qcow2', min_disk: 1 }
const VERSION = 'CentOS 7.6 64bit'
const create = (emulator: TestEmulator, body: unknown) => emulator.post('/v2/cloudimages/action', body)
const GIB = 2 ** 30

describe('an image of a file', () => {
  test('size and checksum are shown from the moment that the bytes are there', async ({ emulator }) => {
    const seen = new Map<string, unknown>()
    const look = async () => {
      const [image] = (await emulator.get('/v2/cloudimages?name=tiny&__imagetype=private')).body.images
      const { status, size, checksum, virtual_size, __image_size } = image
      seen.set(status, { size, checksum, virtual_size, __image_size })
    }
    await emulator.patch('/_ims/clock', { frozen: true })
    const { job_id } = (await create(emulator, tiny)).body
    await look()
    await emulator.post('/_ims/clock/advance', { until: 'next' })
    for (let step = 0; step < 20 && (await emulator.job(job_id)).body.status !== 'SUCCESS'; step++) {
      await look()
      await emulator.post('/_ims/clock/advance', { until: 'next' })
    }
    await look()
    const none = { size: undefined, checksum: undefined, virtual_size: undefined, __image_size: '0' }
    const { length } = diskImageBytes('tiny-v3.qcow2')
    const all = { size: length, checksum: expect.any(String), virtual_size: 262_144 }
    expect(Object.fromEntries(seen)).toEqual({
      queued: none,
      saving: none,
      active: { ...all, __image_size: String(length) },
    })
  })

  test('an image of a file shows the file, its size and the OS version of the request', async ({
    emulator,
  }) => {
    const reply = await create(emulator, {
      ...tiny,
      description: 'a small disk',
      os_version: VERSION,
      min_ram: 512,
      max_ram: 1024,
      tags: ['a.b'],
      enterprise_project_id: ENTERPRISE_PROJECT.production,
      license_type: 'byol',
      is_config: true,
      hw_firmware_type: 'uefi',
      cmk_id: KEY.demo,
    })
    const image = await madeImage(emulator, reply)
    const size = diskImageBytes('tiny-v3.qcow2').length
    expect(image).toEqual({
      ...privateImage(emulator, image.id),
      name: 'tiny',
      __description: 'a small disk',
      min_ram: 512,
      max_ram: '1024',
      tags: ['a=b'],
      enterprise_project_id: ENTERPRISE_PROJECT.production,
      min_disk: 1,
      size,
      __image_size: String(size),
      virtual_size: 262144,
      virtual_env_type: 'FusionCompute',
      __os_version: VERSION,
      __os_type: 'Linux',
      __os_bit: '64',
      __platform: 'CentOS',
      __root_origin: 'file',
      __data_origin: 'file,images:tiny.qcow2',
      __support_kvm: 'true',
      __support_arm: 'false',
      __is_config_init: 'true',
      __system__cmkid: KEY.demo,
      hw_firmware_type: 'uefi',
    })
  })

  test.for([
    ['ECS', 'FusionCompute'],
    ['FusionCompute', 'FusionCompute'],
    ['BMS', 'Ironic'],
    ['Ironic', 'Ironic'],
  ])('an import with type %s has the environment %s', async ([type, environment], { emulator }) => {
    expect((await madeImage(emulator, await create(emulator, { ...tiny, type }))).virtual_env_type).toBe(
      environment,
    )
  })

  test('an import without an OS version is Other Linux, or the OS type of the request', async ({
    emulator,
  }) => {
    const linux = await madeImage(emulator, await create(emulator, tiny))
    expect(linux).toMatchObject({ __os_version: 'Other Linux(64 bit)', __os_type: 'Linux' })
    const windows = await madeImage(emulator, await create(emulator, { ...tiny, os_type: 'Windows' }))
    expect(windows).toMatchObject({ __os_version: 'Other_Windows (64_bit)', __os_type: 'Windows' })
  })

  test('an import for ARM boots from UEFI', async ({ emulator }) => {
    const image = await madeImage(emulator, await create(emulator, { ...tiny, architecture: 'arm' }))
    expect(image).toMatchObject({ __support_arm: 'true', hw_firmware_type: 'uefi' })
  })

  test.for([
    ['a BMS image', { type: 'BMS' }],
    ['an ISO', { image_url: 'images:tiny.iso', type: 'IsoImage', os_version: 'CentOS 7.6 64bit' }],
  ] as const)('%s is encrypted with the key of its import', async ([, fields], { emulator }) => {
    putObject(emulator, 'images', 'tiny.iso', 'tiny.iso')
    const id = await emulator.importImage({ ...fields, cmk_id: KEY.demo })
    expect((await emulator.get(`/v2/images/${id}`)).body.__system__cmkid).toBe(KEY.demo)
  })

  test('an import of an ISO has disk_format iso and the environment IsoImage', async ({ emulator }) => {
    putObject(emulator, 'images', 'cd/tiny.iso', 'tiny.iso')
    const reply = await create(emulator, {
      name: 'cd',
      image_url: 'images:cd/tiny.iso',
      min_disk: 10,
      type: 'IsoImage',
      os_version: VERSION,
    })
    expect(await madeImage(emulator, reply)).toMatchObject({
      disk_format: 'iso',
      virtual_env_type: 'IsoImage',
      __data_origin: 'file,images:cd/tiny.iso',
      virtual_size: 51200,
    })
  })

  test.for([
    'tiny-v2.qcow2',
    'tiny.qcow',
    'tiny.qed',
    'tiny.vmdk',
    'tiny-stream.vmdk',
    'tiny.vhd',
    'tiny-fixed.vhd',
    'tiny.vdi',
    'tiny.raw',
  ])('an import takes %s', async (file, { emulator }) => {
    putObject(emulator, 'images', file, file)
    const image = await madeImage(emulator, await create(emulator, { ...tiny, image_url: `images:${file}` }))
    expect(image.status).toBe('active')
  })

  test.for(['disk.zvhd', 'disk.ZVHD2'])(
    'an import of %s is taken by its name, with an unknown virtual size',
    async (key, { emulator }) => {
      putBytes(emulator, 'images', key, 'in a format of the cloud')
      const image = await madeImage(emulator, await create(emulator, { ...tiny, image_url: `images:${key}` }))
      expect(image).toMatchObject({ virtual_size: null, size: 24, min_disk: 1 })
    },
  )

  test('the header of a file decides its format when the name says another one', async ({ emulator }) => {
    putObject(emulator, 'images', 'disk.zvhd2', 'tiny-v3.qcow2')
    const image = await madeImage(
      emulator,
      await create(emulator, { ...tiny, image_url: 'images:disk.zvhd2' }),
    )
    expect(image.virtual_size).toBe(262144)
  })
})

describe('a fast import', () => {
  const quick = { ...tiny, os_version: VERSION, is_quick_import: true }

  test('a fast import of a zvhd2 file takes a sixth of the time and has __lazyloading true', async ({
    emulator,
  }) => {
    putBytes(emulator, 'images', 'disk.zvhd2', 'zvhd2')
    const reply = await create(emulator, { ...quick, image_url: 'images:disk.zvhd2' })
    const image = await madeImage(emulator, reply)
    expect(image).toMatchObject({ __lazyloading: 'true', disk_format: 'zvhd2', __root_origin: 'file' })
    const job = (await emulator.job(reply.body.job_id)).body
    expect(job.job_type).toBe('imsImportImageJob')
    expect(Date.parse(job.end_time) - Date.parse(job.begin_time)).toBe(1000)
  })

  test('a fast import of a raw file with its bitmap has __lazyloading false', async ({ emulator }) => {
    putObject(emulator, 'images', 'disks/tiny.raw', 'tiny.raw')
    putBytes(emulator, 'images', 'disks/tiny.mf', 'bitmap')
    const reply = await create(emulator, { ...quick, image_url: 'images:disks/tiny.raw' })
    expect((await madeImage(emulator, reply)).__lazyloading).toBe('false')
  })

  test('a fast import can be encrypted', async ({ emulator }) => {
    putBytes(emulator, 'images', 'disk.zvhd2', 'zvhd2')
    const reply = await create(emulator, { ...quick, image_url: 'images:disk.zvhd2', cmk_id: KEY.lent })
    expect((await madeImage(emulator, reply)).__system__cmkid).toBe(KEY.lent)
  })

  test('a fast import takes a file of more than 128 GB', async ({ emulator }) => {
    putBlank(emulator, 'images', 'large.raw', 129 * GIB)
    const plainly = { ...tiny, image_url: 'images:large.raw', min_disk: 200 }
    expectRefusal(await create(emulator, plainly), 'IMG.0059')
    // The file has no bitmap: it is refused for that and not for its size.
    expectRefusal(
      await create(emulator, { ...plainly, os_version: VERSION, is_quick_import: true }),
      'IMG.0158',
    )
  })
})

describe('several files', () => {
  test('several files become a system disk and data disks in one job with a part for each', async ({
    emulator,
  }) => {
    putObject(emulator, 'images', 'logs.qcow2', 'tiny-v2.qcow2')
    putObject(emulator, 'images', 'data.vmdk', 'tiny.vmdk')
    const reply = await create(emulator, {
      ...tiny,
      os_type: 'Windows',
      enterprise_project_id: ENTERPRISE_PROJECT.production,
      data_images: [
        {
          image_url: 'images:logs.qcow2',
          min_disk: 5,
          name: 'logs',
          description: 'x',
          image_tags: [{ key: 'd', value: '1' }],
        },
        { image_url: 'images:data.vmdk', min_disk: 2048 },
      ],
    })
    const job = await ended(emulator, reply)
    expect(job).toMatchObject({ job_type: 'imsImportOvaImageJob', status: 'SUCCESS' })
    const parts: { job_type: string; entities: { image_id: string; image_name: string } }[] =
      job.entities.sub_jobs_result
    expect(parts.map(({ job_type, entities }) => [job_type, entities.image_name])).toEqual([
      ['imsImportImageJob', 'tiny'],
      ['imsImportDataImageJob', 'logs'],
      ['imsImportDataImageJob', 'tiny-data-2'],
    ])
    const [, logs = '', data = ''] = parts.map(({ entities }) => entities.image_id)
    expect(await imageWith(emulator, logs)).toMatchObject({
      name: 'logs',
      __description: 'x',
      tags: ['d=1'],
      min_disk: 5,
      virtual_env_type: 'DataImage',
      __os_type: 'Windows',
      __data_origin: 'file,images:logs.qcow2',
      enterprise_project_id: ENTERPRISE_PROJECT.production,
    })
    expect(await imageWith(emulator, data)).toMatchObject({ name: 'tiny-data-2', min_disk: 2048, tags: [] })
  })

  test('one unusable file fails the job with its code and keeps the images of the others', async ({
    emulator,
  }) => {
    putObject(emulator, 'images', 'large.qcow2', 'two-gib.qcow2')
    const data_images = [{ image_url: 'images:large.qcow2', min_disk: 1, name: 'too-large' }]
    const job = await ended(emulator, await create(emulator, { ...tiny, data_images }))
    expect(job).toMatchObject({
      status: 'FAIL',
      error_code: 'IMG.0055',
      fail_reason: 'The memory or disk size is invalid.',
      entities: {
        sub_jobs_result: [
          { status: 'SUCCESS', error_code: null, entities: { image_name: 'tiny' } },
          { status: 'FAIL', error_code: 'IMG.0055', entities: { image_name: 'too-large' } },
        ],
      },
    })
    expect(await imageNames(emulator)).toEqual(['tiny'])
  })
})

describe('an OVA', () => {
  const vmdk = { name: 'machine-disk1.vmdk', bytes: diskImageBytes('tiny.vmdk') }
  const second = { name: 'machine-disk2.vmdk', bytes: diskImageBytes('two-gib.qcow2') }

  test('an OVA gives one image for each disk, the first of them for the system', async ({ emulator }) => {
    putBytes(emulator, 'images', 'machine.ova', ovaOf(vmdk, { ...second, name: 'machine-disk2.qcow2' }))
    const reply = await create(emulator, { ...tiny, image_url: 'images:machine.ova', os_version: VERSION })
    const job = await ended(emulator, reply)
    expect(job).toMatchObject({ job_type: 'imsImportOvaImageJob', status: 'SUCCESS' })
    const [system, data] = job.entities.sub_jobs_result.map(
      (part: { entities: { image_id: string } }) => part.entities.image_id,
    )
    expect(await imageWith(emulator, system)).toMatchObject({
      name: 'tiny',
      size: vmdk.bytes.length,
      virtual_size: 262144,
      virtual_env_type: 'FusionCompute',
    })
    expect(await imageWith(emulator, data)).toMatchObject({
      name: 'tiny-data-1',
      size: second.bytes.length,
      virtual_size: null,
      min_disk: 2,
      virtual_env_type: 'DataImage',
      __os_type: 'Linux',
      __data_origin: 'file,images:machine.ova',
    })
    const bytes = await fetch(`${emulator.url}/v2/images/${system}/file`, {
      headers: { 'X-Auth-Token': 'demo-token' },
    })
    expect(Buffer.from(await bytes.arrayBuffer()).equals(vmdk.bytes)).toBe(true)
  })

  test.for<[string, Buffer, object, string]>([
    ['without a disk', ovaOf(), {}, 'IMG.0057'],
    ['with a file that is not a disk', ovaOf({ name: 'a.vmdk', bytes: Buffer.from('text') }), {}, 'IMG.0057'],
    ['with four data disks', ovaOf(vmdk, vmdk, vmdk, vmdk, vmdk), {}, 'IMG.0057'],
    ['imported fast', ovaOf(vmdk), { is_quick_import: true, os_version: VERSION }, 'IMG.0158'],
  ])('an OVA %s is refused', async ([, bytes, fields, code], { emulator }) => {
    putBytes(emulator, 'images', 'machine.ova', bytes)
    expectRefusal(await create(emulator, { ...tiny, image_url: 'images:machine.ova', ...fields }), code)
    expect(await imageNames(emulator)).toEqual([])
  })
})

describe('a file that turns out to be of no use only when it is unpacked', () => {
  test.for<[string, string]>([
    ['encrypted.qcow2.gz', 'IMG.0057'],
    ['overlay.qcow2', 'IMG.0057'],
    ['two-gib.qcow2', 'IMG.0055'],
  ])('%s fails the job with %s and leaves no image', async ([file, code], { emulator }) => {
    putBytes(emulator, 'images', 'disk', diskImageBytes(file))
    const job = await ended(emulator, await create(emulator, { ...tiny, image_url: 'images:disk' }))
    expect(job).toMatchObject({ status: 'FAIL', error_code: code, entities: { image_name: 'tiny' } })
    expect(job.entities.image_id).toBeUndefined()
    expect(await imageNames(emulator)).toEqual([])
  })
})

describe('an import that breaks a rule', () => {
  let emulator: TestEmulator
  beforeAll(async () => {
    emulator = await startTestEmulator()
    putBytes(emulator, 'images', 'text', 'This is no disk.')
    putBytes(emulator, 'images', 'empty', '')
    putBytes(emulator, 'images', 'empty.zvhd2', '')
    putObject(emulator, 'images', 'tiny.raw', 'tiny.raw')
    putObject(emulator, 'images', 'tiny.iso', 'tiny.iso')
    putObject(emulator, 'faraway', 'tiny.qcow2', 'tiny-v3.qcow2')
    await emulator.post('/_ims/fixtures', { buckets: [{ name: 'faraway', region: 'cn-east-3' }] })
  })
  afterAll(() => emulator.close())

  const iso = { ...tiny, image_url: 'images:tiny.iso', type: 'IsoImage', os_version: VERSION }
  const quick = { ...tiny, is_quick_import: true, os_version: VERSION }
  const data = (...data_images: unknown[]) => ({ ...tiny, data_images })
  const file = (n: number) => ({ image_url: `images:disk-${n}`, min_disk: 1 })

  const REFUSALS: [why: string, code: string, body: unknown][] = [
    ['a request without a name', 'IMG.0013', { ...tiny, name: undefined }],
    ['a URL without a colon', 'IMG.0017', { ...tiny, image_url: 'images' }],
    ['a URL without an object', 'IMG.0017', { ...tiny, image_url: 'images:' }],
    ['a URL without a bucket', 'IMG.0068', { ...tiny, image_url: ':tiny.qcow2' }],
    ['a bucket with capitals', 'IMG.0109', { ...tiny, image_url: 'Images:tiny.qcow2' }],
    ['an object with a space', 'IMG.0175', { ...tiny, image_url: 'images:my disks/tiny.qcow2' }],
    ['a request without min_disk', 'IMG.0055', { ...tiny, min_disk: undefined }],
    ['a min_disk of 0', 'IMG.0055', { ...tiny, min_disk: 0 }],
    ['a min_disk of 1025', 'IMG.0055', { ...tiny, min_disk: 1025 }],
    ['a min_disk that is not a whole number', 'IMG.0055', { ...tiny, min_disk: 1.5 }],
    ['an unknown OS type', 'IMG.0122', { ...tiny, os_type: 'BeOS' }],
    ['an unknown OS version', 'IMG.0056', { ...tiny, os_version: 'CentOS 99' }],
    ['an unknown type', 'IMG.0024', { ...tiny, type: 'VM' }],
    ['is_config that is not a boolean', 'IMG.0001', { ...tiny, is_config: 'true' }],
    ['unknown firmware', 'IMG.0141', { ...tiny, hw_firmware_type: 'efi' }],
    ['BIOS on ARM', 'IMG.0141', { ...tiny, architecture: 'arm', hw_firmware_type: 'bios' }],
    ['an unknown architecture', 'IMG.0212', { ...tiny, architecture: 'mips' }],
    ['an ISO without an OS version', 'IMG.0166', { ...iso, os_version: undefined }],
    ['an ISO with another file extension', 'IMG.0075', { ...iso, image_url: 'images:tiny.raw' }],
    ['an ISO with a dot in its name', 'IMG.0075', { ...iso, image_url: 'images:tiny.1.iso' }],
    ['a fast import without an OS version', 'IMG.0159', { ...quick, os_version: undefined }],
    ['a fast import of qcow2', 'IMG.0158', quick],
    [
      'a fast import of a raw file without its bitmap',
      'IMG.0158',
      { ...quick, image_url: 'images:tiny.raw' },
    ],
    ['an unknown key', 'IMG.0095', { ...tiny, cmk_id: KEY.none }],
    ['a key of another tenant', 'IMG.0099', { ...tiny, cmk_id: KEY.partner }],
    ['a disabled key', 'IMG.0097', { ...tiny, cmk_id: KEY.disabled }],
    ['a key that is about to be deleted', 'IMG.0097', { ...tiny, cmk_id: KEY.dying }],
    ['an unknown bucket', 'IMG.0069', { ...tiny, image_url: 'nowhere:tiny.qcow2' }],
    ['a bucket of another region', 'IMG.0058', { ...tiny, image_url: 'faraway:tiny.qcow2' }],
    ['an unknown object', 'IMG.0057', { ...tiny, image_url: 'images:none' }],
    ['an object outside the bucket', 'IMG.0057', { ...tiny, image_url: 'images:../faraway/tiny.qcow2' }],
    ['an empty object', 'IMG.0057', { ...tiny, image_url: 'images:empty' }],
    ['an empty object in a format of the cloud', 'IMG.0057', { ...tiny, image_url: 'images:empty.zvhd2' }],
    ['a text file', 'IMG.0057', { ...tiny, image_url: 'images:text' }],
    ['an ISO as a disk', 'IMG.0057', { ...tiny, image_url: 'images:tiny.iso' }],
    [
      'a request with a server and a file',
      'IMG.0001',
      { ...tiny, instance_id: '10000000-0000-4000-8000-000000000001' },
    ],
    ['a request with four data disks', 'IMG.0001', data(file(1), file(2), file(3), file(4))],
    ['a data disk without a file', 'IMG.0017', data({ min_disk: 1 })],
    ['a data disk without min_disk', 'IMG.0055', data({ image_url: 'images:disk-1' })],
    ['a data disk of 2049 GB', 'IMG.0055', data({ ...file(1), min_disk: 2049 })],
    ['a data disk that is the system disk', 'IMG.0123', data({ ...file(1), image_url: tiny.image_url })],
    ['a data disk that occurs twice', 'IMG.0123', data(file(1), file(1))],
    ['a data disk of an unknown object', 'IMG.0057', data(file(1))],
    ['data_images that is not a list', 'IMG.0001', { ...tiny, data_images: 'disk' }],
    ['a data disk that is not an object', 'IMG.0001', data('disk')],
  ]

  plain.each(REFUSALS)('%s is refused with %s', async (_why, code, body) => {
    expectRefusal(await create(emulator, body), code)
    expect(await imageNames(emulator)).toEqual([])
  })

  const ORDER: [first: string, code: string, body: unknown][] = [
    ['the URL before min_disk', 'IMG.0017', { ...tiny, image_url: 'x', min_disk: 0 }],
    ['min_disk before the OS version', 'IMG.0055', { ...tiny, min_disk: undefined, type: 'IsoImage' }],
    [
      'the OS version of an ISO before its file name',
      'IMG.0166',
      { ...iso, os_version: undefined, image_url: 'images:x' },
    ],
    ['tags before the key', 'IMG.0115', { ...tiny, tags: ['a/b'], cmk_id: KEY.none }],
    ['the key before the bucket', 'IMG.0095', { ...tiny, cmk_id: KEY.none, image_url: 'nowhere:x' }],
    ['the bucket before the object', 'IMG.0069', { ...tiny, image_url: 'nowhere:x' }],
    [
      'the format of the object before the rules of fast import',
      'IMG.0057',
      { ...quick, image_url: 'images:text' },
    ],
  ]

  plain.each(ORDER)(
    'a request with several mistakes is answered with the first in order: %s',
    async (_first, code, body) => {
      expectRefusal(await create(emulator, body), code)
    },
  )
})

describe('quotas', () => {
  plain('an import over the quota is refused with IMG.0015 before the file is looked up', async () => {
    await using emulator = await startLimited({ private_images: 0, concurrent_imports: 0 })
    expectRefusal(await create(emulator, { ...tiny, image_url: 'nowhere:x' }), 'IMG.0015')
    expectRefusal(await create(emulator, { ...tiny, cmk_id: KEY.none }), 'IMG.0095')
  })

  plain(
    'an import over the limit of concurrent imports is refused with IMG.0194, over that of creations with IMG.0060',
    async () => {
      await using few = await startLimited({ concurrent_imports: 1 })
      jobOf(await create(few, tiny))
      expectRefusal(await create(few, tiny), 'IMG.0194')
      await using none = await startLimited({ concurrent_creations: 0 })
      expectRefusal(await create(none, tiny), 'IMG.0060')
    },
  )

  plain('the data disks of an OVA count against the image quota', async () => {
    await using emulator = await startLimited({ private_images: 1 })
    const disk = { name: 'a.vmdk', bytes: diskImageBytes('tiny.vmdk') }
    putBytes(emulator, 'images', 'machine.ova', ovaOf(disk, disk))
    expectRefusal(await create(emulator, { ...tiny, image_url: 'images:machine.ova' }), 'IMG.0015')
  })

  plain('the quota of a project overrides the common one', async () => {
    await using emulator = await startLimited({
      projects: { '0605767a9500d5ed2fb3c00a8e3a0d4c': { private_images: 0 } },
    })
    expectRefusal(await create(emulator, tiny), 'IMG.0015')
    const asPartner = { token: 'partner-token' }
    jobOf(await emulator.post('/v2/cloudimages/action', tiny, asPartner))
  })

  plain('one of two simultaneous imports is refused under a quota of one image', async () => {
    await using emulator = await startLimited({ private_images: 1 })
    const replies = await Promise.all([create(emulator, tiny), create(emulator, tiny)])
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400])
  })
})
