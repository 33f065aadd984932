import { beforeAll, describe, test as plain } from 'vitest'
import { expect, startTestEmulator, type TestEmulator, test } from '../../emulator.ts'
import { addImages, asPartner, expectRefusal, imageId, NO_IMAGE, PARTNER } from '../../private-image.ts'

const PUBLIC = '1ef2a30f-80ce-47cc-896a-b3aed49017be'
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)

test('an imported image shows every field in the type that clients read', async ({ emulator }) => {
  const id = await emulator.importImage({
    os_version: 'CentOS 7.6 64bit',
    description: 'a small one',
    min_ram: 512,
    max_ram: 2048,
    hw_firmware_type: 'uefi',
    image_tags: [{ key: 'env', value: 'test' }],
  })
  const reply = await emulator.get(`/v2/cloudimages?id=${id}`)
  expect(reply.status).toBe(200)
  expect(reply.body).toEqual({
    images: [
      {
        id,
        name: 'tiny',
        __description: 'a small one',
        status: 'active',
        visibility: 'private',
        __imagetype: 'private',
        protected: false,
        owner: emulator.projectId,
        tags: ['env=test'],
        container_format: 'bare',
        disk_format: 'zvhd2',
        min_disk: 1,
        min_ram: 512,
        max_ram: '2048',
        size: expect.any(Number),
        virtual_size: expect.any(Number),
        checksum: expect.stringMatching(/^[0-9a-f]{32}$/),
        created_at: TIME,
        updated_at: TIME,
        active_at: TIME,
        file: `/v2/images/${id}/file`,
        self: `/v2/images/${id}`,
        schema: '/v2/schemas/image',
        virtual_env_type: 'FusionCompute',
        hw_firmware_type: 'uefi',
        __os_version: 'CentOS 7.6 64bit',
        __os_type: 'Linux',
        __os_bit: '64',
        __platform: 'CentOS',
        __image_size: String(reply.body.images[0].size),
        __image_source_type: 'uds',
        __isregistered: 'true',
        __originalimagename: '',
        __backup_id: '',
        __productcode: '',
        enterprise_project_id: '0',
        __root_origin: 'file',
        __data_origin: 'file,images:tiny.qcow2',
        __support_kvm: 'true',
        __support_arm: 'false',
        __system_support_market: true,
      },
    ],
  })
})

test('fields without a value are absent, and so are size and checksum of an image without bytes', async ({
  emulator,
}) => {
  const created = await emulator.post('/v2/images', { name: 'waiting' })
  const [image] = (await emulator.get(`/v2/cloudimages?id=${created.body.id}`)).body.images
  const absent = ['__description', 'max_ram', 'active_at', 'size', 'virtual_size', 'checksum']
  expect(absent.filter((field) => field in image)).toEqual([])
  expect([image.status, image.__image_size]).toEqual(['queued', '0'])
})

test('__system_support_market is false for images that may not be offered on the market', async ({
  emulator,
}) => {
  await addImages(
    emulator,
    {},
    { attributes: { virtual_env_type: 'DataImage' } },
    { attributes: { __whole_image: 'true' } },
    { members: [{ project_id: PARTNER }] },
  )
  const { images } = (
    await emulator.get(`/v2/cloudimages?owner=${emulator.projectId}&sort_key=id&sort_dir=asc`)
  ).body
  const flags = images.map((image: Record<string, unknown>) => image.__system_support_market)
  expect(flags).toEqual([true, false, false, false])
})

