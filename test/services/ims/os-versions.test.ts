import { beforeAll, describe, test as plain } from 'vitest'
import { SERVER } from '../../demo-world.ts'
import { expect, startTestEmulator, type TestEmulator, test } from '../../emulator.ts'
import { addImages, expectRefusal } from '../../private-image.ts'

let emulator: TestEmulator
beforeAll(async () => {
  emulator = await startTestEmulator()
  return () => emulator.close()
})

interface Platform {
  platform: string
  version_list: Record<string, unknown>[]
}

async function platforms(query = ''): Promise<Platform[]> {
  const reply = await emulator.get(`/v1/cloudimages/os_version${query}`)
  expect(reply.status).toBe(200)
  return reply.body
}

plain(
  'the list of operating systems is an array of platforms, with every field of each version',
  async () => {
    const all = await platforms()
    const euler = all.find(({ platform }) => platform === 'EulerOS')
    expect(euler?.version_list[0]).toEqual({
      platform: 'EulerOS',
      os_version_key: 'EulerOS 2.12 64bit',
      os_version: 'EulerOS 2.12 64bit',
      os_bit: 64,
      os_type: 'Linux',
    })
  },
)

plain('every platform is listed once, and each of its versions names it', async () => {
  const all = await platforms()
  expect(new Set(all.map(({ platform }) => platform)).size).toBe(all.length)
  expect(all.map(({ platform }) => platform)).toContain('Other')
  const strays = all.filter(({ platform, version_list }) =>
    version_list.some((version) => version.platform !== platform),
  )
  expect(strays).toEqual([])
})

plain('several tags are combined with AND', async () => {
  const counts = await Promise.all(
    ['', '?tag=x86', '?tag=x86&tag=bms'].map(async (query) => (await platforms(query)).length),
  )
  const [all = 0, x86 = 0, bms = 0] = counts
  expect(all).toBeGreaterThan(x86)
  expect(x86).toBeGreaterThan(bms)
  expect(bms).toBeGreaterThan(0)
})

plain('an unknown tag returns an empty array', async () => {
  expect(await platforms('?tag=mainframe')).toEqual([])
})

plain('the tag kvm selects every system, alone and beside others', async () => {
  expect(await platforms('?tag=kvm')).toEqual(await platforms())
  const uefi = await platforms('?tag=uefi')
  expect(uefi.length).toBeGreaterThan(0)
  expect(await platforms('?tag=kvm&tag=uefi')).toEqual(uefi)
  expect((await emulator.get('/_ims/journal?limit=1')).body.requests[0].unread).toEqual([])
})

plain('the tag bms_otc selects the systems of bare metal servers', async () => {
  expect(await platforms('?tag=bms_otc')).toEqual(await platforms('?tag=bms'))
})

plain('the list knows the types Linux and Windows only, and each system once', async () => {
  const versions = (await platforms()).flatMap(({ version_list }) => version_list)
  expect(new Set(versions.map(({ os_type }) => os_type))).toEqual(new Set(['Linux', 'Windows']))
  const names = versions.map(({ os_version }) => os_version)
  expect(new Set(names).size).toBe(names.length)
  expect(names).toContain('Ubuntu 22.04 server 64bit')
  expect(names).not.toContain('Ubuntu 22.04 Server 64bit')
})

/** The system of an image that is imported, or described natively, with a spelling. */
const ways: [string, (os_version: string) => Promise<Record<string, string>>][] = [
  [
    'an import',
    async (os_version) => {
      const id = await emulator.importImage({ os_version })
      return (await emulator.get(`/v2/cloudimages?id=${id}`)).body.images[0]
    },
  ],
  ['a native description', async (name) => (await emulator.post('/v2/images', { __os_version: name })).body],
]

describe.each(ways)('%s with a spelling of a system', (_what, made) => {
  plain.each([
    ['Ubuntu 22.04 server 64bit', 'Ubuntu 22.04 server 64bit', 'Ubuntu'],
    ['Ubuntu 20.04 server 64bit', 'Ubuntu 20.04 server 64bit', 'Ubuntu'],
    ['Ubuntu 24.04 server 64bit', 'Ubuntu 24.04 server 64bit', 'Ubuntu'],
    ['Ubuntu 22.04 Server 64bit', 'Ubuntu 22.04 Server 64bit', 'Ubuntu'],
    ['Ubuntu 22.04 64bit', 'Ubuntu 22.04 64bit', 'Ubuntu'],
    ['  ubuntu  22.04\u00a0SERVER 64bit ', 'Ubuntu 22.04 server 64bit', 'Ubuntu'],
    ['Rocky Linux 9.5 64bit', 'Rocky Linux 9.5 64bit', 'Rocky Linux'],
  ])('%j has __os_version %j', async (sent, kept, platform) => {
    expect(await made(sent)).toMatchObject({
      __os_version: kept,
      __platform: platform,
      __os_type: 'Linux',
      __os_bit: '64',
    })
  })
})

plain('an unknown system is refused by an import (IMG.0056) and by a native description (400)', async () => {
  const wrong = 'Ubuntu 22.04 sever 64bit'
  const file = { name: 'x', image_url: 'images:tiny.qcow2', min_disk: 1, os_version: wrong }
  expectRefusal(await emulator.post('/v2/cloudimages/action', file), 'IMG.0056')
  const reply = await emulator.post('/v2/images', { __os_version: wrong }, JSON_WANTED)
  expect([reply.status, reply.body.message]).toEqual([400, expect.stringContaining('Invalid OS version.')])
})

