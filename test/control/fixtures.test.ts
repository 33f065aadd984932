import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test as plain } from 'vitest'
import { ENTERPRISE_PROJECT, imageWith, jobOf, madeImage, privateImage, SERVER } from '../demo-world.ts'
import { expect, type Reply, scratchFolder, startTestEmulator, type TestEmulator, test } from '../emulator.ts'
import { asPartner, imageId, PARTNER } from '../private-image.ts'
import { startScenario } from '../scenario.ts'

const DEMO = '0605767a9500d5ed2fb3c00a8e3a0d4c'
const add = (emulator: TestEmulator, body: unknown) => emulator.post('/_ims/fixtures', body, { token: null })

function expectProblem(reply: Reply, status: number, detail: string): void {
  const title = status === 409 ? 'Conflict' : 'Bad Request'
  expect({ status: reply.status, body: reply.body }).toEqual({
    status,
    body: { type: 'about:blank', title, status, detail },
  })
}

describe('adding a fixture', () => {
  test('returns the number of items of each section, and the items exist at once', async ({ emulator }) => {
    const reply = await add(emulator, {
      projects: [{ id: 'p', name: 'p', region: 'cn-north-4', domain_id: 'd', domain_name: 'd' }],
      users: [
        { id: 'u', name: 'u', project_id: 'p', roles: ['te_admin'], token: 'p-token', access_key: 'PKEY' },
      ],
      enterprise_projects: [{ id: ENTERPRISE_PROJECT.none, domain_id: 'd', name: 'e' }],
      keys: [{ id: 'k', project_id: 'p', alias: 'k' }],
      vaults: [{ id: 'v', project_id: 'p', name: 'v', capacity: 100 }],
      servers: [
        {
          id: SERVER.none,
          project_id: 'p',
          name: 's',
          os_version: 'CentOS 7.6 64bit',
          firmware: 'uefi',
          volumes: [{ id: 'd1', size: 10, system: true, key_id: 'k' }],
        },
      ],
      volumes: [{ id: 'd2', project_id: 'p', size: 20, server_id: SERVER.none }],
      backups: [{ id: 'b', project_id: 'p', name: 'b', kind: 'CBR', server_id: SERVER.none, vault_id: 'v' }],
      agencies: [{ name: 'a', domain_id: 'd', projects: ['p'] }],
      buckets: [{ name: 'far', region: 'cn-east-3' }],
    })
    expect([reply.status, reply.body]).toEqual([
      201,
      {
        added: {
          projects: 1,
          users: 1,
          enterprise_projects: 1,
          agencies: 1,
          keys: 1,
          vaults: 1,
          servers: 1,
          volumes: 1,
          backups: 1,
          buckets: 1,
        },
      },
    ])
    const sent = { token: 'p-token' }
    const body = { name: 'made', instance_id: SERVER.none, enterprise_project_id: ENTERPRISE_PROJECT.none }
    const created = await emulator.post('/v2/cloudimages/action', body, sent)
    jobOf(created)
    await emulator.advance()
    const { images } = (await emulator.get('/v2/cloudimages?name=made', sent)).body
    expect(images).toMatchObject([
      {
        min_disk: 10,
        __os_version: 'CentOS 7.6 64bit',
        hw_firmware_type: 'uefi',
        __system__cmkid: 'k',
        owner: 'p',
      },
    ])
  })

  test('without items adds nothing', async ({ emulator }) => {
    expect((await add(emulator, {})).body).toEqual({ added: {} })
  })

  test('works for a fixture file of a scenario', async () => {
    using folder = scratchFolder()
    const file = join(folder.path, 'mine.yaml')
    writeFileSync(file, `images: [{ imagetype: private, id: ${imageId(1)}, name: mine, owner: ${DEMO} }]`)
    await using emulator = await startScenario({ fixtures: ['demo-tenants', file] })
    expect((await imageWith(emulator, imageId(1))).name).toBe('mine')
  })

  test('works for a fixture written in a scenario, whose mistakes stop the start', async () => {
    const image = { imagetype: 'private', id: imageId(1), name: 'mine', owner: DEMO }
    await using emulator = await startScenario({ fixtures: ['demo-tenants', { images: [image] }] })
    expect((await imageWith(emulator, imageId(1))).name).toBe('mine')
    const wrong = { images: [{ ...image, owner: 'nobody' }] }
    await expect(startScenario({ fixtures: ['demo-tenants', wrong] })).rejects.toThrow(
      `a fixture in the scenario: image ${imageId(1)} names the project nobody, which does not exist`,
    )
    await expect(startScenario({ fixtures: ['demo-tenants', { image: [] }] })).rejects.toThrow(
      'there is no key image here; did you mean images?',
    )
  })

  test("works for a world from a sent scenario, whose first user is the world's demo user", async ({
    emulator,
  }) => {
    const project = { id: 'p', name: 'p', region: 'cn-north-4', domain_id: 'd', domain_name: 'd' }
    const user = { id: 'u', name: 'u', project_id: 'p', roles: ['te_admin'] }
    const scenario = {
      scenario: 'own',
      summary: 'Somebody else.',
      fixtures: [{ projects: [project], users: [user] }],
    }
    const made = await emulator.post('/_ims/worlds', { name: 'blue', scenario })
    expect([made.status, made.body.project_id]).toEqual([201, 'p'])
    const created = await emulator.post(
      '/w/blue/v2/images',
      { disk_format: 'raw', container_format: 'bare' },
      { token: made.body.token },
    )
    expect([created.status, created.body.owner]).toEqual([201, 'p'])
    await emulator.post('/_ims/worlds/blue/reset')
    expect((await emulator.get('/_ims/worlds/blue')).body.project_id).toBe('p')
  })

  test('from a file is recorded with its content, so that a replay does not need the file', async () => {
    using folder = scratchFolder()
    const file = join(folder.path, 'mine.yaml')
    const image = { imagetype: 'private', id: imageId(1), name: 'mine', owner: DEMO }
    writeFileSync(file, JSON.stringify({ images: [image] }))
    await using emulator = await startScenario({ fixtures: ['demo-tenants', file] })
    expect((await emulator.get('/_ims/recording')).body.scenario.fixtures).toEqual([
      'demo-tenants',
      { images: [image] },
    ])
  })
})

