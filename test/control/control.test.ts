import { describe } from 'vitest'
import { expect, startTestEmulator, test } from '../emulator.ts'

test('health, ready and info answer without credentials', async ({ emulator }) => {
  expect((await emulator.get('/_ims/health', { token: null })).body).toEqual({ status: 'ok' })
  expect((await emulator.get('/_ims/ready', { token: null })).body).toEqual({ status: 'ready' })
  expect((await emulator.get('/_ims/info', { token: null })).body).toEqual({
    name: 'ims-emulator',
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    worlds: ['default'],
    scenario: 'standard',
    glance: 'huawei',
    pace: 60,
    region: 'cn-north-4',
    project_id: '0605767a9500d5ed2fb3c00a8e3a0d4c',
    state: 'memory',
    buckets: ['images'],
    tls_port: null,
    cloud_domains: ['myhuaweicloud.com', 'myhuaweicloud.eu', 'otc.t-systems.com'],
    time: expect.stringMatching(/Z$/),
  })
})

test('openapi.json describes every registered operation once', async ({ emulator }) => {
  const { body } = await emulator.get('/_ims/openapi.json', { token: null })
  const ids = Object.values<Record<string, { operationId: string }>>(body.paths).flatMap((path) =>
    Object.values(path).map((operation) => operation.operationId),
  )
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toEqual(expect.arrayContaining(['CreateImage', 'ShowJob', 'ListImages', 'ControlAdvanceClock']))
})

describe('the clock', () => {
  const importing = { name: 'tiny', image_url: 'images:tiny.qcow2', min_disk: 1 }

  test('does not run while frozen, and shows when the next step is due', async ({ emulator }) => {
    const before = (await emulator.get('/_ims/clock')).body
    expect(before).toEqual({ now: before.now, rate: 0, frozen: true, next: null, planned: 0 })
    await emulator.post('/v2/cloudimages/action', importing)
    const after = (await emulator.get('/_ims/clock')).body
    const inHundredMs = new Date(Date.parse(before.now) + 100).toISOString()
    expect(after).toEqual({ now: before.now, rate: 0, frozen: true, next: inHundredMs, planned: 6 })
  })

  test('advances by a duration, applying each step at its own instant', async ({ emulator }) => {
    const { now } = (await emulator.get('/_ims/clock')).body
    const { job_id } = (await emulator.post('/v2/cloudimages/action', importing)).body
    const { body } = await emulator.post('/_ims/clock/advance', { by: '10m' })
    const start = Date.parse(now)
    expect(body.now).toBe(new Date(start + 600_000).toISOString())
    expect(body.settled.map((step: { at: string }) => Date.parse(step.at) - start)).toEqual([
      100, 1000, 2500, 4000, 5333, 5917,
    ])
    const job = (await emulator.job(job_id)).body
    expect(Date.parse(job.end_time) - Date.parse(job.begin_time)).toBe(5917)
  })

  test('advances to an instant, and to the next step', async ({ emulator }) => {
    expect((await emulator.post('/_ims/clock/advance', { to: '2099-01-01T00:00:00Z' })).body.now).toBe(
      '2099-01-01T00:00:00.000Z',
    )
    await emulator.post('/v2/cloudimages/action', importing)
    const { body } = await emulator.post('/_ims/clock/advance', { until: 'next' })
    expect(body.settled).toEqual([
      {
        at: '2099-01-01T00:00:00.100Z',
        job_id: expect.any(String),
        job: 'RUNNING',
        image: ['save'],
        progress: 5,
      },
    ])
  })

  test('runs at another rate and can be frozen again', async ({ emulator }) => {
    expect((await emulator.patch('/_ims/clock', { rate: 3600 })).body).toMatchObject({
      rate: 3600,
      frozen: false,
    })
    expect((await emulator.patch('/_ims/clock', { frozen: true })).body).toMatchObject({
      rate: 0,
      frozen: true,
    })
  })

  test.for([
    [
      'nothing',
      {},
      'send exactly one of by ("3m"), to ("2026-01-01T00:00:00Z") and until ("next" or "idle")',
    ],
    ['a duration that is none', { by: 'soon' }, 'soon is no duration; write 90s, 3m or 1h30m'],
    ['a time that is none', { to: 'noon' }, 'noon is no time; write 2026-01-01T00:00:00Z'],
  ] as const)('refuses %s with a problem that says what to send', async ([, json, detail], { emulator }) => {
    const reply = await emulator.post('/_ims/clock/advance', json)
    expect(reply.headers.get('content-type')).toBe('application/problem+json')
    expect(reply.body).toEqual({ type: 'about:blank', title: 'Bad Request', status: 400, detail })
  })

  test('does not go back', async ({ emulator }) => {
    const reply = await emulator.post('/_ims/clock/advance', { to: '2001-01-01T00:00:00Z' })
    expect(reply.status).toBe(400)
    expect(reply.body.detail).toMatch(
      /^2001-01-01T00:00:00Z has passed: it is .*Z, and time does not go back$/,
    )
  })
})

test('the scenario instant completes jobs before the first read', async () => {
  await using emulator = await startTestEmulator({ scenario: 'instant' })
  const { body } = await emulator.post('/v2/cloudimages/action', {
    name: 'now',
    image_url: 'images:tiny.qcow2',
    min_disk: 1,
  })
  expect((await emulator.progress(body.job_id)).body).toMatchObject({
    status: 'SUCCESS',
    entities: { process_percent: 1 },
  })
})

test('reset goes back to the start: the same requests give the same ids again', async ({ emulator }) => {
  const first = await emulator.importImage()
  expect((await emulator.post('/_ims/reset')).status).toBe(204)
  expect((await emulator.get('/v2/cloudimages?__imagetype=private')).body).toEqual({ images: [] })
  expect(await emulator.importImage()).toBe(first)
})

describe('a page of another site', () => {
  test.for([
    ['calling under its own Origin', { Origin: 'https://evil.example' }],
    ['reaching us under its own Host', { Host: 'evil.example' }],
  ] as const)('%s is kept away from the control plane', async ([, headers], { emulator }) => {
    const reply = await rawGet(emulator.port, '/_ims/info', headers)
    expect(reply).toMatch(/^HTTP\/1\.1 403 /)
  })
})

test('an unknown path is refused with the address of the OpenAPI document', async ({ emulator }) => {
  const reply = await emulator.get('/_ims/clokc')
  expect([reply.status, reply.body.detail]).toEqual([
    404,
    'nothing at GET /_ims/clokc; /_ims/openapi.json lists what there is',
  ])
})

/** Sends a request as given: fetch would not let a test choose its Host. */
async function rawGet(port: number, path: string, headers: Record<string, string>): Promise<string> {
  const { connect } = await import('node:net')
  const lines = Object.entries({ Host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}`)
  const socket = connect(port, '127.0.0.1')
  socket.end(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`)
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}
