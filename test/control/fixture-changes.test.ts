import { describe } from 'vitest'
import {
  BACKUP,
  diskOf,
  ended,
  imageNames,
  imageWith,
  jobOf,
  KEY,
  madeImage,
  PUBLIC_IMAGE,
  SERVER,
  VAULT,
} from '../demo-world.ts'
import { expect, type Reply, type TestEmulator, test } from '../emulator.ts'
import { asPartner, expectRefusal, NO_IMAGE, PARTNER } from '../private-image.ts'

const path = (kind: string, id: string) => `/_ims/fixtures/${kind}/${id}`
const change = (emulator: TestEmulator, kind: string, id: string, fields: unknown) =>
  emulator.patch(path(kind, id), fields)

async function changed(emulator: TestEmulator, kind: string, id: string, fields: object): Promise<void> {
  const reply = await change(emulator, kind, id, fields)
  expect({ status: reply.status, body: reply.body }).toMatchObject({ status: 200, body: { id, ...fields } })
}

async function removed(emulator: TestEmulator, kind: string, id: string): Promise<void> {
  expect((await emulator.delete(path(kind, id))).status).toBe(204)
  expect((await emulator.get(path(kind, id))).status).toBe(404)
}

const create = (emulator: TestEmulator, body: object) => emulator.post('/v2/cloudimages/action', body)
const fromServer = (emulator: TestEmulator, id: string) =>
  create(emulator, { name: 'of-server', instance_id: id })
const whole = (emulator: TestEmulator, body: object) =>
  emulator.post('/v1/cloudimages/wholeimages/action', { name: 'whole', ...body })
const copy = (emulator: TestEmulator, id: string, body: object = {}, as = {}) =>
  emulator.post(`/v1/cloudimages/${id}/copy`, { name: 'copy', ...body }, as)
const exportTo = (emulator: TestEmulator, id: string, key: string) =>
  emulator.post(`/v1/cloudimages/${id}/file`, { bucket_url: `images:${key}`, file_format: 'qcow2' })
const share = (emulator: TestEmulator, id: string) =>
  emulator.post('/v1/cloudimages/members', { images: [id], projects: [PARTNER] })

