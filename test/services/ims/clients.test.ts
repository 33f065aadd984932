import { describe } from 'vitest'
import { expect, type TestEmulator, test } from '../../emulator.ts'
import { addImages, asPartner, NO_IMAGE, PARTNER } from '../../private-image.ts'

/** Behaviour that clients of the cloud rely on, taken from their sources. */

const IMAGES = '/v2/cloudimages'
const MEMBERS = '/v1/cloudimages/members'

async function found(emulator: TestEmulator, query: string, token: object = {}) {
  const reply = await emulator.get(`${IMAGES}?${query}`, token)
  expect(reply.status).toBe(200)
  return reply.body.images
}

describe('the types of an image', () => {
  const STRINGS =
    /^(id|name|status|visibility|owner|file|self|schema|checksum|\w+_format|\w+_at|max_ram|hw_.*|__(?!system_support_market).*|virtual_env_type|enterprise_project_id)$/
  const INTEGERS = ['min_ram', 'min_disk', 'size']
  const BOOLEANS = ['protected', '__system_support_market']

  test("every field of private, public and market images has the type of the SDKs' models", async ({
    emulator,
  }) => {
    await emulator.importImage({ max_ram: 4096, image_tags: [{ key: 'k', value: 'v' }] })
    const images = [
      ...(await found(emulator, 'limit=1000')),
      ...(await found(emulator, '__imagetype=market')),
    ]
    const wrong = images.flatMap((image: Record<string, unknown>) =>
      Object.entries(image).filter(([name, value]) => {
        if (INTEGERS.includes(name)) return !Number.isInteger(value)
        if (BOOLEANS.includes(name)) return typeof value !== 'boolean'
        if (name === 'tags') return !Array.isArray(value) || value.some((tag) => typeof tag !== 'string')
        if (name === 'virtual_size') return value !== null && !Number.isInteger(value)
        return !STRINGS.test(name) || typeof value !== 'string'
      }),
    )
    expect(wrong).toEqual([])
  })

  test('integers fit into the 32 bits that the SDKs of Go and Java read; __image_size has the full size', async ({
    emulator,
  }) => {
    const size = 2 ** 31
    const [large = '', fits = ''] = await addImages(
      emulator,
      { size, min_disk: 2 },
      { size: size - 1, min_disk: 1 },
    )
    const [image] = await found(emulator, `id=${large}`)
    expect([image.size, image.virtual_size, image.__image_size]).toEqual([0, null, String(size)])
    const [other] = await found(emulator, `id=${fits}`)
    expect([other.size, other.virtual_size]).toEqual([size - 1, 2 ** 30])
    const native = (await emulator.get(`/v2/images/${large}`)).body
    expect([native.size, native.virtual_size, native.__image_size]).toEqual([size, null, String(size)])
  })

  test('max_ram, sent as a number, and __image_size are texts of digits', async ({ emulator }) => {
    const id = await emulator.importImage({ max_ram: 4096 })
    const [image] = await found(emulator, `id=${id}`)
    expect([image.max_ram, image.__image_size]).toEqual(['4096', String(image.size)])
  })

  test('times end in Z and have no fraction, also when the clock stands between two seconds', async ({
    emulator,
  }) => {
    await emulator.advance('123ms')
    const id = await emulator.importImage()
    const [image] = await found(emulator, `id=${id}`)
    for (const time of [image.created_at, image.updated_at, image.active_at])
      expect(time).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)
  })

  test('the content type of a list is application/json, also of an empty one', async ({ emulator }) => {
    const reply = await emulator.get(`${IMAGES}?id=${NO_IMAGE}`)
    expect(reply.headers.get('content-type')).toMatch(/^application\/json/)
  })
})

describe('an image that is not there', () => {
  test('a filter by the id of a missing or deleted image, or by a malformed id, returns 200 with an empty list', async ({
    emulator,
  }) => {
    const [id = ''] = await addImages(emulator, {})
    await emulator.delete(`/v2/images/${id}`)
    for (const gone of [id, NO_IMAGE, 'x']) expect(await found(emulator, `id=${gone}`)).toEqual([])
  })
})

