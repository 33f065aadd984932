import { afterAll, beforeAll, describe, test as plain } from 'vitest'
import {
  diskOf,
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
  VOLUME,
} from '../../demo-world.ts'
import { expect, startTestEmulator, type TestEmulator, test } from '../../emulator.ts'
import { startLimited } from '../../limited.ts'
import { expectRefusal } from '../../private-image.ts'

const create = (emulator: TestEmulator, body: unknown) => emulator.post('/v2/cloudimages/action', body)

const CENTOS_7_4 = {
  __os_version: 'CentOS 7.4 64bit',
  __os_type: 'Linux',
  __os_bit: '64',
  __platform: 'CentOS',
}

describe('a system disk image of a server', () => {
  test('an image of a server has the size of the system disk, the operating system and its origin', async ({
    emulator,
  }) => {
    const reply = await create(emulator, {
      name: 'from web',
      description: 'as it was on Monday',
      instance_id: SERVER.web,
      min_ram: 2048,
      max_ram: 8192,
      image_tags: [{ key: 'env', value: 'prod' }],
      enterprise_project_id: ENTERPRISE_PROJECT.production,
    })
    const image = await madeImage(emulator, reply)
    expect(image).toEqual({
      ...privateImage(emulator, image.id),
      ...CENTOS_7_4,
      name: 'from web',
      __description: 'as it was on Monday',
      min_ram: 2048,
      max_ram: '8192',
      tags: ['env=prod'],
      enterprise_project_id: ENTERPRISE_PROJECT.production,
      min_disk: 40,
      virtual_size: null,
      virtual_env_type: 'FusionCompute',
      __originalimagename: PUBLIC_IMAGE.centos,
      __support_agent_list: 'hss,ces',
      __data_origin: `instance,${SERVER.web}`,
      __lazyloading: 'true',
      __support_kvm: 'true',
      __support_arm: 'false',
      hw_firmware_type: 'bios',
    })
  })

  test('the job type of an image of a server has no "Job" at its end', async ({ emulator }) => {
    const reply = await create(emulator, { name: 'from-web', instance_id: SERVER.web, description: '' })
    const before = await emulator.job(jobOf(reply))
    expect(before.body).toEqual({
      job_id: reply.body.job_id,
      job_type: 'imsCreateImageByInstance',
      begin_time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
      end_time: '',
      status: 'INIT',
      error_code: null,
      fail_reason: null,
      entities: {},
    })
    const job = await ended(emulator, reply)
    expect(job).toEqual({
      ...before.body,
      end_time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
      status: 'SUCCESS',
      entities: {
        image_id: expect.any(String),
        image_name: 'from-web',
      },
    })
    const took = Date.parse(job.end_time) - Date.parse(job.begin_time)
    expect(took).toBe(222_000 / 60)
  })

  test('an image of a stopped server is made like one of a running server', async ({ emulator }) => {
    const image = await madeImage(
      emulator,
      await create(emulator, { name: 'off', instance_id: SERVER.stopped }),
    )
    expect(image).toMatchObject({
      __os_version: 'Ubuntu 18.04 server 64bit',
      __originalimagename: PUBLIC_IMAGE.ubuntu,
    })
  })

  test('an image of a bare metal server is for bare metal servers', async ({ emulator }) => {
    const image = await madeImage(
      emulator,
      await create(emulator, { name: 'metal', instance_id: SERVER.bareMetal }),
    )
    expect(image.virtual_env_type).toBe('Ironic')
  })

  test('an image of an ARM server boots from UEFI', async ({ emulator }) => {
    const image = await madeImage(emulator, await create(emulator, { name: 'arm', instance_id: SERVER.arm }))
    expect(image).toMatchObject({ __support_arm: 'true', hw_firmware_type: 'uefi' })
  })

  test.for([
    [SERVER.encrypted, KEY.demo],
    [SERVER.encryptedByDefault, KEY.default],
  ])(
    'an image of a server with an encrypted system disk (%s) is encrypted with the same key',
    async ([server, key], { emulator }) => {
      const image = await madeImage(emulator, await create(emulator, { name: 'secret', instance_id: server }))
      expect(image.__system__cmkid).toBe(key)
    },
  )

  test('a request takes tags in the dotted form, and null for omitted fields', async ({ emulator }) => {
    const reply = await create(emulator, {
      name: 'tagged',
      instance_id: SERVER.web,
      tags: ['env.prod', 'bare'],
      image_tags: null,
      enterprise_project_id: null,
    })
    expect((await madeImage(emulator, reply)).tags).toEqual(['env=prod', 'bare'])
  })
})