const JSON_WANTED = { headers: { Accept: 'application/json' } }

test('the journal tells which system a field means that is spelt otherwise, and the nearest of an unknown one', async ({
  emulator,
}) => {
  const file = { name: 'x', image_url: 'images:tiny.qcow2', min_disk: 1 }
  await emulator.post('/v2/cloudimages/action', { ...file, os_version: 'CentOS 7.6 64bit' })
  await emulator.post('/v2/cloudimages/action', { ...file, os_version: 'ubuntu 22.04 server 64bit' })
  await emulator.post('/v2/cloudimages/action', { ...file, os_version: 'Ubuntu 22.04 sever 64bit' })
  await emulator.post('/v2/images', { __os_version: 'Ubuntu 22.04 Server 64bit' })
  await emulator.get('/v2/cloudimages?__os_version=Ubuntu%2022.04%20Server%2064bit')
  await emulator.get('/v2/images?__os_version=Ubuntu%2022.04%2064bit')
  const { requests } = (await emulator.get('/_ims/journal')).body
  const ubuntu = 'Ubuntu 22.04 server 64bit'
  expect(requests.map(({ code, meant }: Record<string, unknown>) => [code, meant])).toEqual([
    [null, undefined],
    [null, { 'body.os_version': ubuntu }],
    ['IMG.0056', { 'body.os_version': ubuntu }],
    [null, { 'body.__os_version': ubuntu }],
    [null, { 'query.__os_version': ubuntu }],
    [null, { 'query.__os_version': ubuntu }],
  ])
})

test('a filter by __os_version finds the images of a system in every spelling, on both faces', async ({
  emulator,
}) => {
  const spellings = ['Ubuntu 22.04 server 64bit', 'Ubuntu 22.04 Server 64bit', 'Ubuntu 22.04 64bit']
  await addImages(
    emulator,
    ...[...spellings, 'Ubuntu 20.04 server 64bit'].map((system) => ({
      name: system,
      attributes: { __os_version: system },
    })),
  )
  for (const spelling of [...spellings, 'ubuntu 22.04 server 64BIT'])
    for (const face of ['/v2/cloudimages', '/v2/images']) {
      const query = `__imagetype=private&__os_version=${encodeURIComponent(spelling)}`
      const { images } = (await emulator.get(`${face}?${query}`)).body
      expect(images.map(({ name }: { name: string }) => name).sort()).toEqual([...spellings].sort())
    }
  expect((await emulator.get('/v2/cloudimages?__os_version=MS-DOS')).body).toEqual({ images: [] })
})

describe('a world with a system of its own', () => {
  const own = {
    platform: 'Ubuntu',
    os_version: 'Ubuntu 42.04 server 64bit',
    same: ['Ubuntu 42.04 64bit'],
    tags: ['x86', 'arm'],
  }

  test('lists it, takes it in every spelling, and makes servers of it', async ({ emulator }) => {
    const servers = [
      { id: SERVER.none, project_id: emulator.projectId, name: 'new', os_version: own.os_version },
    ]
    const added = await emulator.post('/_ims/fixtures', { os_versions: [own] })
    expect(added.body).toEqual({ added: { os_versions: 1 } })
    const arm: Platform[] = (await emulator.get('/v1/cloudimages/os_version?tag=arm')).body
    const ubuntu = arm.find(({ platform }) => platform === 'Ubuntu')
    expect(ubuntu?.version_list.at(-1)).toMatchObject({
      os_version: own.os_version,
      os_bit: 64,
      os_type: 'Linux',
    })
    const id = await emulator.importImage({ os_version: 'ubuntu 42.04 64BIT' })
    const [image] = (await emulator.get(`/v2/cloudimages?id=${id}`)).body.images
    expect(image).toMatchObject({ __os_version: own.os_version, __platform: 'Ubuntu' })
    expect((await emulator.post('/_ims/fixtures', { servers })).status).toBe(201)
  })

  test('keeps it in a fork and a snapshot; a world beside it does not have it', async ({ emulator }) => {
    const knows = async (prefix: string) => {
      const json = { __os_version: own.os_version }
      return (await emulator.post(`${prefix}/v2/images`, json)).status === 201
    }
    await emulator.post('/_ims/worlds', { name: 'beside' })
    await emulator.post('/_ims/fixtures', { os_versions: [own] })
    await emulator.post('/_ims/fork', { name: 'forked' })
    expect([await knows(''), await knows('/w/forked'), await knows('/w/beside')]).toEqual([true, true, false])
    expect((await emulator.post('/_ims/reset')).status).toBe(204)
    expect(await knows('')).toBe(false)
  })

  test('refuses a spelling that a system has already', async ({ emulator }) => {
    const taken = { ...own, same: ['CentOS 7.6 64bit'] }
    const reply = await emulator.post('/_ims/fixtures', { os_versions: [taken] })
    expect([reply.status, reply.body.detail]).toEqual([
      409,
      'operating system CentOS 7.6 64bit is there already',
    ])
  })
})