describe('a key', () => {
  test.for([
    ['disabled', { state: 'disabled' }, { source: 'IMG.0102', target: 'IMG.0097' }],
    ['to be deleted', { state: 'pending_deletion' }, { source: 'IMG.0102', target: 'IMG.0097' }],
    ['frozen', { state: 'frozen' }, { source: 'IMG.0102', target: 'IMG.0097' }],
    ['deleted', null, { source: 'IMG.0101', target: 'IMG.0095' }],
  ] as const)(
    'that is %s makes its images unavailable: copy and export are refused, and so are sharing and new images',
    async ([_how, fields, { source, target }], { emulator }) => {
      await changed(emulator, 'keys', KEY.demo, { grants: [PARTNER] })
      const id = await emulator.importImage({ cmk_id: KEY.demo })
      if (fields === null) await removed(emulator, 'keys', KEY.demo)
      else await changed(emulator, 'keys', KEY.demo, fields)
      expectRefusal(await copy(emulator, id), source)
      expectRefusal(await exportTo(emulator, id, 'a.qcow2'), source)
      expectRefusal(await copy(emulator, await emulator.importImage(), { cmk_id: KEY.demo }), target)
      expectRefusal(
        await create(emulator, { name: 'x', image_url: 'images:tiny.qcow2', min_disk: 1, cmk_id: KEY.demo }),
        target,
      )
      expectRefusal(await share(emulator, id), 'IMG.0098')
      expect(await imageWith(emulator, id)).toMatchObject({ status: 'active', __system__cmkid: KEY.demo })
      const rename = [{ op: 'replace', path: '/name', value: 'renamed' }]
      expect((await emulator.patch(`/v2/cloudimages/${id}`, rename)).status).toBe(200)
      expect((await emulator.delete(`/v2/images/${id}`)).status).toBe(204)
    },
  )

  test('that is enabled again makes its images available again', async ({ emulator }) => {
    const id = await emulator.importImage({ cmk_id: KEY.demo })
    await changed(emulator, 'keys', KEY.demo, { state: 'disabled' })
    await changed(emulator, 'keys', KEY.demo, { state: 'enabled' })
    await madeImage(emulator, await copy(emulator, id))
    expect((await ended(emulator, await exportTo(emulator, id, 'a.qcow2'))).status).toBe('SUCCESS')
  })

  test('of encrypted disks has to be enabled for images of them', async ({ emulator }) => {
    const { keys } = (await emulator.get('/_ims/fixtures/keys')).body
    for (const { id } of keys) await change(emulator, 'keys', id, { state: 'disabled' })
    expectRefusal(await fromServer(emulator, SERVER.encrypted), 'IMG.0097')
    expectRefusal(
      await whole(emulator, { instance_id: SERVER.encrypted, vault_id: VAULT.servers }),
      'IMG.0097',
    )
    const backup = { backup_id: BACKUP.cbrEncrypted, whole_image_type: 'CBR' }
    expectRefusal(await whole(emulator, backup), 'IMG.0097')
    for (const { id } of keys) await change(emulator, 'keys', id, { state: 'enabled' })
    jobOf(await fromServer(emulator, SERVER.encrypted))
    jobOf(await whole(emulator, backup))
  })

  test('whose grant is withdrawn cannot be used by those with whom its image is shared', async ({
    emulator,
  }) => {
    await changed(emulator, 'keys', KEY.demo, { grants: [PARTNER] })
    const id = await emulator.importImage({ cmk_id: KEY.demo })
    expect((await ended(emulator, await share(emulator, id))).status).toBe('SUCCESS')
    await emulator.put(
      '/v1/cloudimages/members',
      { images: [id], project_id: PARTNER, status: 'accepted' },
      asPartner,
    )
    await emulator.advance()
    jobOf(await copy(emulator, id, {}, asPartner))
    await changed(emulator, 'keys', KEY.demo, { grants: [] })
    expectRefusal(await copy(emulator, id, {}, asPartner), 'IMG.0197')
    expect(await imageNames(emulator, asPartner)).toContain('copy')
    expect((await emulator.get(`/v2/cloudimages?__imagetype=shared`, asPartner)).body.images).toHaveLength(1)
  })
})

describe('a server', () => {
  test('is imaged when it runs or is stopped, and in no other state', async ({ emulator }) => {
    await changed(emulator, 'servers', SERVER.web, { status: 'SHUTOFF' })
    await madeImage(emulator, await fromServer(emulator, SERVER.web))
    await changed(emulator, 'servers', SERVER.web, { status: 'REBOOT' })
    expectRefusal(await fromServer(emulator, SERVER.web), 'IMG.0008')
    expectRefusal(await whole(emulator, { instance_id: SERVER.web, vault_id: VAULT.servers }), 'IMG.0126')
    await changed(emulator, 'servers', SERVER.web, { status: 'ACTIVE', task: 'resizing' })
    expectRefusal(await fromServer(emulator, SERVER.web), 'IMG.0010')
    expect((await change(emulator, 'servers', SERVER.web, { task: null })).body.task).toBeUndefined()
    await changed(emulator, 'servers', SERVER.web, { reclaimed: true })
    expectRefusal(await fromServer(emulator, SERVER.web), 'IMG.0164')
    await changed(emulator, 'servers', SERVER.web, { reclaimed: false, frozen: true })
    expectRefusal(await fromServer(emulator, SERVER.web), 'IMG.0008')
  })

  test('that is deleted takes its system disk along, frees the others, and leaves its images', async ({
    emulator,
  }) => {
    const { id } = await madeImage(emulator, await fromServer(emulator, SERVER.web))
    await removed(emulator, 'servers', SERVER.web)
    expectRefusal(await fromServer(emulator, SERVER.web), 'IMG.0005')
    expect((await emulator.get(path('volumes', diskOf(1, 1)))).status).toBe(404)
    const data = (await emulator.get(path('volumes', diskOf(1, 2)))).body
    expect([data.status, data.server_id]).toEqual(['available', undefined])
    expect(await imageWith(emulator, id)).toMatchObject({
      status: 'active',
      __data_origin: `instance,${SERVER.web}`,
    })
    await madeImage(emulator, await copy(emulator, id))
  })

  test('that is deleted leaves the bytes in its backups', async ({ emulator }) => {
    const { id, size } = await madeImage(
      emulator,
      await whole(emulator, { backup_id: BACKUP.cbr, whole_image_type: 'CBR' }),
    )
    expect(size).toBeGreaterThan(0)
    await emulator.delete(`/v2/images/${id}`)
    await removed(emulator, 'servers', SERVER.web)
    const again = await madeImage(
      emulator,
      await whole(emulator, { backup_id: BACKUP.cbr, whole_image_type: 'CBR' }),
    )
    expect(again.size).toBe(size)
  })
})