describe('a second image of a server', () => {
  test('a second image is refused with IMG.0010 until the first one is finished', async ({ emulator }) => {
    const first = await create(emulator, { name: 'first', instance_id: SERVER.web })
    expectRefusal(await create(emulator, { name: 'second', instance_id: SERVER.web }), 'IMG.0010')
    await ended(emulator, first)
    const second = await madeImage(
      emulator,
      await create(emulator, { name: 'second', instance_id: SERVER.web }),
    )
    expect(second.name).toBe('second')
  })
})

describe('a system disk image of a data disk', () => {
  const fromVolume = { name: 'from-volume', volume_id: VOLUME.free, os_version: 'CentOS 7.6 64bit' }

  test('an image of a volume has the OS version of the request and the volume as its origin', async ({
    emulator,
  }) => {
    const reply = await create(emulator, { ...fromVolume, min_ram: 1024, max_ram: 4096 })
    const image = await madeImage(emulator, reply)
    expect(image).toEqual({
      ...privateImage(emulator, image.id),
      name: 'from-volume',
      min_ram: 1024,
      max_ram: '4096',
      min_disk: 40,
      virtual_size: null,
      virtual_env_type: 'FusionCompute',
      __os_version: 'CentOS 7.6 64bit',
      __os_type: 'Linux',
      __os_bit: '64',
      __platform: 'CentOS',
      __data_origin: `volume,${VOLUME.free}`,
      __lazyloading: 'true',
      __support_kvm: 'true',
      __support_arm: 'false',
    })
    expect((await emulator.job(reply.body.job_id)).body).toMatchObject({
      job_type: 'imsVolumeCreateImageJob',
      entities: { image_id: image.id, image_name: 'from-volume' },
    })
  })

  test('an image of a volume has the OS version recognised on the disk, also when the request has another', async ({
    emulator,
  }) => {
    const reply = await create(emulator, { ...fromVolume, volume_id: VOLUME.recognised })
    expect((await madeImage(emulator, reply)).__os_version).toBe('Debian GNU/Linux 10.0.0 64bit')
  })

  test.for([
    ['ECS', 'FusionCompute'],
    ['FusionCompute', 'FusionCompute'],
    ['BMS', 'Ironic'],
    ['Ironic', 'Ironic'],
  ])(
    'an image of a volume with type %s has the environment %s',
    async ([type, environment], { emulator }) => {
      const image = await madeImage(emulator, await create(emulator, { ...fromVolume, type }))
      expect(image.virtual_env_type).toBe(environment)
    },
  )

  test('an image of an encrypted volume is encrypted with the key of the volume', async ({ emulator }) => {
    const reply = await create(emulator, { ...fromVolume, volume_id: VOLUME.encrypted })
    expect((await madeImage(emulator, reply)).__system__cmkid).toBe(KEY.demo)
  })
})

