import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test as plain } from 'vitest'
import { jobOf } from '../demo-world.ts'
import { scratchFolder, startTestEmulator, type TestEmulator, test } from '../emulator.ts'
import { addImages, imageId } from '../private-image.ts'

const LIST = '/v2/cloudimages?limit=1'
const FILE = { name: 'ruled', image_url: 'images:tiny.qcow2', min_disk: 1 }

function rule(emulator: TestEmulator, when: object, then: object, rest = {}) {
  return emulator.post('/_ims/rules', { name: 'the rule', when, then, ...rest })
}

/** Reads an answer from the socket, byte by byte: a client would hide how it ends. */
async function rawAnswer(emulator: TestEmulator, path: string): Promise<{ head: string; body: string }> {
  const socket = connect(emulator.port, '127.0.0.1')
  socket.end(
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: demo-token\r\nConnection: close\r\n\r\n`,
  )
  const answer = await text(socket).catch(() => '')
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  return { head, body }
}

const lengthIn = (head: string) => Number(/content-length: (\d+)/i.exec(head)?.[1])

describe('a rule', () => {
  test('answers with an error of the catalogue, in the form of its service', async ({ emulator }) => {
    await rule(emulator, { operation: 'ListImages' }, { error: 'IMG.0046' })
    const reply = await emulator.get(LIST)
    expect({ status: reply.status, body: reply.body }).toEqual({
      status: 400,
      body: { error: { code: 'IMG.0046', message: expect.any(String) } },
    })
    await rule(emulator, { operation: 'Glance*' }, { error: { status: 503 } })
    const glance = await emulator.get('/v2/images', { headers: { Accept: 'application/json' } })
    expect({ status: glance.status, body: glance.body }).toEqual({
      status: 503,
      body: {
        message: expect.stringContaining('Service Unavailable'),
        code: '503 Service Unavailable',
        title: 'Service Unavailable',
      },
    })
  })

  test('can cause the codes that no request causes by itself', async ({ emulator }) => {
    for (const code of [
      'IMG.0006',
      'IMG.0009',
      'IMG.0026',
      'IMG.0137',
      'IMG.0154',
      'IMG.0156',
      'IMG.0187',
      'IMG.0190',
    ]) {
      await rule(emulator, { operation: 'CreateImage' }, { error: code })
      expect((await emulator.post('/v2/cloudimages/action', FILE)).body.error.code).toBe(code)
    }
  })

  test('throttles with 429 and Retry-After', async ({ emulator }) => {
    await rule(emulator, { operation: '*', nth: 2 }, { throttle: { retry_after: '30s' } })
    expect((await emulator.get(LIST)).status).toBe(200)
    const reply = await emulator.get(LIST)
    expect([reply.status, reply.headers.get('retry-after'), reply.body.error_code]).toEqual([
      429,
      '30',
      'APIGW.0308',
    ])
    expect((await emulator.get(LIST)).status).toBe(200)
  })

  test('makes a job fail at its progress with its code', async ({ emulator }) => {
    await rule(emulator, { operation: 'CreateImage', nth: 2 }, { job: { fail_at: '60%', error: 'IMG.0057' } })
    const ends: unknown[] = []
    for (let n = 0; n < 3; n++) {
      const id = jobOf(await emulator.post('/v2/cloudimages/action', FILE))
      await emulator.advance()
      const { status, error_code, entities } = (await emulator.progress(id)).body
      ends.push([status, error_code, entities.process_percent])
    }
    expect(ends).toEqual([
      ['SUCCESS', null, 1],
      ['FAIL', 'IMG.0057', 0.6],
      ['SUCCESS', null, 1],
    ])
  })

  test('makes a job stay at its progress for ever', async ({ emulator }) => {
    await rule(emulator, { operation: 'CreateImage' }, { job: { stuck: '40%' } })
    const id = jobOf(await emulator.post('/v2/cloudimages/action', FILE))
    await emulator.advance('100d')
    expect((await emulator.progress(id)).body).toMatchObject({
      status: 'RUNNING',
      entities: { process_percent: 0.4 },
    })
  })

  test('changes the status of the requested image', async ({ emulator }) => {
    const [id] = await addImages(emulator, {})
    await rule(emulator, { operation: 'GlanceShowImage' }, { image: 'deactivate' })
    expect((await emulator.get(`/v2/images/${id}`)).body.status).toBe('deactivated')
  })

  test('matches tags of the requested image', async ({ emulator }) => {
    const [one, other] = await addImages(emulator, { name: 'one', tags: ['env=test'] }, { name: 'other' })
    await rule(emulator, { resource: { tag: 'env=test' } }, { error: 'APIGW.0201' })
    expect((await emulator.get(`/v2/images/${one}`)).status).toBe(503)
    expect((await emulator.get(`/v2/images/${other}`)).status).toBe(200)
  })

  test('overrides fields of the answer', async ({ emulator }) => {
    await rule(emulator, { operation: 'ListImages' }, { set: { 'images[0].name': 'renamed on the way' } })
    expect((await emulator.get(LIST)).body.images[0].name).toBe('renamed on the way')
  })

  test('sets a quota for the requests that it matches', async ({ emulator }) => {
    await rule(emulator, { operation: 'CreateImage' }, { quota: { private_images: 0 } })
    const refused = await emulator.post('/v2/cloudimages/action', FILE)
    expect([refused.status, refused.body.error.code]).toEqual([400, 'IMG.0015'])
  })

  test('changes only the quotas of a project that it names', async ({ emulator }) => {
    await emulator.patch('/_ims/quotas', {
      projects: { [emulator.projectId]: { private_images: 0, tags_per_image: 1 } },
    })
    await rule(emulator, { operation: 'CreateImage' }, { quota: { tags_per_image: 5 } })
    const refused = await emulator.post('/v2/cloudimages/action', { ...FILE, tags: ['one', 'two'] })
    expect(refused.body.error.code).toBe('IMG.0015')
    await emulator.patch('/_ims/quotas', { projects: { [emulator.projectId]: { private_images: 1 } } })
    const created = await emulator.post('/v2/cloudimages/action', { ...FILE, tags: ['one', 'two'] })
    expect(created.status).toBe(200)
  })

  test('makes reads stale', async ({ emulator }) => {
    const id = await emulator.importImage()
    await rule(emulator, { method: 'GET' }, { stale: '10m' })
    expect((await emulator.get(`/v2/images/${id}`)).status).toBe(404)
    expect((await emulator.get('/v2/cloudimages?__imagetype=private')).body.images).toEqual([])
    await emulator.advance('10m')
    expect((await emulator.get(`/v2/images/${id}`)).status).toBe(200)
    expect((await emulator.get('/v2/cloudimages?__imagetype=private')).body.images).toHaveLength(1)
  })

  test('is listed in the journal and explained', async ({ emulator }) => {
    await rule(emulator, { operation: 'ListImages', query: { name: 'x' } }, { error: 'APIGW.0201' })
    await emulator.get(LIST)
    await emulator.get('/v2/cloudimages?name=x')
    const { requests } = (await emulator.get('/_ims/journal')).body
    expect(requests.map(({ rules }: { rules: string[] }) => rules)).toEqual([[], ['the rule']])
    const shown = (await emulator.get('/_ims/rules/the%20rule')).body
    expect(shown).toMatchObject({ hits: 1, matched: 1, source: 'run time' })
    expect(shown.requests).toMatchObject([
      { fired: false, why: expect.stringContaining('name') },
      { fired: true, path: '/v2/cloudimages' },
    ])
    expect((await emulator.delete('/_ims/rules/the%20rule')).status).toBe(204)
    expect((await emulator.get('/v2/cloudimages?name=x')).status).toBe(200)
  })

  test.for([
    [{ operation: 'ListImagez' }, {}, 'did you mean ListImages?'],
    [{ operation: 'ControlInfo' }, {}, 'ControlInfo is no operation; rules apply to the services ims, '],
    [{ operation: 'service:control' }, {}, 'control is no service; rules apply to the services ims, '],
    [{ operation: 'face:control' }, {}, 'control is no service; rules apply to the services ims, '],
    [{ operation: ['ListImages', 'service:imz'] }, {}, 'imz is no service; did you mean ims?'],
    [{}, { error: 'IMG.00466' }, 'did you mean IMG.0046?'],
    [{}, { error: { code: 'IMG.00466' } }, 'did you mean IMG.0046?'],
    [{}, { job: { error: 'IMG.00466' } }, 'did you mean IMG.0046?'],
    [{}, { enter: 'outage' }, 'outage is no phase'],
    [{}, { job: { flow: 'import-imag' } }, 'did you mean import-image?'],
  ] as const)(
    'with when %o and then %o is refused with a suggestion',
    async ([when, effect, meant], { emulator }) => {
      const reply = await rule(emulator, when, effect)
      expect({ status: reply.status, detail: reply.body.detail }).toEqual({
        status: 400,
        detail: expect.stringContaining(meant),
      })
      expect((await emulator.get('/_ims/rules')).body.rules).toEqual([])
    },
  )
})

describe('a wire fault', () => {
  test('closes the connection before the headers', async ({ emulator }) => {
    await rule(emulator, { operation: 'ListImages' }, { disconnect: 'before-headers' })
    await expect(emulator.get(LIST)).rejects.toThrow('fetch failed')
    expect(await rawAnswer(emulator, LIST)).toEqual({ head: '', body: '' })
  })

  test('closes the connection in the middle of the body', async ({ emulator }) => {
    const { body: whole } = await rawAnswer(emulator, LIST)
    await rule(emulator, { operation: 'ListImages' }, { disconnect: 'mid-body' })
    await expect(emulator.get(LIST)).rejects.toThrow('terminated')
    const { head, body } = await rawAnswer(emulator, LIST)
    expect([lengthIn(head), body]).toEqual([whole.length, whole.slice(0, Math.floor(whole.length / 2))])
  })

  test('truncates the body', async ({ emulator }) => {
    await rule(emulator, { operation: 'ListImages' }, { truncate: 10 })
    const { head, body } = await rawAnswer(emulator, LIST)
    expect(body).toBe('{"images":')
    expect(lengthIn(head)).toBeGreaterThan(10)
  })

  test('makes the body invalid JSON with a correct Content-Length', async ({ emulator }) => {
    await rule(emulator, { operation: 'ListImages' }, { malformed: true })
    const { head, body } = await rawAnswer(emulator, LIST)
    expect(body.length).toBe(lengthIn(head))
    expect(() => JSON.parse(body)).toThrow('JSON')
  })

  test('makes Content-Length larger than the body', async ({ emulator }) => {
    await rule(emulator, { operation: 'ListImages' }, { content_length: 'wrong' })
    const { head, body } = await rawAnswer(emulator, LIST)
    expect(JSON.parse(body).images).toHaveLength(1)
    expect(lengthIn(head)).toBe(body.length + 16)
  })

  test('sends a slow body completely', async ({ emulator }) => {
    await rule(emulator, { operation: 'ListImages' }, { slow: '64KiB/s' })
    expect((await emulator.get(LIST)).body.images).toHaveLength(1)
  })
})

describe('phases', () => {
  const scenario = `
scenario: outage
summary: Calm, then an outage, then calm again.
phases:
  initial: calm
  moves:
    - { from: calm, to: outage, when: { after: 5m } }
    - { from: outage, to: recovered, when: { operation: ListImages, count: 2 } }
rules:
  - { name: down, when: { phase: outage }, then: { error: { status: 503, code: APIGW.0201 } } }
`

  test('change by time, by requests and through the control plane', async () => {
    using folder = scratchFolder()
    const file = join(folder.path, 'outage.yaml')
    writeFileSync(file, scenario)
    await using emulator = await startTestEmulator({ scenario: file })
    const look = async () => [
      (await emulator.get('/_ims/phase')).body.phase,
      (await emulator.get(LIST)).status,
    ]
    expect(await look()).toEqual(['calm', 200])
    await emulator.advance('5m')
    expect(await look()).toEqual(['outage', 503])
    expect(await look()).toEqual(['outage', 503])
    expect(await look()).toEqual(['recovered', 200])
    await emulator.put('/_ims/phase', { phase: 'outage' })
    expect(await look()).toEqual(['outage', 503])
    expect((await emulator.put('/_ims/phase', { phase: 'storm' })).status).toBe(400)
  })
})

test('rules that were added at run time, and their counters, survive a restart', async () => {
  using folder = scratchFolder()
  const data = join(folder.path, 'data')
  await using first = await startTestEmulator({ data })
  await rule(first, { operation: 'ListImages', nth: 2 }, { error: 'APIGW.0201' })
  expect((await first.get(LIST)).status).toBe(200)
  await first.close()
  await using second = await startTestEmulator({ data })
  expect((await second.get(LIST)).status).toBe(503)
  expect((await second.get(LIST)).status).toBe(200)
})

test('a rule does not change the ids of requests that it does not match', async ({ emulator }) => {
  const create = { name: 'x', disk_format: 'raw', container_format: 'bare' }
  await rule(emulator, { operation: 'ListImages', probability: 0.5 }, { latency: '0ms-1ms' })
  for (let n = 0; n < 5; n++) await emulator.get(LIST)
  const { id } = (await emulator.post('/v2/images', create)).body
  await using plain = await startTestEmulator()
  expect((await plain.post('/v2/images', create)).body.id).toBe(id)
  expect(id).not.toBe(imageId(1))
})

test('a reset to a scenario file that has become invalid is refused and changes nothing', async () => {
  using folder = scratchFolder()
  const file = join(folder.path, 'mine.yaml')
  writeFileSync(file, 'scenario: mine\nsummary: Like the usual one.\n')
  await using emulator = await startTestEmulator({ scenario: file })
  await emulator.post('/v2/images', { name: 'kept', disk_format: 'raw', container_format: 'bare' })
  writeFileSync(file, 'scenario: mine\nsummary: Broken.\npase: 1\n')
  const reply = await emulator.post('/_ims/reset')
  expect([reply.status, reply.body.detail]).toEqual([400, expect.stringContaining('did you mean pace?')])
  expect((await emulator.get('/v2/images?name=kept')).body.images).toHaveLength(1)
})

describe.each([
  ['the cloud', {}],
  ['a stock Glance', { glance: 'stock', scenario: 'glance-stock' }],
] as const)('a rule on a document of the OpenStack API of %s', (_whose, options) => {
  const image = (name: string) => ({ name, disk_format: 'raw', container_format: 'bare' })
  const rule = {
    name: 'unwanted',
    when: { operation: 'GlanceCreateImage*', body: { name: { matches: '^bad-' } } },
    then: { error: { status: 503, message: 'not this one' } },
  }

  plain('matches a field of the body, which the operation can still read', async () => {
    await using emulator = await startTestEmulator(options)
    await emulator.post('/_ims/rules', rule)
    const { token } = await tokenOf(emulator)
    const headers = { 'X-Auth-Token': token }
    const statuses: number[] = []
    for (const name of ['bad-one', 'good-one'])
      statuses.push((await emulator.post('/v2/images', image(name), { headers })).status)
    expect(statuses).toEqual([503, 201])
    const broken = { headers: { ...headers, 'Content-Type': 'application/json' }, body: '{' }
    expect((await emulator.request('POST', '/v2/images', broken)).status).toBe(400)
  })
})

async function tokenOf(emulator: TestEmulator): Promise<{ token: string }> {
  return (await emulator.post('/_ims/tokens')).body
}
