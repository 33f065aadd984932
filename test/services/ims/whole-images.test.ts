import { afterAll, beforeAll, describe, test as plain } from 'vitest'
import {
  BACKUP,
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
  VAULT,
} from '../../demo-world.ts'
import { expect, scratchFolder, startTestEmulator, type TestEmulator, test } from '../../emulator.ts'
import { startLimited } from '../../limited.ts'
import { expectRefusal } from '../../private-image.ts'

const create = (emulator: TestEmulator, body: unknown) =>
  emulator.post('/v1/cloudimages/wholeimages/action', body)

const fromServer = { name: 'whole', instance_id: SERVER.web, vault_id: VAULT.servers }
const fromBackup = { name: 'whole', backup_id: BACKUP.cbr, whole_image_type: 'CBR' }

describe('a whole image of a server', () => {
  test('a whole image consists of images of the system disk and of each data disk, with a common backup', async ({
    emulator,
  }) => {
    const reply = await create(emulator, {
      ...fromServer,
      description: 'all of it',
      min_ram: 1024,
      max_ram: 4096,
      image_tags: [{ key: 'env', value: 'prod' }],
      enterprise_project_id: ENTERPRISE_PROJECT.production,
    })
    const image = await madeImage(emulator, reply)
    const common = {
      tags: ['env=prod'],
      enterprise_project_id: ENTERPRISE_PROJECT.production,
      __backup_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      __system_support_market: false,
      __lazyloading: 'true',
    }
    expect(image).toEqual({
      ...privateImage(emulator, image.id),
      ...common,
      name: 'whole',
      __description: 'all of it',
      min_ram: 1024,
      max_ram: '4096',
      min_disk: 40,
      virtual_size: null,
      virtual_env_type: 'FusionCompute',
      __whole_image: 'true',
      __os_version: 'CentOS 7.4 64bit',
      __os_type: 'Linux',
      __os_bit: '64',
      __platform: 'CentOS',
      hw_firmware_type: 'bios',
      __originalimagename: PUBLIC_IMAGE.centos,
      __support_agent_list: 'hss,ces',
      __data_origin: `instance,${SERVER.web}`,
      __support_kvm: 'true',
      __support_arm: 'false',
    })
    const { body } = await emulator.get('/v2/cloudimages?name=whole-data-1')
    expect(body.images).toEqual([
      {
        ...privateImage(emulator, body.images[0].id),
        ...common,
        name: 'whole-data-1',
        min_disk: 100,
        virtual_size: null,
        virtual_env_type: 'DataImage',
        __os_type: 'Linux',
        __os_bit: '64',
        __backup_id: image.__backup_id,
        __data_origin: `volume,${diskOf(1, 2)}`,
      },
    ])
    expect(await imageNames(emulator)).toEqual(['whole', 'whole-data-1', 'whole-data-2'])
  })

  test('the job of a whole image shows it and none of its data disks', async ({ emulator }) => {
    const job = await ended(emulator, await create(emulator, fromServer))
    expect(job).toMatchObject({ job_type: 'imsCreateWholeImageByInstanceJob', status: 'SUCCESS' })
    expect(job.entities).toEqual({ image_id: expect.any(String), image_name: 'whole' })
  })

  test('the data disks of a whole image have its status at every moment', async ({ emulator }) => {
    const id = jobOf(await create(emulator, fromServer))
    const statuses = async () => {
      const { body } = await emulator.get('/v2/cloudimages?__imagetype=private&sort_key=name&sort_dir=asc')
      return body.images.map((image: { status: string }) => image.status)
    }
    const seen = [await statuses()]
    while ((await emulator.post('/_ims/clock/advance', { until: 'next' })).body.settled.length > 0)
      seen.push(await statuses())
    expect(new Set(seen.map((row) => row.join(' ')))).toEqual(
      new Set(['queued queued queued', 'saving saving saving', 'active active active']),
    )
    expect((await emulator.job(id)).body.status).toBe('SUCCESS')
  })

  test('the data disks of a whole image can be neither deleted nor registered while they are made', async ({
    emulator,
  }) => {
    jobOf(await create(emulator, fromServer))
    const { body } = await emulator.get('/v2/cloudimages?name=whole-data-1')
    const [{ id, status }] = body.images
    expect(status).toBe('queued')
    expectRefusal(await emulator.delete(`/v2/images/${id}`), 'IMG.0090')
    const file = { image_url: 'images:tiny.qcow2' }
    expectRefusal(await emulator.put(`/v1/cloudimages/${id}/upload`, file), 'IMG.0046')
  })

  plain('the job of a whole image continues after a restart, with its data disks', async () => {
    using data = scratchFolder()
    const started = async () => startTestEmulator({ data: data.path })
    const statuses = async (emulator: TestEmulator) =>
      (await emulator.get('/v2/cloudimages?__imagetype=private')).body.images.map(
        (image: { status: string }) => image.status,
      )
    let job = ''
    {
      await using emulator = await started()
      job = jobOf(await create(emulator, fromServer))
      await emulator.advance('1s')
      expect(await statuses(emulator)).toEqual(['saving', 'saving', 'saving'])
    }
    await using emulator = await started()
    expect(await statuses(emulator)).toEqual(['saving', 'saving', 'saving'])
    await emulator.advance()
    expect((await emulator.job(job)).body.status).toBe('SUCCESS')
    expect(await statuses(emulator)).toEqual(['active', 'active', 'active'])
  })

  test('a whole image takes the space of all disks in the vault and binds its server to the vault', async ({
    emulator,
  }) => {
    await emulator.post('/_ims/fixtures', {
      vaults: [{ id: 'small', project_id: emulator.projectId, name: 'small', capacity: 679 }],
    })
    const inSmall = { ...fromServer, vault_id: 'small' }
    await ended(emulator, await create(emulator, inSmall))
    // 340 GB are taken, 339 are left.
    expectRefusal(await create(emulator, { ...inSmall, name: 'again' }), 'IMG.0182')
    expectRefusal(await create(emulator, { ...fromServer, name: 'elsewhere' }), 'IMG.0183')
  })

  test('a second whole image of a server is refused with IMG.0136 while the first is made', async ({
    emulator,
  }) => {
    jobOf(await create(emulator, fromServer))
    expectRefusal(await create(emulator, { ...fromServer, name: 'second' }), 'IMG.0136')
  })

  test('a whole image of a server is refused with IMG.0010 while another image of it is made', async ({
    emulator,
  }) => {
    jobOf(await emulator.post('/v2/cloudimages/action', { name: 'system', instance_id: SERVER.web }))
    expectRefusal(await create(emulator, fromServer), 'IMG.0010')
  })

  test('a whole image of a server with CSBS needs no vault', async ({ emulator }) => {
    const reply = await create(emulator, { name: 'old', instance_id: SERVER.csbs })
    const image = await madeImage(emulator, reply)
    expect(image).toMatchObject({ __whole_image: 'true', __data_origin: `instance,${SERVER.csbs}` })
  })

  test('a whole image takes disks over 1 TB', async ({ emulator }) => {
    await emulator.post('/_ims/fixtures', {
      vaults: [{ id: 'huge', project_id: emulator.projectId, name: 'huge', capacity: 10000 }],
    })
    const reply = await create(emulator, { name: 'large', instance_id: SERVER.largeDisks, vault_id: 'huge' })
    expect((await madeImage(emulator, reply)).min_disk).toBe(2048)
  })
})