describe('private image of a fixture', () => {
  test('is active, has the bytes of a blank disk and the fields of an imported image', async ({
    emulator,
  }) => {
    const image = { imagetype: 'private', id: imageId(1), name: 'mine', owner: DEMO, min_disk: 7 }
    await add(emulator, { images: [image] })
    expect(await imageWith(emulator, imageId(1))).toEqual({
      ...privateImage(emulator, imageId(1)),
      name: 'mine',
      min_disk: 7,
      virtual_size: null,
      size: 2 ** 18,
      __image_size: String(2 ** 18),
      virtual_env_type: 'FusionCompute',
    })
    const copy = await emulator.post(`/v1/cloudimages/${imageId(1)}/copy`, { name: 'copy' })
    const copied = await emulator.request('HEAD', `/v1/images/${(await madeImage(emulator, copy)).id}`)
    expect(copied.headers.get('x-image-meta-virtual_size')).toBe(String(7 * 2 ** 30))
  })

  test('shows every field that the fixture sets', async ({ emulator }) => {
    await add(emulator, {
      owner: PARTNER,
      images: [
        {
          imagetype: 'private',
          id: imageId(1),
          name: 'theirs',
          status: 'deactivated',
          protected: true,
          created_at: '2024-01-02T03:04:05Z',
          updated_at: '2024-02-02T03:04:05Z',
          active_at: '2024-01-02T04:04:05Z',
          min_disk: 40,
          min_ram: 512,
          max_ram: '2048',
          size: 5,
          checksum: 'c'.repeat(32),
          disk_format: 'raw',
          tags: ['a=b', 'c'],
          attributes: { __os_version: 'CentOS 7.6 64bit', __description: 'theirs', colour: 'blue' },
          members: [{ project_id: DEMO, status: 'accepted' }],
        },
      ],
    })
    expect(await imageWith(emulator, imageId(1))).toEqual({
      ...privateImage(emulator, imageId(1)),
      name: 'theirs',
      status: 'deactivated',
      visibility: 'shared',
      __imagetype: 'shared',
      __system_support_market: false,
      protected: true,
      owner: PARTNER,
      created_at: '2024-01-02T03:04:05Z',
      updated_at: '2024-02-02T03:04:05Z',
      active_at: '2024-01-02T04:04:05Z',
      min_disk: 40,
      min_ram: 512,
      max_ram: '2048',
      size: 5,
      __image_size: '5',
      virtual_size: null,
      checksum: 'c'.repeat(32),
      disk_format: 'raw',
      tags: ['a=b', 'c'],
      virtual_env_type: 'FusionCompute',
      __os_version: 'CentOS 7.6 64bit',
      __os_type: 'Linux',
      __os_bit: '64',
      __platform: 'CentOS',
      __description: 'theirs',
      colour: 'blue',
    })
  })

  test('that is queued has no bytes', async ({ emulator }) => {
    await add(emulator, {
      images: [{ imagetype: 'private', id: imageId(1), name: 'empty', owner: DEMO, status: 'queued' }],
    })
    const image = await imageWith(emulator, imageId(1))
    expect(image).toMatchObject({ status: 'queued', __image_size: '0' })
    expect([image.size, image.checksum, image.active_at]).toEqual([undefined, undefined, undefined])
  })
})