describe('images of data disks', () => {
  const two = [
    {
      name: 'first',
      volume_id: diskOf(1, 2),
      description: 'logs',
      image_tags: [{ key: 'disk', value: 'logs' }],
    },
    { name: 'second', volume_id: diskOf(1, 3), image_tags: null },
  ]

  test('one job with a part for each disk makes the images, and each names its disk', async ({
    emulator,
  }) => {
    const reply = await create(emulator, {
      name: 'ignored',
      description: 'ignored',
      data_images: two,
      enterprise_project_id: ENTERPRISE_PROJECT.production,
    })
    const job = await ended(emulator, reply)
    const part = (name: string) => ({
      status: 'SUCCESS',
      job_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      job_type: 'imsCopyVolumeToImageJob',
      begin_time: job.begin_time,
      end_time: job.end_time,
      error_code: null,
      fail_reason: null,
      entities: { image_id: expect.any(String), image_name: name },
    })
    expect(job).toEqual({
      job_id: reply.body.job_id,
      job_type: 'imsVolumesToSysDataImagesJob',
      begin_time: job.begin_time,
      end_time: expect.stringMatching(/Z$/),
      status: 'SUCCESS',
      error_code: null,
      fail_reason: null,
      entities: {
        sub_jobs_result: [part('first'), part('second')],
        sub_jobs_list: job.entities.sub_jobs_result.map((item: { job_id: string }) => item.job_id),
      },
    })
    const ids = job.entities.sub_jobs_result.map(
      (item: { entities: { image_id: string } }) => item.entities.image_id,
    )
    const common = (imageId: string) => ({
      ...privateImage(emulator, imageId),
      __system_support_market: false,
      virtual_env_type: 'DataImage',
      __os_type: 'Linux',
      __os_bit: '64',
      __lazyloading: 'true',
      enterprise_project_id: ENTERPRISE_PROJECT.production,
    })
    expect(await imageWith(emulator, ids[0])).toEqual({
      ...common(ids[0]),
      name: 'first',
      __description: 'logs',
      tags: ['disk=logs'],
      min_disk: 100,
      virtual_size: null,
      __data_origin: `volume,${diskOf(1, 2)}`,
    })
    expect(await imageWith(emulator, ids[1])).toEqual({
      ...common(ids[1]),
      name: 'second',
      min_disk: 200,
      virtual_size: null,
      __data_origin: `volume,${diskOf(1, 3)}`,
    })
  })

  test('images of data disks of a Windows server are for Windows', async ({ emulator }) => {
    const data_images = [{ name: 'data', volume_id: diskOf(12, 2) }]
    const job = await ended(emulator, await create(emulator, { data_images }))
    const image = await imageWith(emulator, job.entities.sub_jobs_result[0].entities.image_id)
    expect(image.__os_type).toBe('Windows')
  })

  test('the job of one data disk shows its image in sub_jobs_result only, where clients look for it', async ({
    emulator,
  }) => {
    const job = await ended(emulator, await create(emulator, { data_images: [two[1]] }))
    expect(job.entities.image_id).toBeUndefined()
    expect(job.entities.sub_jobs_result).toHaveLength(1)
  })

  test('a data disk is refused while it (IMG.0022) or another disk of its server (IMG.0139) is read', async ({
    emulator,
  }) => {
    const one = (n: number) => create(emulator, { data_images: [{ name: 'disk', volume_id: diskOf(1, n) }] })
    jobOf(await one(2))
    expectRefusal(await one(2), 'IMG.0022')
    expectRefusal(await one(3), 'IMG.0139')
  })

  test('the job shows no entities in INIT, and its parts while it runs', async ({ emulator }) => {
    const id = jobOf(await create(emulator, { data_images: two }))
    const look = async () => (await emulator.job(id)).body
    expect(await look()).toMatchObject({ status: 'INIT', entities: {} })
    await emulator.advance('3s')
    expect(await look()).toMatchObject({
      status: 'RUNNING',
      end_time: '',
      entities: {
        sub_jobs_result: [
          { status: 'RUNNING', entities: { image_name: 'first' } },
          { status: 'RUNNING', entities: { image_name: 'second' } },
        ],
      },
    })
  })
})

