import { describe } from 'vitest'
import { expect, type TestEmulator, test } from '../../emulator.ts'

const PATCH = 'application/openstack-images-v2.1-json-patch'
const OLDER_PATCH = 'application/openstack-images-v2.0-json-patch'
const TIME = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)
const json = { Accept: 'application/json' }

/** What the image service shows of an image that was just described. */
function described(id: string, owner: string, fields: Record<string, unknown> = {}) {
  return {
    id,
    owner,
    schema: '/v2/schemas/image',
    name: '',
    status: 'queued',
    visibility: 'private',
    __imagetype: 'private',
    protected: false,
    tags: [],
    container_format: 'bare',
    disk_format: 'zvhd2',
    min_disk: 0,
    min_ram: 0,
    created_at: TIME,
    updated_at: TIME,
    file: `/v2/images/${id}/file`,
    self: `/v2/images/${id}`,
    virtual_env_type: 'FusionCompute',
    __isregistered: 'true',
    __image_source_type: 'uds',
    __originalimagename: '',
    __backup_id: '',
    __productcode: '',
    enterprise_project_id: '0',
    __image_size: '0',
    __os_version: 'Other Linux(64 bit)',
    __os_bit: '64',
    __os_type: 'Linux',
    __platform: 'Other',
    ...fields,
  }
}

async function describeImage(emulator: TestEmulator, fields: Record<string, unknown> = {}): Promise<string> {
  const reply = await emulator.post('/v2/images', fields)
  expect(reply.status).toBe(201)
  return reply.body.id
}

function patch(emulator: TestEmulator, id: string, operations: unknown, type = PATCH) {
  return emulator.patch(`/v2/images/${id}`, operations, { headers: { 'Content-Type': type, ...json } })
}

describe('POST /v2/images', () => {
  test('creates an image with the defaults of the cloud and returns its location', async ({ emulator }) => {
    const reply = await emulator.post('/v2/images', {})
    expect([reply.status, reply.headers.get('location')]).toEqual([
      201,
      `${emulator.url}/v2/images/${reply.body.id}`,
    ])
    expect(reply.body).toEqual(described(reply.body.id, emulator.projectId))
    expect((await emulator.get(`/v2/images/${reply.body.id}`)).body).toEqual(reply.body)
  })

  test('accepts fields, tags with values and custom attributes', async ({ emulator }) => {
    const reply = await emulator.post('/v2/images', {
      name: 'web',
      __os_version: 'Ubuntu 18.04 server 64bit',
      disk_format: 'qcow2',
      min_disk: 40,
      min_ram: 1024,
      protected: true,
      tags: ['team=web', 'green'],
      colour: 'blue',
    })
    expect(reply.body).toEqual(
      described(reply.body.id, emulator.projectId, {
        name: 'web',
        __os_version: 'Ubuntu 18.04 server 64bit',
        __platform: 'Ubuntu',
        disk_format: 'qcow2',
        min_disk: 40,
        min_ram: 1024,
        protected: true,
        tags: ['team=web', 'green'],
        colour: 'blue',
      }),
    )
  })

  test.for([
    [{ disk_format: 'floppy' }, 400, "Provided object does not match schema 'image': 'floppy' is not one of"],
    [
      { disk_format: 'vmdk' },
      400,
      "Invalid value 'vmdk' for parameter 'disk_format': Must be one of zvhd2, vhd, zvhd, raw, qcow2, iso",
    ],
    [{ disk_format: 'iso' }, 400, "Invalid value '' for parameter '__os_version': An ISO image needs"],
    [{ visibility: 'public' }, 400, "Invalid value 'public' for parameter 'visibility': Must be 'private'"],
    [{ container_format: 'ovf' }, 400, "Invalid value 'ovf' for parameter 'container_format'"],
    [{ min_disk: 1025 }, 400, "Invalid value '1025' for parameter 'min_disk': Must be from 0 to 1024"],
    [{ colour: 5 }, 400, "Provided object does not match schema 'image': 5 is not of type 'string'"],
    [{ status: 'active' }, 403, "Attribute 'status' is read-only."],
    [{ owner: 'somebody' }, 403, "You are not permitted to create images owned by 'somebody'."],
    [{ os_glance_task: 'x' }, 403, "Attribute 'os_glance_task' is reserved."],
  ] as const)('refuses %j with %i and creates no image', async ([fields, status, text], { emulator }) => {
    const reply = await emulator.post('/v2/images', fields, { headers: json })
    expect([reply.status, reply.body.code.slice(0, 3)]).toEqual([status, String(status)])
    expect(reply.body.message).toContain(text)
    expect((await emulator.get('/v2/images?__imagetype=private')).body.images).toEqual([])
  })

  test('ignores attributes that only the image service sets, such as a key', async ({ emulator }) => {
    const own = {
      __system__cmkid: 'k',
      __whole_image: 'true',
      __data_origin: 'file,a:b',
      __root_origin: 'file',
    }
    const reply = await emulator.post('/v2/images', own)
    expect(reply.body).toEqual(described(reply.body.id, emulator.projectId))
  })

  test('refuses an eleventh tag with IMG.0116', async ({ emulator }) => {
    const tags = Array.from({ length: 11 }, (_, n) => `tag${n}`)
    const reply = await emulator.post('/v2/images', { tags })
    expect([reply.status, reply.body.error.code]).toEqual([400, 'IMG.0116'])
  })
})