describe('a walk over all images', () => {
  test('a walk by marker without a limit ends with an empty page', async ({ emulator }) => {
    await addImages(emulator, ...Array.from({ length: 3 }, (_, n) => ({ name: `same-${n % 2}` })))
    const query = 'status=active&enterprise_project_id=all_granted_eps&sort_key=name&sort_dir=asc'
    const seen: string[] = []
    for (let marker = ''; ; ) {
      const page = await found(emulator, `${query}${marker === '' ? '' : `&marker=${marker}`}`)
      if (page.length === 0) break
      seen.push(...page.map(({ id }: { id: string }) => id))
      expect(page.at(-1).id).not.toBe(marker)
      marker = page.at(-1).id
    }
    expect(seen).toEqual((await found(emulator, `${query}&limit=1000`)).map(({ id }: { id: string }) => id))
  })

  test('a list returns the public images that data sources look for, with every field they read', async ({
    emulator,
  }) => {
    const needed =
      `name id owner status visibility __imagetype __os_version __platform __os_type __image_size file schema
      container_format disk_format created_at updated_at virtual_env_type`.split(/\s+/)
    for (const name of ['CentOS 7.4 64bit', 'Ubuntu 18.04 server 64bit']) {
      const [image] = await found(
        emulator,
        `name=${encodeURIComponent(name)}&__imagetype=gold&architecture=x86`,
      )
      expect(image).toMatchObject({ protected: true, __imagetype: 'gold', status: 'active' })
      expect(needed.filter((field) => !image[field])).toEqual([])
    }
    const [market] = await found(emulator, '__imagetype=market&__platform=CentOS')
    expect(market).toMatchObject({ protected: true, __imagetype: 'market' })
  })

  test('a list by status and tag, newest first, starts with the image that a build uses', async ({
    emulator,
  }) => {
    const [, newest] = await addImages(
      emulator,
      { name: 'base', tags: ['role=base'], created_at: '2024-01-01T00:00:00Z' },
      { name: 'base', tags: ['role=base'], created_at: '2024-01-02T00:00:00Z' },
      { name: 'base', tags: ['role=base'], created_at: '2024-01-03T00:00:00Z', status: 'queued' },
    )
    const query = `status=active&sort_key=created_at&sort_dir=desc&name=base&owner=${emulator.projectId}&tag=role%3Dbase`
    expect((await found(emulator, query)).map(({ id }: { id: string }) => id)[0]).toBe(newest)
  })
})

describe('sharing', () => {
  test('the owner finds a shared image with __imagetype=shared until its last member is removed', async ({
    emulator,
  }) => {
    const [id = ''] = await addImages(emulator, {})
    const body = { images: [id], projects: [PARTNER] }
    const created = await emulator.post(MEMBERS, body)
    expect(created.status).toBe(200)
    await emulator.advance()
    expect((await emulator.job(created.body.job_id)).body.status).toBe('SUCCESS')
    expect(await found(emulator, `id=${id}&__imagetype=shared`)).toHaveLength(1)
    const ended = await emulator.delete(MEMBERS, body)
    expect(ended.status).toBe(200)
    await emulator.advance()
    expect(await found(emulator, `id=${id}&__imagetype=shared`)).toEqual([])
    expect(await found(emulator, `id=${id}&__imagetype=private`)).toHaveLength(1)
  })

  test('a member finds an image after it accepts it, and not after it rejects it', async ({ emulator }) => {
    const [id = ''] = await addImages(emulator, { members: [{ project_id: PARTNER, status: 'pending' }] })
    const look = async () => (await found(emulator, `id=${id}&__imagetype=shared`, asPartner)).length
    const seen = [await look()]
    for (const status of ['accepted', 'rejected']) {
      const decided = await emulator.put(MEMBERS, { images: [id], project_id: PARTNER, status }, asPartner)
      expect(decided.status).toBe(200)
      await emulator.advance()
      seen.push(await look())
    }
    expect(seen).toEqual([0, 1, 0])
  })

  test('the deletion of a shared image empties the list of its member at once', async ({ emulator }) => {
    const [id = ''] = await addImages(emulator, { members: [{ project_id: PARTNER }] })
    expect(await found(emulator, `id=${id}`, asPartner)).toHaveLength(1)
    await emulator.delete(`/v2/images/${id}`)
    expect(await found(emulator, `id=${id}`, asPartner)).toEqual([])
    expect((await emulator.get(`/v2/images/${id}`, asPartner)).status).toBe(404)
  })

  test('the statuses of a sharing job are INIT, RUNNING and SUCCESS only', async ({ emulator }) => {
    const [id = ''] = await addImages(emulator, {})
    const { job_id } = (await emulator.post(MEMBERS, { images: [id], projects: [PARTNER] })).body
    const seen = [(await emulator.job(job_id)).body.status]
    for (;;) {
      const step = await emulator.post('/_ims/clock/advance', { until: 'next' })
      if (step.body.settled.length === 0) break
      seen.push((await emulator.job(job_id)).body.status)
    }
    expect([...new Set(seen)]).toEqual(['INIT', 'RUNNING', 'SUCCESS'])
  })
})

