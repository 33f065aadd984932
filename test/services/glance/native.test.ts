import { readFileSync } from 'node:fs'
import { beforeEach, describe } from 'vitest'
import { expect, type TestEmulator, test } from '../../emulator.ts'

const owner = '0605767a9500d5ed2fb3c00a8e3a0d4c'
const partner = '0605767b4480d5872f0ec00af5c37a9b'
const time = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)
const unknown = 'deadbeef-0000-4000-8000-000000000000'
const asPartner = { token: 'partner-token' }
const patching = { 'Content-Type': 'application/openstack-images-v2.1-json-patch' }

/** What every described image shows before its bytes are there. */
function described(id: string, fields: Record<string, unknown> = {}) {
  return {
    id,
    name: 'native',
    status: 'queued',
    visibility: 'private',
    __imagetype: 'private',
    protected: false,
    owner,
    tags: [],
    container_format: 'bare',
    disk_format: 'zvhd2',
    min_disk: 0,
    min_ram: 0,
    created_at: time,
    updated_at: time,
    __os_version: 'Other Linux(64 bit)',
    __os_type: 'Linux',
    __os_bit: '64',
    __platform: 'Other',
    virtual_env_type: 'FusionCompute',
    __isregistered: 'true',
    __image_source_type: 'uds',
    __originalimagename: '',
    __backup_id: '',
    __productcode: '',
    enterprise_project_id: '0',
    __image_size: '0',
    file: `/v2/images/${id}/file`,
    self: `/v2/images/${id}`,
    schema: '/v2/schemas/image',
    ...fields,
  }
}

async function describeOne(emulator: TestEmulator, fields: Record<string, unknown> = {}): Promise<string> {
  const reply = await emulator.post('/v2/images', { name: 'native', ...fields })
  expect(reply.status).toBe(201)
  return reply.body.id
}

async function uploadTo(emulator: TestEmulator, id: string): Promise<void> {
  const headers = { 'Content-Type': 'application/octet-stream' }
  expect((await emulator.request('PUT', `/v2/images/${id}/file`, { headers, body: 'hello' })).status).toBe(
    204,
  )
}

/** The page that Glance makes of a refusal. */
function page(status: string, text: string): string {
  return `<html>\n <head>\n  <title>${status}</title>\n </head>\n <body>\n  <h1>${status}</h1>\n  ${text}<br /><br />\n\n\n\n </body>\n</html>`
}

describe('GlanceCreateImageMetadata', () => {
  test('creates an image and returns its location', async ({ emulator }) => {
    const reply = await emulator.post('/v2/images', { name: 'native', tags: ['a=b', 'c'], team: 'storage' })
    expect(reply.status).toBe(201)
    expect(reply.headers.get('location')).toBe(`${emulator.url}/v2/images/${reply.body.id}`)
    expect(reply.body).toEqual(described(reply.body.id, { tags: ['a=b', 'c'], team: 'storage' }))
  })

  test('refuses a size that is not an integer', async ({ emulator }) => {
    const reply = await emulator.post('/v2/images', { min_disk: 'large' })
    expect([reply.status, reply.headers.get('content-type')]).toEqual([400, 'text/html; charset=UTF-8'])
    expect((await emulator.get('/v2/images?owner=me')).body.images).toEqual([])
  })
})

describe('GlanceShowImage', () => {
  test('returns the same body as the creation', async ({ emulator }) => {
    const id = await describeOne(emulator)
    const reply = await emulator.get(`/v2/images/${id}`)
    expect([reply.status, reply.body]).toEqual([200, described(id)])
  })

  test('answers 404 for an image of another project', async ({ emulator }) => {
    const id = await describeOne(emulator)
    const reply = await emulator.get(`/v2/images/${id}`, asPartner)
    expect([reply.status, reply.text]).toEqual([404, page('404 Not Found', `No image found with ID ${id}`)])
  })

  test('answers with JSON if the client accepts it', async ({ emulator }) => {
    const reply = await emulator.get(`/v2/images/${unknown}`, { headers: { Accept: 'application/json' } })
    expect(reply.status).toBe(404)
    expect(reply.body).toEqual({
      message: `No image found with ID ${unknown}<br /><br />\n\n\n`,
      code: '404 Not Found',
      title: 'Not Found',
    })
  })
})

