import { describe } from 'vitest'
import { ctsErrors } from '../../../src/services/cts/errors.ts'
import { expect, type Reply, startTestEmulator, type TestEmulator, test } from '../../emulator.ts'
import { addImages, asPartner, imageId, NO_IMAGE, PARTNER } from '../../private-image.ts'
import { asReader, DOMAIN, PARTNER_DOMAIN, PROJECT } from '../../tenants.ts'

const TRACES = `/v3/${PROJECT}/traces`
const PATCH = { 'Content-Type': 'application/openstack-images-v2.1-json-patch' }
const UUID_V1 = /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** The names of the traces that a query finds, the latest first. */
async function names(emulator: TestEmulator, query = '', path = TRACES): Promise<string[]> {
  const { status, body } = await emulator.get(`${path}?trace_type=system&limit=200${query}`)
  expect(status).toBe(200)
  return body.traces.map(({ trace_name: name }: { trace_name: string }) => name)
}

async function latest(emulator: TestEmulator) {
  const { body } = await emulator.get(`${TRACES}?limit=1`)
  return body.traces[0]
}

function expectCts(reply: Reply, code: keyof typeof ctsErrors.table): void {
  const { status, message } = ctsErrors.table[code]
  expect([reply.status, reply.body]).toEqual([status, { error_code: code, error_msg: message }])
}