describe('an update', () => {
  test.for([
    ['__description', 'said'],
    ['max_ram', 4096],
  ] as const)(
    'an update of %s succeeds as replace, or fails with IMG.0035 and succeeds as add',
    async ([name, value], { emulator }) => {
      const [id = ''] = await addImages(emulator, {})
      const change = { path: `/${name}`, value }
      const replaced = await emulator.patch(`${IMAGES}/${id}`, [{ op: 'replace', ...change }])
      if (replaced.status !== 200) {
        expect([replaced.status, replaced.body.error.code]).toEqual([400, 'IMG.0035'])
        expect((await emulator.patch(`${IMAGES}/${id}`, [{ op: 'add', ...change }])).status).toBe(200)
      }
      expect((await found(emulator, `id=${id}`))[0][name]).toBe(String(value))
    },
  )

  test('an update of min_ram and max_ram in one request succeeds on an image without them', async ({
    emulator,
  }) => {
    const [id = ''] = await addImages(emulator, {})
    const reply = await emulator.patch(`${IMAGES}/${id}`, [
      { op: 'replace', path: '/max_ram', value: 4096 },
      { op: 'replace', path: '/min_ram', value: 1024 },
    ])
    expect(reply.status).toBe(200)
    expect([reply.body.max_ram, reply.body.min_ram]).toEqual(['4096', 1024])
  })

  test('an update with an empty description removes the description', async ({ emulator }) => {
    const [id = ''] = await addImages(emulator, { attributes: { __description: 'said' } })
    await emulator.patch(`${IMAGES}/${id}`, [{ op: 'replace', path: '/__description', value: '' }])
    expect((await found(emulator, `id=${id}`))[0].__description ?? '').toBe('')
  })
})

describe('tags', () => {
  test('tags are replaced by deleting the old ones with their values and creating the new ones', async ({
    emulator,
  }) => {
    const [id = ''] = await addImages(emulator, { tags: ['a=1', 'b=2'] })
    const path = `/v2/${emulator.projectId}/images/${id}/tags`
    const before = (await emulator.get(path)).body.tags
    const after = [{ key: 'b', value: '3' }]
    expect((await emulator.post(`${path}/action`, { action: 'delete', tags: before })).status).toBe(204)
    expect((await emulator.post(`${path}/action`, { action: 'create', tags: after })).status).toBe(204)
    expect((await emulator.get(path)).body).toEqual({ tags: after })
  })

  test('a search by tags returns page after page, with limit and offset as texts, until a page is empty', async ({
    emulator,
  }) => {
    await addImages(emulator, ...Array.from({ length: 5 }, () => ({ tags: ['k=v'] })))
    const path = `/v2/${emulator.projectId}/images/resource_instances/action`
    const sizes: number[] = []
    for (let offset = 0; ; offset += 3) {
      const body = {
        action: 'filter',
        tags: [{ key: 'k', values: ['v'] }],
        limit: '3',
        offset: String(offset),
      }
      const { resources, total_count } = (await emulator.post(path, body)).body
      expect(total_count).toBe(5)
      if (resources.length === 0) break
      sizes.push(resources.length)
    }
    expect(sizes).toEqual([3, 2])
  })

  test('a search without any tag finds nothing while every own image has tags, also when public images have none', async ({
    emulator,
  }) => {
    await addImages(emulator, { tags: ['k=v'] })
    const path = `/v2/${emulator.projectId}/images/resource_instances/action`
    const reply = await emulator.post(path, {
      action: 'filter',
      without_any_tag: true,
      limit: '1000',
      offset: '0',
    })
    expect(reply.body).toEqual({ total_count: 0, resources: [] })
  })
})

describe('every answer', () => {
  test.for([
    ['to a list', 'GET', IMAGES],
    ['to a refused request', 'GET', `${IMAGES}?limit=0`],
    ['to an unknown path', 'GET', '/v2/nothing'],
    ['to a method that the path does not take', 'DELETE', IMAGES],
  ] as const)('the answer %s has a request id of its own', async ([_what, method, path], { emulator }) => {
    const ids = [await emulator.request(method, path), await emulator.request(method, path)].map((reply) =>
      reply.headers.get('x-request-id'),
    )
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/)])
    expect(new Set(ids).size).toBe(2)
  })

  test('the body of a refusal has one object with a code and a message as texts', async ({ emulator }) => {
    const reply = await emulator.get(`${IMAGES}?limit=0`)
    expect(reply.body).toEqual({ error: { code: 'IMG.0001', message: expect.any(String) } })
  })

  test('a body is ignored when the method takes none, as some clients send one', async ({ emulator }) => {
    const [id = ''] = await addImages(emulator, { tags: ['a=1'] })
    const path = `/v2/${emulator.projectId}/images/${id}/tags/a`
    const reply = await emulator.request('DELETE', path, {
      body: '{}',
      headers: { 'Content-Type': 'application/json' },
    })
    expect([reply.status, reply.text]).toEqual([204, ''])
  })

  test('null counts as a field that was not sent', async ({ emulator }) => {
    const path = `/v2/${emulator.projectId}/images/resource_instances/action`
    const reply = await emulator.post(path, { action: 'count', tags: null, matches: null, limit: null })
    expect(reply.body).toEqual({ total_count: 0 })
  })
})