describe('a whole image of a backup', () => {
  test('a whole image of a CBR backup and its data disks show the backup', async ({ emulator }) => {
    const reply = await create(emulator, { ...fromBackup, tags: ['a.b'] })
    const job = await ended(emulator, reply)
    expect(job).toMatchObject({ job_type: 'imsCreateWholeImageByBackupJob', status: 'SUCCESS' })
    expect(Date.parse(job.end_time) - Date.parse(job.begin_time)).toBe(6000 / 60)
    const origin = { __backup_id: BACKUP.cbr, __data_origin: `server_backup,${BACKUP.cbr}` }
    const image = await imageWith(emulator, job.entities.image_id)
    expect(image).toMatchObject({
      ...origin,
      __whole_image: 'true',
      virtual_env_type: 'FusionCompute',
      min_disk: 40,
      __os_version: 'CentOS 7.4 64bit',
      __originalimagename: '',
      tags: ['a=b'],
    })
    const { body } = await emulator.get(
      '/v2/cloudimages?virtual_env_type=DataImage&sort_key=name&sort_dir=asc',
    )
    expect(body.images).toMatchObject([
      { ...origin, name: 'whole-data-1', min_disk: 100 },
      { ...origin, name: 'whole-data-2', min_disk: 200 },
    ])
    expect((await emulator.get('/v2/cloudimages?__whole_image=true')).body.images).toEqual([image])
  })

  test.for([undefined, 'CSBS'])('a backup of kind %s is taken from CSBS', async (kind, { emulator }) => {
    const reply = await create(emulator, { name: 'old', backup_id: BACKUP.csbs, whole_image_type: kind })
    expect((await madeImage(emulator, reply)).__backup_id).toBe(BACKUP.csbs)
  })

  test('an empty server id beside a backup id is ignored', async ({ emulator }) => {
    const reply = await create(emulator, { ...fromBackup, instance_id: '' })
    expect((await madeImage(emulator, reply)).__data_origin).toBe(`server_backup,${BACKUP.cbr}`)
  })

  test("every disk of an encrypted server's backup is encrypted with its key", async ({ emulator }) => {
    await ended(emulator, await create(emulator, { ...fromBackup, backup_id: BACKUP.cbrEncrypted }))
    const { body } = await emulator.get(`/v2/cloudimages?__system__cmkid=${KEY.demo}`)
    expect(body.images.map((image: { name: string }) => image.name).sort()).toEqual(['whole', 'whole-data-1'])
  })

  test('a second image of a backup is refused, of CBR with IMG.0029 and of CSBS with IMG.0134', async ({
    emulator,
  }) => {
    jobOf(await create(emulator, fromBackup))
    expectRefusal(await create(emulator, fromBackup), 'IMG.0029')
    const old = { name: 'old', backup_id: BACKUP.csbs }
    jobOf(await create(emulator, old))
    expectRefusal(await create(emulator, old), 'IMG.0134')
  })

  test('a backup can be used again after its image is deleted', async ({ emulator }) => {
    const image = await madeImage(emulator, await create(emulator, fromBackup))
    expect((await emulator.delete(`/v2/images/${image.id}`)).status).toBe(204)
    await madeImage(emulator, await create(emulator, fromBackup))
  })
})

