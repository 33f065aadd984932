import { beforeAll, describe, test as plain } from 'vitest'
import { expect, startTestEmulator, type TestEmulator, test } from '../../emulator.ts'
import { addImages, asPartner, expectRefusal, imageId, NO_IMAGE, PARTNER } from '../../private-image.ts'

const PUBLIC = '1ef2a30f-80ce-47cc-896a-b3aed49017be'
const EPS = 'aaaaaaaa-0000-4000-8000-000000000001'

const path = (id: string) => `/v2/cloudimages/${id}`
const replace = (attribute: string, value: unknown) => ({ op: 'replace', path: `/${attribute}`, value })
const add = (attribute: string, value: unknown) => ({ op: 'add', path: `/${attribute}`, value })
const remove = (attribute: string) => ({ op: 'remove', path: `/${attribute}` })

async function imageOf(emulator: TestEmulator, id: string): Promise<Record<string, unknown>> {
  return (await emulator.get(`/v2/cloudimages?id=${id}`)).body.images[0]
}

test('a patch returns the changed image with a new updated_at', async ({ emulator }) => {
  const [id = ''] = await addImages(emulator, { created_at: '2024-01-01T00:00:00Z' })
  const before = await imageOf(emulator, id)
  const reply = await emulator.patch(path(id), [replace('name', 'new'), add('__description', 'said')])
  expect(reply.status).toBe(200)
  expect(reply.body).toEqual({
    ...before,
    name: 'new',
    __description: 'said',
    updated_at: expect.stringMatching(/Z$/),
  })
  expect(reply.body.updated_at).not.toBe(before.updated_at)
  expect(await imageOf(emulator, id)).toEqual(reply.body)
})

describe('a change is made', () => {
  const attributes = { __description: 'old', own: 'x', hw_firmware_type: 'bios', __support_kvm: 'true' }
  test.for([
    ['of min_ram to a number, stored as a number,', [replace('min_ram', 1024)], { min_ram: 1024 }],
    ['of min_ram to digits, stored as a number,', [replace('min_ram', '2048')], { min_ram: 2048 }],
    ['of max_ram to a number, stored as a text,', [replace('max_ram', 4096)], { max_ram: '4096' }],
    ['of max_ram to 0', [replace('max_ram', 0)], { max_ram: '0' }],
    ['of the description', [replace('__description', 'new')], { __description: 'new' }],
    ['that empties the description', [replace('__description', '')], { __description: undefined }],
    ['that adds an existing attribute, and so replaces it,', [add('own', 'y')], { own: 'y' }],
    ['that adds an attribute of the user', [add('team', 'core')], { team: 'core' }],
    ['that removes an attribute', [remove('own')], { own: undefined }],
    ['of the boot mode', [replace('hw_firmware_type', 'uefi')], { hw_firmware_type: 'uefi' }],
    ['of a flag', [add('__support_xen', 'true')], { __support_xen: 'true' }],
    [
      'of a flag that is sent as a boolean',
      [add('__support_largememory', true)],
      { __support_largememory: 'true' },
    ],
    [
      'of the card queues',
      [add('hw_vif_multiqueue_enabled', 'false')],
      { hw_vif_multiqueue_enabled: 'false' },
    ],
    ['of the state of the configuration', [add('__is_config_init', 'true')], { __is_config_init: 'true' }],
    [
      'from KVM to a GPU in one request',
      [remove('__support_kvm'), add('__support_kvm_gpu_type', 'V100')],
      { __support_kvm: undefined, __support_kvm_gpu_type: 'V100' },
    ],
    ['to the default enterprise project', [add('enterprise_project_id', '')], { enterprise_project_id: '0' }],
    [
      'of several operations, made in their order,',
      [add('a', '1'), replace('a', '2'), remove('own')],
      { a: '2', own: undefined },
    ],
  ] as const)('a change %s is made', async ([_how, changes, expected], { emulator }) => {
    const [id = ''] = await addImages(emulator, { attributes })
    const reply = await emulator.patch(path(id), changes)
    expect(reply.status).toBe(200)
    const changed = Object.fromEntries(Object.keys(expected).map((name) => [name, reply.body[name]]))
    expect(changed).toEqual(expected)
  })

  test('a change moves an image to an enterprise project of the account, where the filter finds it', async ({
    emulator,
  }) => {
    const caller = (await emulator.get('/_ims/info')).body
    expect(caller.project_id).toBe(emulator.projectId)
    await emulator.post('/_ims/fixtures', {
      enterprise_projects: [{ id: EPS, domain_id: '0605767a7780d5e50fe5c00a6d1b1c2a', name: 'eps' }],
    })
    const [id = ''] = await addImages(emulator, {})
    const reply = await emulator.patch(path(id), [add('enterprise_project_id', EPS)])
    expect([reply.status, reply.body.enterprise_project_id]).toEqual([200, EPS])
    expect((await emulator.get(`/v2/cloudimages?enterprise_project_id=${EPS}`)).body.images).toEqual([
      reply.body,
    ])
  })
})

