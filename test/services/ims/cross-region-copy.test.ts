import { afterAll, beforeAll, describe, test as plain } from 'vitest'
import {
  BACKUP,
  EAST,
  ended,
  imageNames,
  imageWith,
  jobOf,
  KEY,
  madeImage,
  PUBLIC_IMAGE,
  privateImage,
  VAULT,
} from '../../demo-world.ts'
import { diskImageBytes, expect, startTestEmulator, type TestEmulator, test } from '../../emulator.ts'
import { startLimited } from '../../limited.ts'
import { addImages, asPartner, expectRefusal, imageId, NO_IMAGE, PARTNER } from '../../private-image.ts'

const east = { name: 'copy', region: 'cn-east-3', project_name: 'cn-east-3', agency_name: 'ims_admin_agency' }
const copy = (emulator: TestEmulator, id: string, body: unknown = east, sent = {}) =>
  emulator.post(`/v1/cloudimages/${id}/cross_region_copy`, body, sent)

const wholeFromCbr = async (emulator: TestEmulator) =>
  madeImage(
    emulator,
    await emulator.post('/v1/cloudimages/wholeimages/action', {
      name: 'whole',
      backup_id: BACKUP.cbr,
      whole_image_type: 'CBR',
    }),
  )

describe('a copy in another region', () => {
  test('a copy belongs to the target project and its job to the source project', async ({ emulator }) => {
    const id = await emulator.importImage({ os_version: 'CentOS 7.6 64bit', max_ram: 2048, tags: ['a.b'] })
    const reply = await copy(emulator, id, { ...east, description: 'far away' })
    const job = await ended(emulator, reply)
    expect(job).toMatchObject({ job_type: 'imsCrossRegionCopyImageJob', status: 'SUCCESS' })
    expect(job.entities).toEqual({ image_id: expect.any(String), image_name: 'copy' })
    const { image_id } = job.entities
    expect(await imageWith(emulator, image_id)).toBeUndefined()
    const size = diskImageBytes('tiny-v3.qcow2').length
    expect(await imageWith(emulator, image_id, EAST.as)).toEqual({
      ...privateImage(emulator, image_id),
      owner: EAST.project,
      name: 'copy',
      __description: 'far away',
      max_ram: '2048',
      min_disk: 1,
      size,
      __image_size: String(size),
      virtual_size: 262144,
      virtual_env_type: 'FusionCompute',
      __os_version: 'CentOS 7.6 64bit',
      __os_type: 'Linux',
      __os_bit: '64',
      __platform: 'CentOS',
      __root_origin: 'file',
      __originalimagename: id,
      __data_origin: `image,cn-north-4,${id}`,
      __support_kvm: 'true',
      __support_arm: 'false',
    })
    const elsewhere = await emulator.get(`/v1/${EAST.project}/jobs/${reply.body.job_id}`, EAST.as)
    expectRefusal(elsewhere, 'IMG.0023')
  })

  test('a copy can be changed, tagged and deleted in the target project', async ({ emulator }) => {
    const job = await ended(emulator, await copy(emulator, await emulator.importImage()))
    const { image_id } = job.entities
    const change = [{ op: 'replace', path: '/max_ram', value: 4096 }]
    expect((await emulator.patch(`/v2/cloudimages/${image_id}`, change, EAST.as)).body.max_ram).toBe('4096')
    expect((await emulator.request('DELETE', `/v2/images/${image_id}`, EAST.as)).status).toBe(204)
    expect(await imageNames(emulator, EAST.as)).toEqual([])
  })

  test("a copy without a project name goes to the account's only project in the region", async ({
    emulator,
  }) => {
    const { project_name: _none, ...unnamed } = east
    const job = await ended(emulator, await copy(emulator, await emulator.importImage(), unnamed))
    expect((await imageWith(emulator, job.entities.image_id, EAST.as)).owner).toBe(EAST.project)
  })

  test('a copy of a whole image comes with its data disks and a copy of its backup', async ({ emulator }) => {
    const whole = await wholeFromCbr(emulator)
    const job = await ended(emulator, await copy(emulator, whole.id, { ...east, vault_id: VAULT.replicas }))
    expect(job.status).toBe('SUCCESS')
    const there = await imageWith(emulator, job.entities.image_id, EAST.as)
    expect(there).toMatchObject({ __whole_image: 'true', min_disk: 40, __originalimagename: whole.id })
    expect(there.__backup_id).toMatch(/^[0-9a-f-]{36}$/)
    expect(there.__backup_id).not.toBe(BACKUP.cbr)
    const { body } = await emulator.get(
      '/v2/cloudimages?virtual_env_type=DataImage&sort_key=name&sort_dir=asc',
      EAST.as,
    )
    expect(body.images).toMatchObject([
      { name: 'copy-data-1', min_disk: 100, __backup_id: there.__backup_id, owner: EAST.project },
      { name: 'copy-data-2', min_disk: 200, __backup_id: there.__backup_id, owner: EAST.project },
    ])
  })

  test('a second copy of a whole image is refused with IMG.0150, as its backup exists there', async ({
    emulator,
  }) => {
    const whole = await wholeFromCbr(emulator)
    const body = { ...east, vault_id: VAULT.replicas }
    await ended(emulator, await copy(emulator, whole.id, body))
    expectRefusal(await copy(emulator, whole.id, body), 'IMG.0150')
  })
})