describe('GET /v3/{project_id}/traces', () => {
  test('shows who called what, when, and how it was answered', async ({ emulator }) => {
    const [id] = await addImages(emulator, { name: 'web' })
    const patch = [{ op: 'replace', path: '/name', value: 'renamed' }]
    const { headers, text } = await emulator.patch(`/v2/cloudimages/${id}`, patch)
    const { now } = (await emulator.get('/_ims/clock')).body
    const { status, body } = await emulator.get(`${TRACES}?trace_type=system`)
    expect(status).toBe(200)
    const time = Date.parse(now)
    expect(body).toEqual({
      traces: [
        {
          trace_id: expect.stringMatching(UUID_V1),
          trace_name: 'updateImage',
          trace_rating: 'normal',
          trace_type: 'ApiCall',
          service_type: 'IMS',
          resource_type: 'ims',
          resource_id: id,
          resource_name: 'renamed',
          time,
          record_time: time,
          user: {
            id: '0605767a8880d5a41fb1c00a1d2e9f30',
            name: 'demo',
            user_name: 'demo',
            domain: { id: DOMAIN, name: 'demo' },
            account_id: DOMAIN,
            principal_urn: `iam::${DOMAIN}:user:demo`,
            principal_id: '0605767a8880d5a41fb1c00a1d2e9f30',
            principal_is_root_user: 'true',
            type: 'User',
          },
          request: JSON.stringify(patch),
          response: text,
          code: '200',
          api_version: '2.0',
          source_ip: expect.stringMatching(/127\.0\.0\.1$/),
          request_id: headers.get('x-request-id'),
          operation_id: 'UpdateImage',
          read_only: false,
        },
      ],
      meta_data: { count: 1, marker: null },
    })
  })

  test('names the image that an asynchronous call makes, and the images of the other creations', async ({
    emulator,
  }) => {
    const id = await emulator.importImage({ name: 'imported' })
    const facts = { trace_name: 'createImage', resource_type: 'ims', resource_id: id }
    expect(await latest(emulator)).toMatchObject({ ...facts, resource_name: 'imported', code: '200' })
    const json = { name: 'native', disk_format: 'raw', container_format: 'bare' }
    const made = await emulator.post('/v2/images', json)
    expect(made.status).toBe(201)
    expect(await latest(emulator)).toMatchObject({
      trace_name: 'createImage',
      resource_type: 'image',
      resource_id: made.body.id,
      resource_name: 'native',
      code: '201',
    })
  })

  test('has the name of a deleted image', async ({ emulator }) => {
    const [id] = await addImages(emulator, { name: 'old' })
    expect((await emulator.delete(`/v2/images/${id}`)).status).toBe(204)
    const trace = await latest(emulator)
    expect(trace).toMatchObject({ trace_name: 'deleteImage', resource_id: id, resource_name: 'old' })
    expect('response' in trace).toBe(false)
  })

  test('has the documented name for every kind of call', async ({ emulator }) => {
    const [id, other] = await addImages(emulator, { name: 'one' }, { name: 'two' })
    const native = `/v2/images/${id}`
    const project = `/v1/${PROJECT}/cloudimages/${id}`
    const sharing = { images: [other], projects: [PARTNER] }
    const calls: [string, () => Promise<Reply>][] = [
      ['copyImage ims', () => emulator.post(`/v1/cloudimages/${id}/copy`, { name: 'copy' })],
      [
        'exportImage ims',
        () =>
          emulator.post(`/v1/cloudimages/${id}/file`, { bucket_url: 'images:x.qcow2', file_format: 'qcow2' }),
      ],
      ['addMember ims', () => emulator.post('/v1/cloudimages/members', sharing)],
      ['deleteMemeber ims', () => emulator.delete('/v1/cloudimages/members', sharing)],
      ['addTag image', () => emulator.put(`${native}/tags/green`)],
      ['deleteTag image', () => emulator.delete(`${native}/tags/green`)],
      ['addMember image', () => emulator.post(`${native}/members`, { member: PARTNER })],
      ['deleteMember image', () => emulator.delete(`${native}/members/${PARTNER}`)],
      [
        'updateImage image',
        () => emulator.patch(native, [{ op: 'replace', path: '/name', value: 'x' }], { headers: PATCH }),
      ],
      [
        'addTag ims',
        () =>
          emulator.post(`/v2/${PROJECT}/images/${id}/tags/action`, {
            action: 'create',
            tags: [{ key: 'k', value: 'v' }],
          }),
      ],
      [
        'deleteTag ims',
        () =>
          emulator.post(`/v2/${PROJECT}/images/${id}/tags/action`, {
            action: 'delete',
            tags: [{ key: 'k' }],
          }),
      ],
      ['deleteTag ims', () => emulator.delete(`${project}/tags/delete`, { tags: [{ key: 'k' }] })],
    ]
    const found: string[] = []
    for (const [, call] of calls) {
      const { status, text } = await call()
      expect([status < 400, text]).toEqual([true, text])
      const trace = await latest(emulator)
      expect(trace.code).toBe(String(status))
      found.push(`${trace.trace_name} ${trace.resource_type}`)
    }
    expect(found).toEqual(calls.map(([name]) => name))
    expect((await emulator.get(TRACES)).body.meta_data.count).toBe(10)
  })

  test('reads leave no trace', async ({ emulator }) => {
    const [id] = await addImages(emulator, {})
    for (const path of [`/v2/images/${id}`, '/v2/cloudimages', '/v1/cloudimages/quota', TRACES])
      expect((await emulator.get(path)).status).toBe(200)
    expect(await names(emulator)).toEqual([])
  })

  test('a refused call is a warning, and a failure of the service an incident', async ({ emulator }) => {
    expect((await emulator.delete(`/v2/images/${NO_IMAGE}`)).status).toBe(404)
    expect(await latest(emulator)).toMatchObject({
      trace_name: 'deleteImage',
      trace_rating: 'warning',
      code: '404',
      resource_id: NO_IMAGE,
    })
    const malformed = await emulator.post('/v2/cloudimages/action', { name: '' })
    expect(malformed.status).toBe(400)
    expect(await latest(emulator)).toMatchObject({
      trace_name: 'createImage',
      trace_rating: 'warning',
      response: malformed.text,
    })
    const rule = {
      name: 'fault',
      when: { operation: 'CreateImage' },
      then: { error: { code: 'IMG.0061', status: 500 } },
    }
    expect((await emulator.post('/_ims/rules', rule)).status).toBe(201)
    const failed = await emulator.post('/v2/cloudimages/action', {
      name: 'x',
      image_url: 'images:tiny.qcow2',
    })
    expect(failed.status).toBe(500)
    expect(await latest(emulator)).toMatchObject({ trace_rating: 'incident', code: '500' })
    expect(await names(emulator, '&trace_rating=warning')).toEqual(['createImage', 'deleteImage'])
  })

  test('a call that the gateway refuses leaves no trace', async ({ emulator }) => {
    const create = { name: 'x', image_url: 'images:tiny.qcow2', min_disk: 1 }
    expect((await emulator.post('/v2/cloudimages/action', create, { token: null })).status).toBe(401)
    const rule = { name: 'down', when: { operation: 'CreateImage' }, then: { error: 'APIGW.0201' } }
    expect((await emulator.post('/_ims/rules', rule)).status).toBe(201)
    expect((await emulator.post('/v2/cloudimages/action', create)).status).toBe(503)
    expect(await names(emulator)).toEqual([])
  })

  test('a call without a right is a warning of its user, and does not tell the name of the image', async () => {
    await using emulator = await startTestEmulator({ auth: { mode: 'strict' } })
    const [id] = await addImages(emulator, { name: 'secret plan' })
    expect((await emulator.delete(`/v2/images/${id}`, undefined, asReader)).status).toBe(403)
    const trace = await latest(emulator)
    expect(trace).toMatchObject({
      trace_rating: 'warning',
      code: '403',
      resource_id: id,
      user: { name: 'reader', principal_is_root_user: 'false' },
    })
    expect('resource_name' in trace).toBe(false)
  })

  test('a project sees its own traces alone', async ({ emulator }) => {
    const [id] = await addImages(emulator, {})
    await emulator.put(`/v2/images/${id}/tags/green`, undefined, asPartner)
    expect(await names(emulator)).toEqual([])
    const theirs = await emulator.get(`/v3/${PARTNER}/traces`, asPartner)
    expect(theirs.body.traces).toMatchObject([
      { trace_name: 'addTag', user: { name: 'partner', domain: { id: PARTNER_DOMAIN } } },
    ])
    expectCts(await emulator.get(TRACES, asPartner), 'CTS.0002')
  })

  test('secrets and large bodies are left out', async ({ emulator }) => {
    await emulator.post('/v2/cloudimages/action', { name: 'x', password: 'hidden' })
    expect('request' in (await latest(emulator))).toBe(false)
    await emulator.post('/v2/cloudimages/action', { name: 'x', description: 'x'.repeat(5000) })
    expect('request' in (await latest(emulator))).toBe(false)
  })
})