describe('a whole image that breaks a rule', () => {
  let emulator: TestEmulator
  beforeAll(async () => {
    emulator = await startTestEmulator()
  })
  afterAll(() => emulator.close())

  const server = (instance_id: string, vault_id: string = VAULT.servers) => ({
    name: 'whole',
    instance_id,
    vault_id,
  })
  const cbr = (backup_id: string) => ({ ...fromBackup, backup_id })
  const csbs = (backup_id: string) => ({ name: 'whole', backup_id })

  plain.each<[why: string, code: string, body: unknown]>([
    ['a request without a name', 'IMG.0013', { instance_id: SERVER.web }],
    ['a request with neither server nor backup', 'IMG.0012', { name: 'whole' }],
    ['a request with an empty server id and no backup', 'IMG.0012', server('')],
    ['a kind of backup without a backup', 'IMG.0019', { name: 'whole', whole_image_type: 'CBR' }],
    ['a request with a server and a backup', 'IMG.0001', { ...fromServer, backup_id: BACKUP.cbr }],
    ['an unknown kind of backup', 'IMG.0021', { ...fromBackup, whole_image_type: 'VBS' }],
    ['min_ram above max_ram', 'IMG.0055', { ...fromServer, min_ram: 2, max_ram: 1 }],
    ['a request with tags in both forms', 'IMG.0115', { ...fromServer, tags: ['a'], image_tags: [] }],
    [
      'an unknown enterprise project',
      'IMG.0155',
      { ...fromServer, enterprise_project_id: ENTERPRISE_PROJECT.none },
    ],
    ['a malformed server id', 'IMG.0012', server('web')],
    ['a server id that is not a text', 'IMG.0012', { ...fromServer, instance_id: 1 }],
    ['an unknown server', 'IMG.0005', server(SERVER.none)],
    ['a server of another project', 'IMG.0005', server(SERVER.partner)],
    ['a server in error', 'IMG.0126', server(SERVER.broken)],
    ['a frozen server', 'IMG.0126', server(SERVER.frozen)],
    ['a server with a disk that other servers use', 'IMG.0126', server(SERVER.clusterNode)],
    ['a server that is being backed up', 'IMG.0136', server(SERVER.beingBackedUp)],
    ['a busy server', 'IMG.0010', server(SERVER.busy)],
    ['a server without a system disk', 'IMG.0119', server(SERVER.withoutSystemDisk)],
    ['a server on dedicated storage', 'IMG.0153', server(SERVER.dedicatedDisks)],
    ['a spot server that is being reclaimed', 'IMG.0164', server(SERVER.reclaimed)],
    ['a server of a type without images', 'IMG.0063', server(SERVER.withoutImages)],
    ['a bare metal server', 'IMG.0063', server(SERVER.bareMetal)],
    ['a request without a vault', 'IMG.0184', { name: 'whole', instance_id: SERVER.web }],
    ['an empty vault id', 'IMG.0184', server(SERVER.web, '')],
    ['an unknown vault', 'IMG.0184', server(SERVER.web, VAULT.none)],
    ['a vault of another project', 'IMG.0184', server(SERVER.web, VAULT.partner)],
    ['a locked vault', 'IMG.0188', server(SERVER.web, VAULT.locked)],
    ['a vault for disks', 'IMG.0193', server(SERVER.web, VAULT.disks)],
    ['a vault without room', 'IMG.0182', server(SERVER.web, VAULT.full)],
    ['a server that is in another vault', 'IMG.0183', server(SERVER.vaulted)],
    ['a vault with all the servers it may have', 'IMG.0185', server(SERVER.web, VAULT.crowded)],
    ['a server with CSBS', 'IMG.0186', server(SERVER.csbs)],
    ['a server with an unknown system', 'IMG.0195', server(SERVER.unknownSystem)],
    ['a malformed backup id', 'IMG.0020', cbr('mine')],
    ['an empty backup id', 'IMG.0019', cbr('')],
    ['an unknown CBR backup', 'IMG.0198', cbr(BACKUP.none)],
    ['an unknown CSBS backup', 'IMG.0127', csbs(BACKUP.none)],
    ['a CSBS backup as one of CBR', 'IMG.0198', cbr(BACKUP.csbs)],
    ['a CBR backup as one of CSBS', 'IMG.0198', csbs(BACKUP.cbr)],
    ['a CBR backup of another project', 'IMG.0165', cbr(BACKUP.cbrPartner)],
    ['a CSBS backup of another project', 'IMG.0133', csbs(BACKUP.csbsPartner)],
    ['a CBR backup that is being restored', 'IMG.0032', cbr(BACKUP.cbrNotReady)],
    ['a CSBS backup that is being restored', 'IMG.0132', csbs(BACKUP.csbsNotReady)],
    ['a CBR backup with a disk that others used', 'IMG.0032', cbr(BACKUP.cbrSharedDisks)],
    ['a CSBS backup with a disk that others used', 'IMG.0132', csbs(BACKUP.csbsSharedDisks)],
    ['a backup without a system disk', 'IMG.0033', cbr(BACKUP.cbrWithoutSystemDisk)],
    ['a CBR backup of an unknown system', 'IMG.0195', cbr(BACKUP.cbrUnknownSystem)],
  ])('%s is refused with %s', async (_why, code, body) => {
    expectRefusal(await create(emulator, body), code)
    expect(await imageNames(emulator)).toEqual([])
  })

  plain.each<[first: string, code: string, body: unknown]>([
    ['the server before the vault', 'IMG.0126', server(SERVER.broken, VAULT.none)],
    ['the vault before the system', 'IMG.0184', server(SERVER.unknownSystem, VAULT.none)],
    ['the status of a vault before its type', 'IMG.0188', server(SERVER.csbs, VAULT.locked)],
    ['the kind of a backup before its project', 'IMG.0198', csbs(BACKUP.cbrPartner)],
  ])(
    'a request with several mistakes is answered with the first in order: %s',
    async (_first, code, body) => {
      expectRefusal(await create(emulator, body), code)
    },
  )

  plain('every disk counts against the image quota', async () => {
    await using few = await startLimited({ private_images: 2 })
    expectRefusal(await create(few, fromServer), 'IMG.0015')
    expectRefusal(await create(few, fromBackup), 'IMG.0015')
    jobOf(await create(few, { name: 'small', instance_id: SERVER.stopped, vault_id: VAULT.servers }))
  })

  plain('a creation over the concurrency limit is refused with IMG.0060', async () => {
    await using none = await startLimited({ concurrent_creations: 0 })
    expectRefusal(await create(none, fromServer), 'IMG.0060')
    expectRefusal(await create(none, fromBackup), 'IMG.0060')
  })
})