describe('a copy in another region that breaks a rule', () => {
  let emulator: TestEmulator
  const [PLAIN, ISO, WAITING, LARGE, LOCKED, FROM_CSBS, UNFINISHED, SHARED] = Array.from(
    { length: 8 },
    (_, n) => imageId(n + 1),
  )
  let whole: string
  beforeAll(async () => {
    emulator = await startTestEmulator()
    const backed = (__backup_id: string) => ({ attributes: { __whole_image: 'true', __backup_id } })
    await addImages(
      emulator,
      {},
      { attributes: { virtual_env_type: 'IsoImage' } },
      { status: 'saving' },
      { size: 129 * 2 ** 30 },
      { attributes: { __system__cmkid: KEY.demo } },
      backed(BACKUP.csbs),
      backed(BACKUP.cbrBeingMade),
      { owner: PARTNER, members: [{ project_id: emulator.projectId }] },
    )
    await emulator.post('/_ims/fixtures', {
      vaults: [
        { id: 'small', project_id: EAST.project, name: 'small', protect_type: 'replication', capacity: 10 },
        {
          id: 'locked',
          project_id: EAST.project,
          name: 'locked',
          protect_type: 'replication',
          capacity: 999,
          status: 'lock',
        },
      ],
    })
    whole = (await wholeFromCbr(emulator)).id
  })
  afterAll(() => emulator.close())

  plain.each<[why: string, code: string, id: string | undefined, fields: object]>([
    ['a request without a name', 'IMG.0013', PLAIN, { name: undefined }],
    ['a request without a region', 'IMG.0147', PLAIN, { region: undefined }],
    ['a request without an agency', 'IMG.0001', PLAIN, { agency_name: undefined }],
    ['an empty project name', 'IMG.0145', PLAIN, { project_name: '' }],
    ['a malformed image id', 'IMG.0066', 'copy-me', {}],
    ['an unknown image', 'IMG.0027', NO_IMAGE, {}],
    ['a public image', 'IMG.0105', PUBLIC_IMAGE.centos, {}],
    ['an image of another tenant', 'IMG.0047', SHARED, {}],
    ['an ISO', 'IMG.0167', ISO, {}],
    ['an image that is being made', 'IMG.0046', WAITING, {}],
    ['an encrypted image', 'IMG.0143', LOCKED, {}],
    ['an image of more than 128 GB', 'IMG.0146', LARGE, {}],
    ["the image's own region", 'IMG.0142', PLAIN, { region: 'cn-north-4' }],
    ['an unknown region', 'IMG.0147', PLAIN, { region: 'mars-1' }],
    ['an unknown project', 'IMG.0145', PLAIN, { project_name: 'cn-east-9' }],
    ['an unknown agency', 'IMG.0179', PLAIN, { agency_name: 'nobody' }],
    ['an agency without rights in the project', 'IMG.0151', PLAIN, { agency_name: 'powerless_agency' }],
    ['a whole image of a CSBS backup', 'IMG.0130', FROM_CSBS, { vault_id: VAULT.replicas }],
    ['a whole image whose backup is not complete', 'IMG.0152', UNFINISHED, { vault_id: VAULT.replicas }],
    [
      'an encrypted image with an unknown region, checked for the image first,',
      'IMG.0143',
      LOCKED,
      { region: 'mars-1' },
    ],
    [
      "the image's own region with an unknown agency, checked for the region first,",
      'IMG.0142',
      PLAIN,
      { region: 'cn-north-4', agency_name: 'nobody' },
    ],
  ])('%s is refused with %s', async (_why, code, id, fields) => {
    expectRefusal(await copy(emulator, id ?? '', { ...east, ...fields }), code)
    expect(await imageNames(emulator, EAST.as)).toEqual([])
  })

  plain.each<[why: string, code: string, vault: string | undefined]>([
    ['no vault', 'IMG.0184', undefined],
    ['an unknown vault', 'IMG.0184', VAULT.none],
    ['a vault of this region', 'IMG.0184', VAULT.servers],
    ['a locked vault', 'IMG.0188', 'locked'],
    ['a vault that takes no copies', 'IMG.0189', VAULT.eastServers],
    ['a vault without room', 'IMG.0182', 'small'],
  ])('a whole image with %s is refused with %s', async (_why, code, vault_id) => {
    expectRefusal(await copy(emulator, whole, { ...east, vault_id }), code)
    expect(await imageNames(emulator, EAST.as)).toEqual([])
  })

  plain('a region where only other accounts have projects is refused with IMG.0145', async () => {
    await emulator.post('/_ims/fixtures', {
      projects: [
        { id: 'theirs', name: 'cn-south-1', region: 'cn-south-1', domain_id: 'x', domain_name: 'x' },
      ],
    })
    expectRefusal(
      await copy(emulator, PLAIN ?? '', { ...east, region: 'cn-south-1', project_name: 'cn-south-1' }),
      'IMG.0145',
    )
  })

  plain(
    'a request without a project name is refused with IMG.0104 where the account has several projects',
    async () => {
      await using own = await startTestEmulator()
      const domain = { domain_id: '0605767a7780d5e50fe5c00a6d1b1c2a', domain_name: 'demo' }
      await own.post('/_ims/fixtures', {
        projects: [{ id: 'second', name: 'cn-east-3_second', region: 'cn-east-3', ...domain }],
      })
      const { project_name: _none, ...unnamed } = east
      expectRefusal(await copy(own, await own.importImage(), unnamed), 'IMG.0104')
    },
  )

  plain('a caller without access to the image is refused with IMG.0027', async () => {
    expectRefusal(await copy(emulator, PLAIN ?? '', east, asPartner), 'IMG.0027')
  })

  plain(
    'a copy over the quota of the target project is refused with IMG.0015, one over the concurrency limit with IMG.0149',
    async () => {
      await using full = await startLimited({ projects: { [EAST.project]: { private_images: 0 } } })
      expectRefusal(await copy(full, await full.importImage()), 'IMG.0015')
      await using busy = await startLimited({ concurrent_region_copies: 1 })
      const id = await busy.importImage()
      const first = await copy(busy, id)
      expectRefusal(await copy(busy, id), 'IMG.0149')
      await ended(busy, first)
      jobOf(await copy(busy, id))
    },
  )
})