describe('a creation that breaks a rule', () => {
  let emulator: TestEmulator
  beforeAll(async () => {
    emulator = await startTestEmulator()
  })
  afterAll(() => emulator.close())

  const named = { name: 'refused' }
  const server = { ...named, instance_id: SERVER.web }
  const volume = { ...named, volume_id: VOLUME.free, os_version: 'CentOS 7.6 64bit' }
  const disk = (volume_id: string) => ({ name: 'disk', volume_id })
  const disks = (...data_images: unknown[]) => ({ data_images })

  const REFUSALS: [why: string, code: string, body: unknown][] = [
    ['a body that is not an object', 'IMG.0001', [1]],
    ['a request without a name', 'IMG.0013', { instance_id: SERVER.web }],
    ['an empty object', 'IMG.0013', {}],
    ['an empty name', 'IMG.0013', { ...server, name: '' }],
    ['a name that is not a text', 'IMG.0001', { ...server, name: 7 }],
    ['a name of 129 characters', 'IMG.0002', { ...server, name: 'n'.repeat(129) }],
    ['a name with a slash', 'IMG.0003', { ...server, name: 'a/b' }],
    ['a name that ends with a space', 'IMG.0003', { ...server, name: 'a ' }],
    ['a description of 1025 characters', 'IMG.0004', { ...server, description: 'd'.repeat(1025) }],
    ['a description with <', 'IMG.0054', { ...server, description: 'a < b' }],
    ['a description over two lines', 'IMG.0054', { ...server, description: 'a\nb' }],
    ['a request without a source', 'IMG.0012', named],
    ['an empty list of data disks as the only source', 'IMG.0012', { ...named, data_images: [] }],
    ['a request with a server and a volume', 'IMG.0001', { ...server, volume_id: VOLUME.free }],
    ['a request with a server and data disks', 'IMG.0001', { ...server, ...disks(disk(diskOf(1, 2))) }],
    ['a request with a volume and data disks', 'IMG.0001', { ...volume, ...disks(disk(diskOf(1, 2))) }],
    ['negative memory', 'IMG.0055', { ...server, min_ram: -1 }],
    ['memory that is not a number', 'IMG.0055', { ...server, max_ram: '2048' }],
    ['min_ram above max_ram', 'IMG.0055', { ...server, min_ram: 4096, max_ram: 2048 }],
    [
      'a request with tags in both forms',
      'IMG.0115',
      { ...server, tags: ['a.b'], image_tags: [{ key: 'c', value: 'd' }] },
    ],
    ['a tag with a slash', 'IMG.0115', { ...server, tags: ['a/b.c'] }],
    [
      'a request with eleven tags',
      'IMG.0116',
      { ...server, tags: Array.from({ length: 11 }, (_, n) => `key-${n}.v`) },
    ],
    ['a malformed id of an enterprise project', 'IMG.0155', { ...server, enterprise_project_id: 'mine' }],
    [
      'an unknown enterprise project',
      'IMG.0155',
      { ...server, enterprise_project_id: ENTERPRISE_PROJECT.none },
    ],
    [
      'an enterprise project of another account',
      'IMG.0155',
      { ...server, enterprise_project_id: ENTERPRISE_PROJECT.partner },
    ],
    [
      'a disabled enterprise project',
      'IMG.0155',
      { ...server, enterprise_project_id: ENTERPRISE_PROJECT.retired },
    ],
    ['a malformed server id', 'IMG.0012', { ...named, instance_id: 'web' }],
    ['an unknown server', 'IMG.0005', { ...named, instance_id: SERVER.none }],
    ['a server of another project', 'IMG.0005', { ...named, instance_id: SERVER.partner }],
    ['a server in error', 'IMG.0008', { ...named, instance_id: SERVER.broken }],
    ['a frozen server', 'IMG.0008', { ...named, instance_id: SERVER.frozen }],
    ['a busy server', 'IMG.0010', { ...named, instance_id: SERVER.busy }],
    ['a server without a system disk', 'IMG.0119', { ...named, instance_id: SERVER.withoutSystemDisk }],
    ['a server with a failed system disk', 'IMG.0110', { ...named, instance_id: SERVER.failedDisks }],
    ['a server with a system disk over 1 TB', 'IMG.0111', { ...named, instance_id: SERVER.largeDisks }],
    ['a server on dedicated storage', 'IMG.0153', { ...named, instance_id: SERVER.dedicatedDisks }],
    ['a spot server that is being reclaimed', 'IMG.0164', { ...named, instance_id: SERVER.reclaimed }],
    ['a server of a type without images', 'IMG.0063', { ...named, instance_id: SERVER.withoutImages }],
    ['a volume without an OS version', 'IMG.0056', { ...named, volume_id: VOLUME.free }],
    ['an unknown OS version', 'IMG.0056', { ...volume, os_version: 'CentOS 99 64bit' }],
    ['a volume with the type of an ISO', 'IMG.0024', { ...volume, type: 'IsoImage' }],
    ['an unknown type', 'IMG.0024', { ...volume, type: 'VM' }],
    ['an unknown volume', 'IMG.0120', { ...volume, volume_id: VOLUME.none }],
    ['a volume of another project', 'IMG.0120', { ...volume, volume_id: VOLUME.partner }],
    ['a system disk as the volume', 'IMG.0120', { ...volume, volume_id: diskOf(1, 1) }],
    ['a failed volume', 'IMG.0022', { ...volume, volume_id: VOLUME.failed }],
    ['a volume over 1 TB', 'IMG.0111', { ...volume, volume_id: VOLUME.large }],
    ['a volume on dedicated storage', 'IMG.0153', { ...volume, volume_id: VOLUME.dedicated }],
    ['a volume of a server in error', 'IMG.0008', { ...volume, volume_id: diskOf(5, 2) }],
    ['a data disk without a name', 'IMG.0013', disks({ volume_id: diskOf(1, 2) })],
    ['a data disk without a volume', 'IMG.0120', disks({ name: 'disk' })],
    [
      'a data disk from a file, but no system disk,',
      'IMG.0001',
      disks({ ...disk(diskOf(1, 2)), image_url: 'images:tiny.qcow2', name: 'x' }),
    ],
    ['an unknown data disk', 'IMG.0120', disks(disk(VOLUME.none))],
    ['a data disk of another project', 'IMG.0120', disks(disk(diskOf(22, 2)))],
    ['a system disk as a data disk', 'IMG.0120', disks(disk(diskOf(1, 1)))],
    ['a data disk without a server', 'IMG.0120', disks(disk(VOLUME.free))],
    ['a data disk over 1 TB', 'IMG.0120', disks(disk(diskOf(8, 2)))],
    ['a data disk that occurs twice', 'IMG.0120', disks(disk(diskOf(1, 2)), disk(diskOf(1, 2)))],
    ['a request with data disks of two servers', 'IMG.0140', disks(disk(diskOf(1, 2)), disk(diskOf(2, 2)))],
    ['a data disk of a server in error', 'IMG.0008', disks(disk(diskOf(5, 2)))],
    ['a data disk on dedicated storage', 'IMG.0153', disks(disk(diskOf(10, 2)))],
    ['a failed data disk', 'IMG.0022', disks(disk(diskOf(9, 2)))],
    [
      'a data disk with tags in both forms',
      'IMG.0115',
      disks({ ...disk(diskOf(1, 2)), tags: [], image_tags: [] }),
    ],
    ['a data disk with a malformed name', 'IMG.0003', disks({ ...disk(diskOf(1, 2)), name: 'a*b' })],
  ]

  plain.each(REFUSALS)('%s is refused with %s', async (_why, code, body) => {
    expectRefusal(await create(emulator, body), code)
    expect(await imageNames(emulator)).toEqual([])
  })

  plain('an empty body is refused with IMG.0007', async () => {
    expectRefusal(await emulator.request('POST', '/v2/cloudimages/action', {}), 'IMG.0007')
  })

  const ORDER: [first: string, code: string, body: unknown][] = [
    ['the name before the description', 'IMG.0003', { ...server, name: 'a/b', description: '<' }],
    ['the syntax of all fields before the number of sources', 'IMG.0054', { ...named, description: '<' }],
    [
      'the number of sources before the source itself',
      'IMG.0001',
      { ...server, instance_id: SERVER.none, volume_id: 'x' },
    ],
    ['memory before tags', 'IMG.0055', { ...server, min_ram: 2, max_ram: 1, tags: ['a/b.c'] }],
    [
      'tags before the enterprise project',
      'IMG.0115',
      { ...server, tags: ['a/b.c'], enterprise_project_id: ENTERPRISE_PROJECT.none },
    ],
    [
      'the enterprise project before the server',
      'IMG.0155',
      { ...named, instance_id: SERVER.none, enterprise_project_id: ENTERPRISE_PROJECT.none },
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
  plain(
    'an image over the quota is refused with IMG.0015, after the checks of the server and before flow control',
    async () => {
      await using emulator = await startLimited({ private_images: 0, concurrent_creations: 0 })
      expectRefusal(await create(emulator, { name: 'n', instance_id: SERVER.none }), 'IMG.0005')
      expectRefusal(await create(emulator, { name: 'n', instance_id: SERVER.web }), 'IMG.0015')
      expectRefusal(
        await create(emulator, { name: 'n', volume_id: VOLUME.free, os_version: 'CentOS 7.6 64bit' }),
        'IMG.0015',
      )
    },
  )

  plain('every data disk counts against the image quota', async () => {
    await using emulator = await startLimited({ private_images: 1 })
    const data_images = [2, 3].map((n) => ({ name: `disk-${n}`, volume_id: diskOf(1, n) }))
    expectRefusal(await create(emulator, { data_images }), 'IMG.0015')
    jobOf(await create(emulator, { data_images: data_images.slice(1) }))
  })

  plain('a creation over the concurrency limit is refused with IMG.0060 until another ends', async () => {
    await using emulator = await startLimited({ concurrent_creations: 1 })
    const first = await create(emulator, { name: 'first', instance_id: SERVER.web })
    const second = { name: 'second', instance_id: SERVER.stopped }
    expectRefusal(await create(emulator, second), 'IMG.0060')
    await ended(emulator, first)
    jobOf(await create(emulator, second))
  })
})