test('a public image of a fixture is visible to every account', async ({ emulator }) => {
  await add(emulator, {
    owner: '1bed856811654c1cb661a6ca845ebc77',
    images: [
      {
        imagetype: 'gold',
        id: imageId(1),
        name: 'gold',
        created_at: '2024-01-02T03:04:05Z',
        updated_at: '2024-01-02T03:04:05Z',
        active_at: '2024-01-02T03:04:05Z',
        min_disk: 40,
        min_ram: 0,
        size: 0,
        disk_format: 'zvhd2',
        attributes: { __os_version: 'CentOS 7.6 64bit', virtual_env_type: 'FusionCompute' },
      },
    ],
  })
  expect(await imageWith(emulator, imageId(1), asPartner)).toMatchObject({
    __imagetype: 'gold',
    protected: true,
  })
})

describe('fixture with a mistake', () => {
  let emulator: TestEmulator
  beforeAll(async () => {
    emulator = await startTestEmulator()
  })
  afterAll(() => emulator.close())

  const server = { id: 's', project_id: DEMO, name: 's' }
  const image = { imagetype: 'private', id: imageId(1), name: 'i', owner: DEMO }

  plain.each<[why: string, detail: string, body: unknown]>([
    ['an unknown section', 'there is no key server here; did you mean servers?', { server: [] }],
    [
      'an unknown field',
      'servers.0: there is no key nmae here; did you mean name?',
      { servers: [{ ...server, nmae: 's' }] },
    ],
    [
      'an unknown field that is like no other',
      'servers.0: there is no key wavelength here',
      { servers: [{ ...server, wavelength: 1 }] },
    ],
    [
      'an unknown project',
      'server s names the project nowhere, which does not exist',
      { servers: [{ ...server, project_id: 'nowhere' }] },
    ],
    [
      'an unknown server',
      'volume v names the server none, which does not exist',
      { volumes: [{ id: 'v', project_id: DEMO, size: 1, server_id: 'none' }] },
    ],
    [
      'a key that is not there',
      'volume v names the key none, which does not exist',
      { volumes: [{ id: 'v', project_id: DEMO, size: 1, key_id: 'none' }] },
    ],
    [
      'an unknown vault',
      'server s names the vault none, which does not exist',
      { servers: [{ ...server, vault_id: 'none' }] },
    ],
    [
      'an unknown operating system',
      'server s names the operating system BeOS, which does not exist',
      { servers: [{ ...server, os_version: 'BeOS' }] },
    ],
    [
      'a backup without disks',
      'backup b has no disks, and neither has the server none',
      { backups: [{ id: 'b', project_id: DEMO, name: 'b', kind: 'CBR', server_id: 'none' }] },
    ],
    [
      'an image without an owner',
      `image ${imageId(1)} has no owner; give it one, or the whole file`,
      { images: [{ ...image, owner: undefined }] },
    ],
    [
      'an unknown member',
      `image ${imageId(1)} names the project none, which does not exist`,
      { images: [{ ...image, members: [{ project_id: 'none' }] }] },
    ],
    [
      'an invalid time',
      'images.0.created_at: yesterday is no time; write 2026-01-01T00:00:00Z',
      { images: [{ ...image, created_at: 'yesterday' }] },
    ],
  ])('%s is refused with 400 and a sentence', async (_why, detail, body) => {
    expectProblem(await add(emulator, body), 400, detail)
  })

  plain.each<[why: string, detail: string, body: unknown]>([
    [
      'a project',
      `project ${DEMO} is there already`,
      { projects: [{ id: DEMO, name: 'p', region: 'r', domain_id: 'd', domain_name: 'd' }] },
    ],
    [
      'a user',
      'user 0605767a8880d5a41fb1c00a1d2e9f30 is there already',
      { users: [{ id: '0605767a8880d5a41fb1c00a1d2e9f30', name: 'u', project_id: DEMO, roles: [] }] },
    ],
    [
      'a token',
      'a user with the token of user u is there already',
      { users: [{ id: 'u', name: 'u', project_id: DEMO, roles: [], token: 'demo-token' }] },
    ],
    [
      'an access key',
      'a user with the access key DEMOACCESSKEY0000001 is there already',
      { users: [{ id: 'u', name: 'u', project_id: DEMO, roles: [], access_key: 'DEMOACCESSKEY0000001' }] },
    ],
    ['a server', `server ${SERVER.web} is there already`, { servers: [{ ...server, id: SERVER.web }] }],
    ['the same thing twice', 'server s is there already', { servers: [server, server] }],
    [
      'an agency',
      'agency ims_admin_agency of domain 0605767a7780d5e50fe5c00a6d1b1c2a is there already',
      { agencies: [{ name: 'ims_admin_agency', domain_id: '0605767a7780d5e50fe5c00a6d1b1c2a' }] },
    ],
    [
      'an enterprise project',
      `enterprise project ${ENTERPRISE_PROJECT.production} is there already`,
      { enterprise_projects: [{ id: ENTERPRISE_PROJECT.production, domain_id: 'd', name: 'e' }] },
    ],
  ])('%s that exists already is refused with 409', async (_why, detail, body) => {
    expectProblem(await add(emulator, body), 409, detail)
  })

  plain('adds nothing when one item is refused', async () => {
    const body = { images: [image], servers: [{ ...server, project_id: 'nowhere' }] }
    expect((await add(emulator, body)).status).toBe(400)
    expect(await imageWith(emulator, imageId(1))).toBeUndefined()
    expect((await add(emulator, { images: [image] })).status).toBe(201)
  })

  plain('the id of an image that was deleted is never given again', async () => {
    const id = imageId(2)
    await add(emulator, { images: [{ ...image, id }] })
    await emulator.delete(`/v2/images/${id}`)
    expectProblem(await add(emulator, { images: [{ ...image, id }] }), 409, `image ${id} is there already`)
  })
})

plain("a mistake in a fixture file stops the start with the file's name and the reason", async () => {
  using folder = scratchFolder()
  const file = join(folder.path, 'mine.yaml')
  writeFileSync(file, 'servers: [{ id: s, project_id: nowhere, name: s }]')
  await expect(startScenario({ fixtures: ['demo-tenants', file] })).rejects.toThrow(
    `${file}: server s names the project nowhere, which does not exist`,
  )
  writeFileSync(file, 'servers: [{ id: s, project_id: nowhere, name: s, colour: blue }]')
  await expect(startScenario({ fixtures: ['demo-tenants', file] })).rejects.toThrow(
    `${file}: servers.0: there is no key colour here`,
  )
})