describe('filters and pages of traces', () => {
  /** Three traces, a minute apart: two of one image, the last of another. */
  async function threeTraces(emulator: TestEmulator): Promise<number> {
    await addImages(emulator, { name: 'one' }, { name: 'two' })
    const start = Date.parse((await emulator.get('/_ims/clock')).body.now)
    await emulator.put(`/v2/images/${imageId(1)}/tags/green`)
    await emulator.advance('1m')
    await emulator.delete(`/v2/images/${imageId(1)}/tags/green`)
    await emulator.advance('1m')
    await emulator.patch(`/v2/cloudimages/${imageId(2)}`, [{ op: 'replace', path: '/name', value: 'Two' }])
    return start
  }

  test.for<[string, string[]]>([
    ['trace_name=addTag', ['addTag']],
    ['trace_name=addtag', []],
    ['resource_type=image', ['deleteTag', 'addTag']],
    ['service_type=IMS', ['updateImage', 'deleteTag', 'addTag']],
    ['service_type=ECS', []],
    [`resource_id=${imageId(1)}`, ['deleteTag', 'addTag']],
    ['resource_name=Two', ['updateImage']],
    ['user=demo', ['updateImage', 'deleteTag', 'addTag']],
    ['user=nobody', []],
    ['trace_rating=incident', []],
    ['access_key_id=NOKEY', []],
    ['enterprise_project_id=0&trace_name=none', []],
    ['tracker_name=system', ['updateImage', 'deleteTag', 'addTag']],
    ['tracker_name=other', []],
    [`resource_id=${imageId(1)}&trace_name=addTag`, ['addTag']],
  ])('%s', async ([query, meant], { emulator: _ }) => {
    await using emulator = await startTestEmulator()
    await threeTraces(emulator)
    expect(await names(emulator, `&${query}`)).toEqual(meant)
  })

  test('both ends of a range of time are exclusive', async ({ emulator }) => {
    const start = await threeTraces(emulator)
    expect(await names(emulator, `&from=${start}&to=${start + 120_000}`)).toEqual(['deleteTag'])
    expect(await names(emulator, `&from=${start - 1}&to=${start + 120_001}`)).toHaveLength(3)
    expect(await names(emulator, `&from=${start}`)).toEqual(['updateImage', 'deleteTag'])
  })

  test('without a range the traces of the last hour are listed, and none is older than seven days', async ({
    emulator,
  }) => {
    const start = await threeTraces(emulator)
    await emulator.advance('59m')
    expect(await names(emulator)).toEqual(['updateImage'])
    expect(await names(emulator, `&from=${start - 1}`)).toHaveLength(3)
    await emulator.advance('7d')
    expect(await names(emulator, `&from=${start - 1}`)).toEqual([])
  })

  test('pages go on from the marker towards older traces, and the last one has none', async ({
    emulator,
  }) => {
    await threeTraces(emulator)
    const first = (await emulator.get(`${TRACES}?limit=2`)).body
    expect(first.traces).toMatchObject([{ trace_name: 'updateImage' }, { trace_name: 'deleteTag' }])
    expect(first.meta_data).toEqual({ count: 2, marker: first.traces[1].trace_id })
    const second = (await emulator.get(`${TRACES}?limit=2&next=${first.meta_data.marker}`)).body
    expect(second.traces).toMatchObject([{ trace_name: 'addTag' }])
    expect(second.meta_data).toEqual({ count: 1, marker: null })
  })

  test('the id of a trace is looked up whatever else is asked for', async ({ emulator }) => {
    await threeTraces(emulator)
    const { trace_id: id } = await latest(emulator)
    await emulator.advance('2h')
    expect(await names(emulator, `&trace_id=${id}&trace_name=other`)).toEqual(['updateImage'])
  })

  test('traces of data are an empty list, because no tracker of data exists', async ({ emulator }) => {
    await threeTraces(emulator)
    expect((await emulator.get(`${TRACES}?trace_type=data`)).body.traces).toEqual([])
  })

  test.for([
    'limit=0',
    'limit=201',
    'limit=many',
    'from=2024',
    'to=yesterday',
    'trace_type=other',
    'trace_rating=bad',
    'next=none',
  ])('%s is refused', async (query, { emulator: _ }) => {
    await using emulator = await startTestEmulator()
    expectCts(await emulator.get(`${TRACES}?${query}`), 'CTS.0300')
  })
})