describe('a filter finds', () => {
  let emulator: TestEmulator
  beforeAll(async () => {
    emulator = await startTestEmulator()
    const eps = 'aaaaaaaa-0000-4000-8000-000000000001'
    await addImages(
      emulator,
      {
        name: 'a',
        tags: ['env=prod', 'plain'],
        created_at: '2024-01-01T00:00:00Z',
        min_ram: 512,
        attributes: { __os_version: 'CentOS 7.6 64bit', __support_kvm: 'true', enterprise_project_id: eps },
      },
      {
        name: 'b',
        tags: ['env=test'],
        created_at: '2024-01-02T00:00:00Z',
        updated_at: '2024-02-02T00:00:00Z',
        min_disk: 2,
        disk_format: 'qcow2',
        attributes: { __support_arm: 'true', __system__cmkid: 'key', enterprise_project_id: '0' },
      },
      {
        name: 'c',
        created_at: '2024-01-03T00:00:00Z',
        status: 'queued',
        protected: true,
        attributes: { __whole_image: 'true', virtual_env_type: 'Ironic', own_attribute: 'yes' },
      },
      { name: 'd', created_at: '2024-01-04T00:00:00Z', attributes: { __platform: 'RedHat' } },
    )
    return () => emulator.close()
  })

  const names = async (query: string) => {
    const reply = await emulator.get(`/v2/cloudimages?owner=${emulator.projectId}&${query}`)
    expect(reply.status).toBe(200)
    return reply.body.images.map((image: { name: string }) => image.name).join('')
  }

  plain.each([
    ['an image by its id', `id=${imageId(2)}`, 'b'],
    ['nothing for an id that no image has', `id=${NO_IMAGE}`, ''],
    ['nothing for a malformed id', 'id=x', ''],
    ['images by name', 'name=c', 'c'],
    ['nothing for a name in another case', 'name=C', ''],
    ['images by status', 'status=queued', 'c'],
    ['no deleted images', 'status=deleted', ''],
    ['protected images', 'protected=true', 'c'],
    ['images that are not protected', 'protected=false', 'dba'],
    ['images of a whole server', '__whole_image=true', 'c'],
    ['images that are not of a whole server', '__whole_image=false', 'dba'],
    ['images by encryption key', '__system__cmkid=key', 'b'],
    ['images by disk format', 'disk_format=qcow2', 'b'],
    ['images by container format', 'container_format=bare', 'dcba'],
    ['images by min_ram', 'min_ram=512', 'a'],
    ['images by min_disk', 'min_disk=2', 'b'],
    ['images by __os_bit', '__os_bit=64', 'a'],
    ['images by __os_type', '__os_type=Linux', 'a'],
    ['images by platform', '__platform=CentOS', 'a'],
    ['Red Hat in one spelling', '__platform=RedHat', 'd'],
    ['Red Hat in the other spelling', '__platform=Red%20Hat', 'd'],
    ['images by environment', 'virtual_env_type=Ironic', 'c'],
    ['ARM images', 'architecture=arm', 'b'],
    ['x86 images', 'architecture=x86', 'dca'],
    ['nothing for an unknown architecture', 'architecture=sparc', ''],
    ['images by support flag', '__support_kvm=true', 'a'],
    ['images by an attribute of the user', 'own_attribute=yes', 'c'],
    ['registered images, whatever the value', '__isregistered=false', 'dcba'],
    ['images by enterprise project', 'enterprise_project_id=aaaaaaaa-0000-4000-8000-000000000001', 'a'],
    ['images in the default enterprise project, named or not', 'enterprise_project_id=0', 'dcb'],
    ['images of all enterprise projects', 'enterprise_project_id=all_granted_eps', 'dcba'],
    ['images by a tag with its value', 'tag=env%3Dtest', 'b'],
    ['images by a tag without a value', 'tag=plain', 'a'],
    ['nothing for the key alone of a tag with a value', 'tag=env', ''],
    ['nothing for a tag in the dotted form', 'tag=env.prod', ''],
    ['images with all of several tags', 'tag=env%3Dprod&tag=plain', 'a'],
    ['images by time of creation', 'created_at=2024-01-02T00:00:00Z', 'b'],
    ['images after a time', 'created_at=gt:2024-01-02T00:00:00Z', 'dc'],
    ['images after or at a time', 'created_at=gte:2024-01-02T00:00:00Z', 'dcb'],
    ['images before a time', 'created_at=lt:2024-01-02T00:00:00Z', 'a'],
    ['images before or at a time', 'created_at=lte:2024-01-02T00:00:00Z', 'ba'],
    ['images of other times than one', 'created_at=neq:2024-01-02T00:00:00Z', 'dca'],
    ['images by a time that is written with a blank', 'created_at=eq:2024-01-02%2000:00:00', 'b'],
    [
      'images within a span of time',
      'created_at=gt:2024-01-01T00:00:00Z&created_at=lt:2024-01-04T00:00:00Z',
      'cb',
    ],
    ['images by time of the last change', 'updated_at=gt:2024-02-01T00:00:00Z', 'b'],
    ['all images for page and offset, which it ignores', 'page=2&offset=3', 'dcba'],
    ['pages of a size', 'limit=2', 'dc'],
    ['the page after a marker', `limit=2&marker=${imageId(3)}`, 'ba'],
    ['the first page for an empty marker', 'limit=2&marker=', 'dc'],
    ['images sorted by name', 'sort_key=name&sort_dir=asc', 'abcd'],
    ['images sorted by status, in the spelling of an SDK', 'sort_key=status%20&sort_dir=desc', 'cdba'],
  ])('a filter finds %s', async (_what, query, found) => {
    expect(await names(query)).toBe(found)
  })

  plain.each([
    ['a limit of 0', 'limit=0'],
    ['a limit that is not a number', 'limit=abc'],
    ['a negative limit', 'limit=-1'],
    ['an unknown sort key', 'sort_key=min_disk'],
    ['an unknown sort direction', 'sort_dir=up'],
    ['a flag that is neither true nor false', 'protected=maybe'],
    ['a __whole_image that is neither true nor false', '__whole_image=1'],
    ['a min_disk that is not a number', 'min_disk=large'],
    ['a min_ram that is not a whole number', 'min_ram=1.5'],
    ['a malformed time', 'created_at=yesterday'],
    ['an unknown operator', 'created_at=after:2024-01-01T00:00:00Z'],
    ['an unknown member_status', 'visibility=shared&member_status=maybe'],
  ])('a list with %s is refused with IMG.0001', async (_what, query) => {
    expectRefusal(await emulator.get(`/v2/cloudimages?${query}`), 'IMG.0001')
  })

  plain.each([
    ['that no image has', NO_IMAGE],
    ['that is malformed', 'x'],
  ])('a marker %s is refused with IMG.0027', async (_what, marker) => {
    expectRefusal(await emulator.get(`/v2/cloudimages?marker=${marker}`), 'IMG.0027')
  })

  plain('a marker that only other tenants see is refused with IMG.0027', async () => {
    expectRefusal(await emulator.get(`/v2/cloudimages?marker=${imageId(1)}`, asPartner), 'IMG.0027')
  })
})