describe('GET /v2/images/{image_id}', () => {
  test('answers 404 for an unknown image, as a page or as JSON if the client accepts it', async ({
    emulator,
  }) => {
    const page = await emulator.get('/v2/images/nowhere')
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8'])
    expect(page.text).toContain('<h1>404 Not Found</h1>\n  No image found with ID nowhere<br /><br />')
    const reply = await emulator.get('/v2/images/nowhere', { headers: json })
    expect(reply.body).toEqual({
      message: 'No image found with ID nowhere<br /><br />\n\n\n',
      code: '404 Not Found',
      title: 'Not Found',
    })
  })

  test('returns the request id in the form of OpenStack too', async ({ emulator }) => {
    const { headers } = await emulator.get('/v2/images/nowhere')
    const id = headers.get('x-request-id') ?? ''
    expect(headers.get('x-openstack-request-id')?.replaceAll('-', '')).toBe(`req${id}`)
  })
})

describe('PATCH /v2/images/{image_id}', () => {
  test('changes the name and custom attributes, in both forms of a patch', async ({ emulator }) => {
    const id = await describeImage(emulator, { colour: 'blue' })
    const reply = await patch(emulator, id, [
      { op: 'replace', path: '/name', value: 'renamed' },
      { op: 'add', path: '/__description', value: 'what it is' },
      { op: 'remove', path: '/colour' },
    ])
    expect(reply.status).toBe(200)
    const fields = { name: 'renamed', __description: 'what it is' }
    expect(reply.body).toEqual(described(id, emulator.projectId, fields))
    const older = await patch(emulator, id, [{ replace: '/name', value: 'again' }], OLDER_PATCH)
    expect(older.body).toEqual(described(id, emulator.projectId, { ...fields, name: 'again' }))
  })

  test('accepts plain JSON as the newer form, and refuses other media types', async ({ emulator }) => {
    const id = await describeImage(emulator)
    const operations = [{ op: 'replace', path: '/name', value: 'x' }]
    expect((await patch(emulator, id, operations, 'application/json')).body.name).toBe('x')
    const refused = await patch(emulator, id, operations, 'text/plain')
    expect([refused.status, refused.headers.get('accept-patch')]).toEqual([415, `${OLDER_PATCH}, ${PATCH}`])
  })

  test.for([
    [{ op: 'replace', path: '/colour', value: 'red' }, 409, 'Property colour does not exist.'],
    [{ op: 'remove', path: '/colour' }, 409, 'Property colour does not exist.'],
    [{ op: 'replace', path: '/visibility', value: 'public' }, 403, "Attribute 'visibility' is reserved."],
    [{ op: 'add', path: '/__os_version', value: 'CentOS' }, 403, "Attribute '__os_version' is reserved."],
    [{ op: 'replace', path: '/status', value: 'active' }, 403, "Attribute 'status' is read-only."],
    [{ op: 'remove', path: '/name' }, 403, 'Property name may not be removed.'],
    [{ op: 'add', path: '/__support_kvm', value: 'yes' }, 400, 'An attribute conflict occurred'],
    [{ op: 'add', path: '/a/b', value: 'c' }, 400, "Invalid JSON pointer for this resource: '/a/b'"],
  ] as const)(
    'refuses %j with %i and applies none of the patch',
    async ([operation, status, text], { emulator }) => {
      const id = await describeImage(emulator)
      const reply = await patch(emulator, id, [{ op: 'replace', path: '/name', value: 'x' }, operation])
      expect(reply.status).toBe(status)
      expect(reply.body.message).toContain(text)
      expect((await emulator.get(`/v2/images/${id}`)).body.name).toBe('')
    },
  )

  test('answers 404 for the private image of another project and 403 for a public image', async ({
    emulator,
  }) => {
    const id = await describeImage(emulator)
    const operations = [{ op: 'replace', path: '/name', value: 'x' }]
    const headers = { 'Content-Type': PATCH }
    const partner = { headers, token: 'partner-token' }
    expect((await emulator.patch(`/v2/images/${id}`, operations, partner)).status).toBe(404)
    const listed = await emulator.get('/v2/images?__imagetype=gold&limit=1')
    const gold = listed.body.images[0].id
    expect((await emulator.patch(`/v2/images/${gold}`, operations, { headers })).status).toBe(403)
  })
})

describe('DELETE /v2/images/{image_id}', () => {
  test('deletes an image, and answers 404 for a deleted one', async ({ emulator }) => {
    const id = await describeImage(emulator)
    const reply = await emulator.delete(`/v2/images/${id}`)
    expect([reply.status, reply.text]).toEqual([204, ''])
    expect((await emulator.get(`/v2/images/${id}`)).status).toBe(404)
    const again = await emulator.delete(`/v2/images/${id}`, undefined, { headers: json })
    expect([again.status, again.body.message]).toEqual([
      404,
      `Failed to find image ${id} to delete<br /><br />\n\n\n`,
    ])
  })

  test('refuses a protected image with IMG.0028, with and without a body', async ({ emulator }) => {
    const id = await describeImage(emulator, { protected: true })
    const reply = await emulator.delete(`/v2/images/${id}`, { delete_backup: true })
    expect([reply.status, reply.body.error.code]).toEqual([400, 'IMG.0028'])
    expect((await emulator.get(`/v2/images/${id}`)).status).toBe(200)
  })
})

describe('POST /v2/images/{image_id}/actions/{action}', () => {
  test('deactivates and reactivates an image along the state machine', async ({ emulator }) => {
    const id = await emulator.importImage()
    const act = async (action: string) => (await emulator.post(`/v2/images/${id}/actions/${action}`)).status
    const status = async () => (await emulator.get(`/v2/images/${id}`)).body.status
    expect([await act('deactivate'), await status()]).toEqual([204, 'deactivated'])
    expect([await act('deactivate'), await act('reactivate'), await status()]).toEqual([204, 204, 'active'])
    const queued = await describeImage(emulator)
    expect((await emulator.post(`/v2/images/${queued}/actions/deactivate`)).status).toBe(403)
  })
})