describe('a disk', () => {
  const data = (id: string) => ({ data_images: [{ name: 'data', volume_id: id }] })

  test('is imaged while it is attached and can be read', async ({ emulator }) => {
    const disk = diskOf(1, 2)
    await changed(emulator, 'volumes', disk, { status: 'error' })
    expectRefusal(await create(emulator, data(disk)), 'IMG.0022')
    await changed(emulator, 'volumes', disk, { status: 'in-use' })
    const detached = (await change(emulator, 'volumes', disk, { server_id: null })).body
    expect([detached.status, detached.server_id]).toEqual(['available', undefined])
    expectRefusal(await create(emulator, data(disk)), 'IMG.0120')
    const attached = await change(emulator, 'volumes', disk, { server_id: SERVER.stopped })
    expect(attached.body).toMatchObject({ status: 'in-use', server_id: SERVER.stopped })
    jobOf(await create(emulator, data(disk)))
    await emulator.advance()
    await removed(emulator, 'volumes', disk)
    expectRefusal(await create(emulator, data(disk)), 'IMG.0120')
  })
})

describe('a vault', () => {
  const backUp = (emulator: TestEmulator) =>
    whole(emulator, { instance_id: SERVER.stopped, vault_id: VAULT.servers })

  test('takes backups while it is available and has room', async ({ emulator }) => {
    await changed(emulator, 'vaults', VAULT.servers, { status: 'lock' })
    expectRefusal(await backUp(emulator), 'IMG.0188')
    await changed(emulator, 'vaults', VAULT.servers, { status: 'available', used: 1000 })
    expectRefusal(await backUp(emulator), 'IMG.0182')
    await changed(emulator, 'vaults', VAULT.servers, { used: 0, object_type: 'disk' })
    expectRefusal(await backUp(emulator), 'IMG.0193')
    await changed(emulator, 'vaults', VAULT.servers, { object_type: 'server', server_limit: 0 })
    expectRefusal(await backUp(emulator), 'IMG.0185')
    await changed(emulator, 'vaults', VAULT.servers, { server_limit: 9 })
    jobOf(await backUp(emulator))
  })

  test('that is deleted takes its backups along and lets its servers go', async ({ emulator }) => {
    const image = await madeImage(emulator, await backUp(emulator))
    const bound = (await emulator.get(path('servers', SERVER.stopped))).body
    expect(bound.vault_id).toBe(VAULT.servers)
    await removed(emulator, 'vaults', VAULT.servers)
    expectRefusal(await backUp(emulator), 'IMG.0184')
    expect((await emulator.get(path('servers', SERVER.stopped))).body.vault_id).toBeUndefined()
    expect((await emulator.get(path('backups', image.__backup_id))).status).toBe(404)
    expect(await imageWith(emulator, image.id)).toMatchObject({ status: 'active' })
    expectRefusal(await share(emulator, image.id), 'IMG.0135')
  })
})