describe('GlanceListImages', () => {
  test('returns links to the first and the next page that repeat the filters', async ({ emulator }) => {
    const ids = [await describeOne(emulator, { name: 'page' }), await describeOne(emulator, { name: 'page' })]
    const query = '/v2/images?name=page&sort_key=id&sort_dir=asc&limit=1'
    const [first = '', second = ''] = [...ids].sort()
    const one = await emulator.get(query)
    expect(one.body).toEqual({
      images: [described(first, { name: 'page' })],
      first: query,
      next: `${query}&marker=${first}`,
      schema: '/v2/schemas/images',
    })
    const two = await emulator.get(one.body.next)
    expect(two.body.images).toEqual([described(second, { name: 'page' })])
    const three = await emulator.get(two.body.next)
    expect(three.body).toEqual({ images: [], first: query, schema: '/v2/schemas/images' })
  })

  test('refuses a limit that is not a number', async ({ emulator }) => {
    expect((await emulator.get('/v2/images?limit=abc')).status).toBe(400)
  })
})

describe('GlanceUpdateImage', () => {
  test('changes a name and adds an attribute', async ({ emulator }) => {
    const id = await describeOne(emulator)
    const json = [
      { op: 'replace', path: '/name', value: 'renamed' },
      { op: 'add', path: '/team', value: 'storage' },
    ]
    const reply = await emulator.patch(`/v2/images/${id}`, json, { headers: patching })
    expect([reply.status, reply.body]).toEqual([200, described(id, { name: 'renamed', team: 'storage' })])
  })

  test('refuses to replace a missing attribute (409) and changes nothing', async ({ emulator }) => {
    const id = await describeOne(emulator)
    const json = [{ op: 'replace', path: '/team', value: 'storage' }]
    expect((await emulator.patch(`/v2/images/${id}`, json, { headers: patching })).status).toBe(409)
    expect((await emulator.get(`/v2/images/${id}`)).body).toEqual(described(id))
  })

  test('refuses another media type (415)', async ({ emulator }) => {
    const id = await describeOne(emulator)
    const headers = { 'Content-Type': 'text/plain' }
    expect((await emulator.request('PATCH', `/v2/images/${id}`, { headers, body: '[]' })).status).toBe(415)
  })
})

describe('GlanceDeleteImage', () => {
  test('deletes an image, and answers 404 for a deleted one', async ({ emulator }) => {
    const id = await describeOne(emulator)
    const reply = await emulator.delete(`/v2/images/${id}`)
    expect([reply.status, reply.text]).toEqual([204, ''])
    expect((await emulator.delete(`/v2/images/${id}`)).status).toBe(404)
  })

  test('refuses a protected image with IMG.0028', async ({ emulator }) => {
    const id = await describeOne(emulator, { protected: true })
    const reply = await emulator.delete(`/v2/images/${id}`)
    expect(reply.status).toBe(400)
    expect(reply.body).toEqual({
      error: { code: 'IMG.0028', message: 'The image in the request is protected.' },
    })
  })
})

describe('GlanceCreateTag and GlanceDeleteTag', () => {
  test('add and remove a key', async ({ emulator }) => {
    const id = await describeOne(emulator)
    const tag = `/v2/images/${id}/tags/blue`
    expect((await emulator.put(tag)).status).toBe(204)
    expect((await emulator.get(`/v2/images/${id}`)).body.tags).toEqual(['blue'])
    expect((await emulator.delete(tag)).status).toBe(204)
    expect((await emulator.delete(tag)).status).toBe(404)
    expect((await emulator.get(`/v2/images/${id}`)).body.tags).toEqual([])
  })
})