describe('a flavor finds the public images that can be used with it', () => {
  let emulator: TestEmulator
  beforeAll(async () => {
    emulator = await startTestEmulator()
    await addImages(emulator, { attributes: { __support_kvm: 'true' } })
    return () => emulator.close()
  })

  const found = async (query: string): Promise<Record<string, string>[]> =>
    (await emulator.get(`/v2/cloudimages?${query}`)).body.images
  const ids = async (query: string) => (await found(query)).map(({ id }) => id).sort()

  plain('a flavor of a Kunpeng series finds ARM images', async () => {
    const arm = await ids('__imagetype=gold&__support_arm=true')
    expect(arm.length).toBeGreaterThan(0)
    expect(await ids('flavor_id=kc1.large.2')).toEqual(arm)
  })

  plain('a GPU flavor finds images for its GPU', async () => {
    expect(await ids('flavor_id=p2v.2xlarge.8')).toEqual(await ids('__support_kvm_gpu_type=P2V_V100'))
    const m60 = [
      ...(await ids('__support_xen_gpu_type=M60_vGPU')),
      ...(await ids('__support_kvm_gpu_type=M60')),
    ]
    expect(await ids('flavor_id=g1.xlarge')).toEqual(m60.sort())
  })

  plain('a flavor with much memory or many disks finds images with the matching flag', async () => {
    for (const [flavor, flag] of [
      ['m3.large.8', '__support_largememory'],
      ['d2.xlarge.8', '__support_diskintensive'],
      ['h3.large.2', '__support_highperformance'],
    ]) {
      const flags = (await found(`flavor_id=${flavor}`)).map((image) => image[String(flag)])
      expect(new Set(flags)).toEqual(new Set(['true']))
    }
  })

  plain('any other flavor finds public x86 images on KVM or Xen, and no private image', async () => {
    const usable = await found('flavor_id=s6.small.1')
    expect(usable.length).toBeGreaterThan(0)
    const wrong = usable.filter(
      (image) =>
        image.__support_arm === 'true' ||
        image.__imagetype !== 'gold' ||
        (image.__support_kvm !== 'true' && image.__support_xen !== 'true'),
    )
    expect(wrong).toEqual([])
  })

  plain.each(['physical.s4.large', 'large', 'c3', ''])(
    'the unknown flavor %o is refused with IMG.0192',
    async (id) => {
      expectRefusal(await emulator.get(`/v2/cloudimages?flavor_id=${id}`), 'IMG.0192')
    },
  )
})