describe('a backup', () => {
  const ofBackup = (emulator: TestEmulator) =>
    whole(emulator, { backup_id: BACKUP.cbr, whole_image_type: 'CBR' })

  test('becomes an image while it is available, and is not found once it is deleted', async ({
    emulator,
  }) => {
    await changed(emulator, 'backups', BACKUP.cbr, { status: 'restoring' })
    expectRefusal(await ofBackup(emulator), 'IMG.0032')
    await changed(emulator, 'backups', BACKUP.cbr, { status: 'available', shared_disks: true })
    expectRefusal(await ofBackup(emulator), 'IMG.0032')
    await changed(emulator, 'backups', BACKUP.cbr, { shared_disks: false })
    jobOf(await ofBackup(emulator))
    await emulator.advance()
    await removed(emulator, 'backups', BACKUP.cbr)
    expectRefusal(await ofBackup(emulator), 'IMG.0198')
  })
})

describe('a public image', () => {
  const listed = async (emulator: TestEmulator, catalogue = 'gold') => {
    const { images } = (await emulator.get(`/v2/cloudimages?__imagetype=${catalogue}&limit=1000`)).body
    return images.map(({ id }: { id: string }) => id)
  }

  test('that is withdrawn is gone, and images that were made from it stay', async ({ emulator }) => {
    const { id } = await madeImage(emulator, await fromServer(emulator, SERVER.web))
    await removed(emulator, 'images', PUBLIC_IMAGE.centos)
    expect(await listed(emulator)).not.toContain(PUBLIC_IMAGE.centos)
    expect((await emulator.get(`/v2/images/${PUBLIC_IMAGE.centos}`)).status).toBe(404)
    expect(await imageWith(emulator, id)).toMatchObject({ __originalimagename: PUBLIC_IMAGE.centos })
    await madeImage(emulator, await fromServer(emulator, SERVER.web))
  })

  test('that is charged for is still the origin of its images once it is withdrawn', async ({ emulator }) => {
    const { id } = await madeImage(emulator, await fromServer(emulator, SERVER.windows))
    await removed(emulator, 'images', PUBLIC_IMAGE.windows)
    expectRefusal(await exportTo(emulator, id, 'windows.qcow2'), 'IMG.0079')
  })

  test('is renamed, hidden and renewed under another id', async ({ emulator }) => {
    await changed(emulator, 'images', PUBLIC_IMAGE.centos, { name: 'CentOS, renewed' })
    expect((await imageWith(emulator, PUBLIC_IMAGE.centos)).name).toBe('CentOS, renewed')
    await changed(emulator, 'images', PUBLIC_IMAGE.centos, { hidden: true })
    expect(await listed(emulator)).not.toContain(PUBLIC_IMAGE.centos)
    const native = await emulator.get('/v2/images?visibility=public&limit=1000')
    expect(native.text).not.toContain(PUBLIC_IMAGE.centos)
    expect((await emulator.get(`/v2/images/${PUBLIC_IMAGE.centos}`)).body.status).toBe('active')
    const whole = (await emulator.get(path('images', PUBLIC_IMAGE.centos))).body
    const { hidden: _, ...image } = whole
    const owner = '1bed856811654c1cb661a6ca845ebc77'
    await removed(emulator, 'images', PUBLIC_IMAGE.centos)
    const renewed = await emulator.post('/_ims/fixtures', { owner, images: [{ ...image, id: NO_IMAGE }] })
    expect(renewed.body).toEqual({ added: { images: 1 } })
    expect(await imageWith(emulator, NO_IMAGE)).toMatchObject({
      name: 'CentOS, renewed',
      __imagetype: 'gold',
    })
  })

  test('of the market shows that it was taken off the shelf, until the mark is removed', async ({
    emulator,
  }) => {
    const attributes = { __is_offshelved: 'true' }
    const reply = await change(emulator, 'images', PUBLIC_IMAGE.market, { attributes })
    expect(reply.body.attributes).toMatchObject(attributes)
    const shown = async () =>
      (await emulator.get(`/v2/cloudimages?__imagetype=market&id=${PUBLIC_IMAGE.market}`)).body.images[0]
    expect(await shown()).toMatchObject({ __is_offshelved: 'true', __platform: expect.any(String) })
    await change(emulator, 'images', PUBLIC_IMAGE.market, { attributes: { __is_offshelved: null } })
    expect((await shown()).__is_offshelved).toBeUndefined()
  })
})