describe('the member operations', () => {
  let id = ''
  beforeEach(() => {
    id = ''
  })
  const member = (status: string) => ({
    status,
    image_id: id,
    member_id: partner,
    created_at: time,
    updated_at: time,
    member_type: 'project',
    schema: '/v2/schemas/member',
  })

  test('GlanceAddImageMember, ListImageMembers, Show, Update and Delete manage a member from its start to its end', async ({
    emulator,
  }) => {
    id = await describeOne(emulator)
    await uploadTo(emulator, id)
    const members = `/v2/images/${id}/members`
    const added = await emulator.post(members, { member: partner })
    expect([added.status, added.body]).toEqual([200, member('pending')])
    expect((await emulator.get(members)).body).toEqual({
      members: [member('pending')],
      schema: '/v2/schemas/members',
    })
    expect((await emulator.get(`${members}/${partner}`)).body).toEqual(member('pending'))
    const accepted = await emulator.put(`${members}/${partner}`, { status: 'accepted' }, asPartner)
    expect([accepted.status, accepted.body]).toEqual([200, member('accepted')])
    expect((await emulator.get(`/v2/images/${id}`, asPartner)).body).toMatchObject({
      id,
      visibility: 'shared',
    })
    const ended = await emulator.delete(`${members}/${partner}`)
    expect([ended.status, ended.text]).toEqual([204, ''])
    expect((await emulator.get(`/v2/images/${id}`, asPartner)).status).toBe(404)
    expect((await emulator.get(`${members}/${partner}`)).status).toBe(404)
    expect((await emulator.delete(`${members}/${partner}`)).status).toBe(404)
  })

  test('refuse to share an image that is not active', async ({ emulator }) => {
    id = await describeOne(emulator)
    const reply = await emulator.post(`/v2/images/${id}/members`, { member: partner })
    expect([reply.status, reply.text]).toEqual([400, page('400 Bad Request', 'The image is unavailable.')])
    expect(
      (await emulator.put(`/v2/images/${id}/members/${partner}`, { status: 'accepted' }, asPartner)).status,
    ).toBe(404)
    expect((await emulator.get(`/v2/images/${unknown}/members`)).status).toBe(404)
  })
})

describe('schemas and versions', () => {
  const schemas = JSON.parse(
    readFileSync(new URL('../../../src/services/glance/rules/ims-schemas.json', import.meta.url), 'utf8'),
  )

  test.for(['image', 'images', 'member', 'members'])(
    'the schema of %s is the documented one',
    async (name, { emulator }) => {
      const reply = await emulator.get(`/v2/schemas/${name}`)
      expect(reply.status).toBe(200)
      expect(Object.values(schemas)).toContainEqual(reply.body)
      expect(reply.body.name).toBe(name)
    },
  )

  test('ListVersions and ShowVersion answer 300 without a token, and 404 for an unknown version', async ({
    emulator,
  }) => {
    const item = (id: string, status: string, path: string) => ({
      id,
      status,
      links: [{ href: `${emulator.url}${path}`, rel: 'self' }],
    })
    const all = await emulator.get('/', { token: null })
    expect(all.status).toBe(300)
    expect(all.body).toEqual({
      versions: [
        item('v2.2', 'CURRENT', '/v2/'),
        item('v2.1', 'SUPPORTED', '/v2/'),
        item('v2.0', 'SUPPORTED', '/v2/'),
        item('v1.1', 'DEPRECATED', '/v1/'),
        item('v1.0', 'DEPRECATED', '/v1/'),
      ],
    })
    const one = await emulator.get('/v2.0', { token: null })
    expect([one.status, one.body]).toEqual([300, { versions: [item('v2.0', 'SUPPORTED', '/v2/')] }])
    expect((await emulator.get('/v9', { token: null })).status).toBe(404)
  })
})

describe('the deprecated calls', () => {
  test('HEAD /v1/images/{id} returns the image in headers', async ({ emulator }) => {
    const id = await describeOne(emulator)
    await uploadTo(emulator, id)
    const reply = await emulator.request('HEAD', `/v1/images/${id}`)
    expect([reply.status, reply.text]).toEqual([200, ''])
    expect(reply.headers.get('x-image-meta-id')).toBe(id)
    expect(reply.headers.get('x-image-meta-is_public')).toBe('False')
    expect(reply.headers.get('etag')).toBe('5d41402abc4b2a76b9719d911017c592')
    expect((await emulator.request('HEAD', `/v1/images/${unknown}`)).status).toBe(404)
  })

  test('GET /v1.1/images/detail lists images, and DELETE /v1.1/images/{id} answers 200', async ({
    emulator,
  }) => {
    const id = await describeOne(emulator, { name: 'old' })
    const listed = await emulator.get('/v1.1/images/detail?name=old')
    expect(listed.body.images).toEqual([
      expect.objectContaining({ id, name: 'old', is_public: false, deleted: false, deleted_at: null, owner }),
    ])
    expect((await emulator.delete(`/v1.1/images/${id}`)).status).toBe(200)
    expect((await emulator.get('/v1.1/images/detail?name=old')).body.images).toEqual([])
  })
})