describe('what a project sees', () => {
  let emulator: TestEmulator
  beforeAll(async () => {
    emulator = await startTestEmulator()
    const member = (status: string) => ({ members: [{ project_id: PARTNER, status }] })
    await addImages(
      emulator,
      { name: 'own' },
      { name: 'accepted', ...member('accepted') },
      { name: 'pending', ...member('pending') },
      { name: 'rejected', ...member('rejected') },
    )
    return () => emulator.close()
  })

  const look = async (query: string, token: object = {}) => {
    const reply = await emulator.get(`/v2/cloudimages?sort_key=name&sort_dir=asc&${query}`, token)
    return reply.body.images.map((image: { name: string }) => image.name).join(' ')
  }

  plain.each([
    ['its own images, and no public ones, when it filters by owner', '', 'accepted own pending rejected', ''],
    ['private images that are shared with nobody', '__imagetype=private', 'own', ''],
    ['private images by visibility', 'visibility=private', 'own', ''],
    [
      'shared images, in any state for the owner',
      '__imagetype=shared',
      'accepted pending rejected',
      'accepted',
    ],
    ['shared images by visibility', 'visibility=shared', 'accepted pending rejected', 'accepted'],
    ['images that it has accepted', 'member_status=accepted&visibility=shared', '', 'accepted'],
    ['images that wait for its decision', 'member_status=pending&visibility=shared', '', 'pending'],
    ['images that it has rejected', 'member_status=rejected&__imagetype=shared', '', 'rejected'],
    [
      'the same images with member_status alone',
      'member_status=pending',
      'accepted own pending rejected',
      'accepted',
    ],
    ['nothing for an unknown type', '__imagetype=secret', '', ''],
    ['nothing for an unknown visibility', 'visibility=secret', '', ''],
    ['nothing that is private and shared', '__imagetype=private&visibility=shared', '', ''],
  ])('a project sees %s', async (_what, query, owner, member) => {
    const byOwner = `&owner=${emulator.projectId}`
    expect(await look(query + byOwner)).toBe(owner)
    if (query !== '') expect(await look(query + byOwner, asPartner)).toBe(member)
  })

  plain(
    'every project sees public images by type and by visibility, and market images only on request',
    async () => {
      const gold = await look('__imagetype=gold')
      expect(await look('visibility=public')).toBe(gold)
      expect(await look('__imagetype=gold&visibility=public&protected=true', asPartner)).toBe(gold)
      const market = await look('__imagetype=market')
      expect(market).not.toBe('')
      expect(await look('__imagetype=market&visibility=public')).toBe(market)
      expect((await look('')).includes(market)).toBe(false)
    },
  )

  plain('owner and member see a shared image with the same id, owner and visibility', async () => {
    const query = `/v2/cloudimages?id=${imageId(2)}`
    const forOwner = (await emulator.get(query)).body
    expect((await emulator.get(query, asPartner)).body).toEqual(forOwner)
    expect(forOwner.images[0]).toMatchObject({
      owner: emulator.projectId,
      __imagetype: 'shared',
      visibility: 'shared',
    })
  })

  plain(
    'a public image has its type, visibility and protection, and no __system_support_market',
    async () => {
      const [image] = (await emulator.get(`/v2/cloudimages?id=${PUBLIC}`)).body.images
      expect(image).toMatchObject({ __imagetype: 'gold', visibility: 'public', protected: true, tags: [] })
      expect(image).not.toHaveProperty('__system_support_market')
    },
  )
})