describe('the control plane refuses', () => {
  const problem = (reply: Reply) => [reply.status, reply.body.detail]

  test.for([
    [
      'keys',
      KEY.none,
      { state: 'enabled' },
      404,
      `${KEY.none} is not among the keys of this world; GET /_ims/fixtures/keys lists them`,
    ],
    [
      'key',
      KEY.demo,
      { state: 'enabled' },
      404,
      'nothing of the kind key changes while a world runs; did you mean keys?',
    ],
    [
      'users',
      'demo',
      { enabled: false },
      404,
      'nothing of the kind users changes while a world runs; these do: images, vaults, servers, keys, volumes, backups',
    ],
    [
      'keys',
      KEY.demo,
      { stat: 'enabled' },
      400,
      `keys.${KEY.demo}: there is no key stat here; did you mean state?`,
    ],
    [
      'keys',
      KEY.demo,
      {},
      400,
      `keys.${KEY.demo}: nothing is to be changed; write at least one of alias, state, grants`,
    ],
    [
      'volumes',
      diskOf(1, 2),
      { server_id: SERVER.none },
      400,
      `volume ${diskOf(1, 2)} names the server ${SERVER.none}, which does not exist`,
    ],
    [
      'servers',
      SERVER.web,
      { vault_id: VAULT.none },
      400,
      `server ${SERVER.web} names the vault ${VAULT.none}, which does not exist`,
    ],
    [
      'backups',
      BACKUP.cbr,
      { os_version: 'BeOS' },
      400,
      `backup ${BACKUP.cbr} names the operating system BeOS, which does not exist`,
    ],
  ] as const)('a change of %s %s to %o with %i', async ([kind, id, fields, status, detail], { emulator }) => {
    expect(problem(await change(emulator, kind, id, fields))).toEqual([status, detail])
  })

  test('a state that no key has, and changes nothing', async ({ emulator }) => {
    const before = (await emulator.get(path('keys', KEY.demo))).body
    expect((await change(emulator, 'keys', KEY.demo, { alias: 'other', state: 'disbled' })).status).toBe(400)
    expect((await emulator.get(path('keys', KEY.demo))).body).toEqual(before)
  })

  test('to remove what does not exist', async ({ emulator }) => {
    expect((await emulator.delete(path('servers', SERVER.none))).status).toBe(404)
    expect((await emulator.delete(path('projects', emulator.projectId))).status).toBe(404)
  })
})

test('keys, vaults, volumes and backups of a list are fixtures that another world takes', async ({
  emulator,
}) => {
  const kinds = ['keys', 'vaults', 'servers', 'volumes', 'backups']
  const lists = []
  for (const kind of kinds) lists.push((await emulator.get(`/_ims/fixtures/${kind}`)).body)
  const scenario = { scenario: 'empty', fixtures: ['demo-tenants', 'public-images'] }
  await emulator.post('/_ims/worlds', { name: 'blue', scenario })
  const added = await emulator.post('/_ims/worlds/blue/fixtures', Object.assign({}, ...lists))
  expect(added.status).toBe(201)
  for (const [n, kind] of kinds.entries())
    expect((await emulator.get(`/_ims/worlds/blue/fixtures/${kind}`)).body).toEqual(lists[n])
})