describe('the rest of the service', () => {
  test('lists the names of traces, the types of resources, users, trackers and quotas', async ({
    emulator,
  }) => {
    const operations = (await emulator.get(`/v3/${PROJECT}/operations?resource_type=image`)).body
    expect(operations).toEqual({
      operations: [
        {
          service_type: 'IMS',
          resource_type: 'image',
          operation_list: [
            'addMember',
            'addTag',
            'createImage',
            'deleteImage',
            'deleteMember',
            'deleteTag',
            'updateImage',
            'updateMember',
          ],
        },
      ],
    })
    expect((await emulator.get(`/v3/${DOMAIN}/resources`)).body).toEqual({
      resources: [{ service_type: 'IMS', resource: ['image', 'ims'] }],
    })
    expect((await emulator.get(`/v3/${PROJECT}/user-resources`)).body).toEqual({ users: [] })
    await emulator.delete(`/v2/images/${NO_IMAGE}`)
    expect((await emulator.get(`/v3/${PROJECT}/user-resources`)).body).toEqual({ users: [{ name: 'demo' }] })
    const { trackers } = (await emulator.get(`/v3/${PROJECT}/trackers`)).body
    expect(trackers).toMatchObject([{ tracker_name: 'system', status: 'enabled', project_id: PROJECT }])
    expect((await emulator.get(`/v3/${PROJECT}/trackers?tracker_name=other`)).body.trackers).toEqual([])
    expect((await emulator.get(`/v3/${PROJECT}/quotas`)).body.resources).toContainEqual({
      type: 'system_tracker',
      used: 1,
      quota: 1,
    })
  })

  test('needs rights of its own in a strict world', async () => {
    await using emulator = await startTestEmulator({ auth: { mode: 'strict' } })
    const { status, body } = await emulator.get(TRACES, asReader)
    expect([status, body.error_code]).toEqual([403, 'CTS.0013'])
    expect(body.error_msg).toContain('cts:trace:list')
  })

  test('obeys rules by its name', async ({ emulator }) => {
    const rule = { name: 'r', when: { operation: 'service:cts' }, then: { error: 'CTS.0005' } }
    expect((await emulator.post('/_ims/rules', rule)).status).toBe(201)
    expectCts(await emulator.get(TRACES), 'CTS.0005')
  })
})