describe('a patch is refused', () => {
  let emulator: TestEmulator
  beforeAll(async () => {
    emulator = await startTestEmulator()
    await emulator.post('/_ims/fixtures', {
      enterprise_projects: [
        { id: EPS, domain_id: 'another account', name: 'theirs' },
        {
          id: EPS.replace(/1$/, '2'),
          domain_id: '0605767a7780d5e50fe5c00a6d1b1c2a',
          name: 'disabled',
          enabled: false,
        },
      ],
    })
    await addImages(
      emulator,
      { attributes: { own: 'x', __support_kvm: 'true' } },
      { attributes: { __support_arm: 'true' } },
      { status: 'queued' },
      { status: 'deactivated' },
      { owner: PARTNER, members: [{ project_id: emulator.projectId }] },
      { attributes: { __support_xen: 'true' } },
    )
    return () => emulator.close()
  })

  const rename = [replace('name', 'new')]
  plain.each([
    ['for a malformed id', 'x', 'IMG.0066'],
    ['for an unknown image', NO_IMAGE, 'IMG.0027'],
    ['for a public image', PUBLIC, 'IMG.0105'],
    ['for an image that was shared with the project', imageId(5), 'IMG.0047'],
    ['for an image that waits for its bytes', imageId(3), 'IMG.0046'],
    ['for an image that is deactivated', imageId(4), 'IMG.0046'],
  ])('a patch %s is refused', async (_when, id, code) => {
    expectRefusal(await emulator.patch(path(id), rename), code)
  })

  plain('a patch of an image of another tenant is refused with IMG.0027', async () => {
    expectRefusal(await emulator.patch(path(imageId(1)), rename, asPartner), 'IMG.0027')
  })

  plain.each([
    ['without an operation', [], 'IMG.0001'],
    ['that is not a list', { op: 'replace', path: '/name', value: 'new' }, 'IMG.0001'],
    ['with an unknown operation', [{ op: 'move', path: '/name', value: 'new' }], 'IMG.0001'],
    ['without a path', [{ op: 'replace', value: 'new' }], 'IMG.0001'],
    ['with a path without a slash', [{ op: 'replace', path: 'name', value: 'new' }], 'IMG.0001'],
    ['with a path into a value', [{ op: 'replace', path: '/tags/0', value: 'new' }], 'IMG.0001'],
    ['with a value that is a list', [replace('own', ['y'])], 'IMG.0001'],
    ['without the value that it adds', [{ op: 'add', path: '/own' }], 'IMG.0001'],
    ['that replaces the name without a value', [{ op: 'replace', path: '/name' }], 'IMG.0013'],
    ['with an empty name', [replace('name', '')], 'IMG.0013'],
    ['with a name of 129 characters', [replace('name', 'x'.repeat(129))], 'IMG.0002'],
    ['with a name that begins with a blank', [replace('name', ' x')], 'IMG.0003'],
    ['with a name with forbidden characters', [replace('name', 'a/b')], 'IMG.0003'],
    ['with a description of 1025 characters', [add('__description', 'x'.repeat(1025))], 'IMG.0004'],
    ['with a description in angle brackets', [add('__description', '<b>')], 'IMG.0054'],
    ['with a description of two lines', [add('__description', 'a\nb')], 'IMG.0054'],
    ['with a negative memory', [replace('min_ram', -1)], 'IMG.0055'],
    ['with a memory that is not a number', [replace('max_ram', 'much')], 'IMG.0055'],
    ['with an unknown boot mode', [add('hw_firmware_type', 'coreboot')], 'IMG.0141'],
    ['with a malformed id of an enterprise project', [add('enterprise_project_id', 'x')], 'IMG.0155'],
    ['with an unknown enterprise project', [add('enterprise_project_id', NO_IMAGE)], 'IMG.0155'],
    ['with an enterprise project of another account', [add('enterprise_project_id', EPS)], 'IMG.0155'],
    [
      'with a disabled enterprise project',
      [add('enterprise_project_id', EPS.replace(/1$/, '2'))],
      'IMG.0155',
    ],
    ['that replaces an attribute it does not have', [replace('__description', 'new')], 'IMG.0035'],
    ['that removes an attribute it does not have', [remove('other')], 'IMG.0035'],
    ['that removes the name', [remove('name')], 'IMG.0035'],
    ['that removes the memory', [remove('min_ram')], 'IMG.0035'],
    ['of an attribute with capitals', [add('Own', 'y')], 'IMG.0035'],
    ['of the id', [replace('id', NO_IMAGE)], 'IMG.0035'],
    ['of the status', [replace('status', 'killed')], 'IMG.0035'],
    ['of the tags', [add('tags', 'x')], 'IMG.0035'],
    ['of the operating system', [replace('__os_version', 'CentOS 7.6 64bit')], 'IMG.0035'],
    ['of __system_support_market', [replace('__system_support_market', false)], 'IMG.0035'],
    ['of a flag to false', [add('__support_xen', 'false')], 'IMG.0035'],
    ['of the GPU to an unknown one', [add('__support_kvm_gpu_type', 'K80')], 'IMG.0035'],
    ['of the GPU while the image runs on plain KVM', [add('__support_kvm_gpu_type', 'V100')], 'IMG.0035'],
    ['to HANA while the image runs on plain KVM', [add('__support_xen_hana', 'true')], 'IMG.0035'],
  ])('a patch %s is refused', async (_when, changes, code) => {
    const before = await imageOf(emulator, imageId(1))
    expectRefusal(await emulator.patch(path(imageId(1)), changes), code)
    expect(await imageOf(emulator, imageId(1))).toEqual(before)
  })

  plain('a patch that sets BIOS on an ARM image is refused with IMG.0141', async () => {
    expectRefusal(await emulator.patch(path(imageId(2)), [add('hw_firmware_type', 'bios')]), 'IMG.0141')
  })

  plain('a patch to InfiniBand of an image on Xen is refused with IMG.0035', async () => {
    const changes = [add('__support_kvm_infiniband', 'true')]
    expectRefusal(await emulator.patch(path(imageId(6)), changes), 'IMG.0035')
  })

  plain('a patch whose last operation fails applies none of its operations', async () => {
    const changes = [replace('name', 'half'), add('own', 'y'), remove('other')]
    expectRefusal(await emulator.patch(path(imageId(1)), changes), 'IMG.0035')
    expect(await imageOf(emulator, imageId(1))).toMatchObject({ name: 'image-1', own: 'x' })
  })

  plain(
    'a patch without a body is refused with IMG.0007, and one that is not JSON with IMG.0001',
    async () => {
      expectRefusal(await emulator.patch(path(imageId(1))), 'IMG.0007')
      expectRefusal(await emulator.request('PATCH', path(imageId(1)), { body: '[{' }), 'IMG.0001')
    },
  )
})
