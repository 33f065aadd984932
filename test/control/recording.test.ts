import { describe } from 'vitest'
import { expect, startTestEmulator, type TestEmulator, test } from '../emulator.ts'
import { addImages } from '../private-image.ts'
import { startScenario } from '../scenario.ts'
import { askForToken, byAgency, DEMO_USER, PROJECT_SCOPE, tokenOf } from '../services/iam/requests.ts'

const OCTETS = { 'Content-Type': 'application/octet-stream' }

async function recorded(emulator: TestEmulator) {
  return (await emulator.get('/_ims/recording')).body
}

/** The latest recorded request. */
async function latest(emulator: TestEmulator) {
  return (await recorded(emulator)).requests.at(-1)
}

async function upload(emulator: TestEmulator, body: Uint8Array<ArrayBuffer>): Promise<string> {
  const formats = { disk_format: 'raw', container_format: 'bare' }
  const { id } = (await emulator.post('/v2/images', formats)).body
  await emulator.request('PUT', `/v2/images/${id}/file`, { body, headers: OCTETS })
  return id
}

test('a request is recorded with its time, its user, its body and its answer', async ({ emulator }) => {
  await emulator.advance('90s')
  const headers = { 'Content-Type': 'application/json', 'X-Language': 'en-us', 'User-Agent': 'a test' }
  const json = { images: [], projects: [] }
  const reply = await emulator.post('/v1/cloudimages/members?a=b', json, { headers })
  expect(await latest(emulator)).toEqual({
    at: (await emulator.get('/_ims/clock')).body.now,
    user: DEMO_USER,
    project: emulator.projectId,
    method: 'POST',
    path: '/v1/cloudimages/members?a=b',
    headers: expect.objectContaining({
      'content-type': 'application/json',
      'user-agent': 'a test',
      'x-language': 'en-us',
    }),
    json,
    answer: {
      status: reply.status,
      content_type: reply.headers.get('content-type'),
      json: reply.body,
    },
  })
})

test('headers with credentials are not recorded', async ({ emulator }) => {
  await emulator.get('/v1/cloudimages/quota', { headers: { Cookie: 'mine', 'X-Security-Token': 'mine' } })
  const { headers } = await latest(emulator)
  expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['x-auth-token']))
  expect(JSON.stringify(headers)).not.toContain('mine')
})

test('the recording has the scenario of the world with the clock frozen at its start', async () => {
  await using emulator = await startScenario({ seed: 9, clock: { start: '1970-01-01T00:00:00Z' } })
  await emulator.advance('1h')
  const { requests, ...head } = await recorded(emulator)
  expect(requests).toEqual([])
  expect(head).toMatchObject({
    recording: 1,
    glance: 'huawei',
    complete: true,
    scenario: { scenario: 'test', seed: 9, clock: { start: '1970-01-01T00:00:00.000Z', rate: 0 } },
  })
})

test.for([
  [0, 0],
  [1, 1000],
  [60, 60_000],
] as const)('a clock of rate %i lets times differ by %i ms', async ([rate, tolerance]) => {
  await using emulator = await startTestEmulator({ clock: { rate } })
  expect((await recorded(emulator)).tolerance_ms).toBe(tolerance)
})

test('the tolerance of a frozen clock is that of its rate in the scenario', async ({ emulator }) => {
  const scenario = { scenario: 'running', summary: 'Time runs.', clock: { rate: 60 } }
  await emulator.post('/_ims/worlds', { name: 'blue', scenario })
  await emulator.patch('/_ims/worlds/blue/clock', { rate: 0 })
  expect((await emulator.get('/_ims/worlds/blue/recording')).body.tolerance_ms).toBe(60_000)
})

test('the tolerance of a running clock is that of its rate', async ({ emulator }) => {
  await emulator.patch('/_ims/clock', { rate: 60 })
  expect((await recorded(emulator)).tolerance_ms).toBe(60_000)
})

test('a recording is not complete after the journal was cleared', async ({ emulator }) => {
  await emulator.get('/v1/cloudimages/quota')
  await emulator.delete('/_ims/journal')
  await emulator.get('/v1/cloudimages/quota')
  const { complete, requests } = await recorded(emulator)
  expect([complete, requests.length]).toEqual([false, 1])
})

test('JSON is recorded as such unless parsing would lose something', async ({ emulator }) => {
  for (const body of ['{"name": "x",\n "a": 1}', '{"name":"x","a":1.0}', '{"name":']) {
    await emulator.request('POST', '/v1/cloudimages/members', { body, headers: { 'Content-Type': 'text/x' } })
  }
  const { requests } = await recorded(emulator)
  expect(requests.map(({ json, text }: Record<string, unknown>) => json ?? text)).toEqual([
    { name: 'x', a: 1 },
    '{"name":"x","a":1.0}',
    '{"name":',
  ])
})

test('bytes are recorded in base64', async ({ emulator }) => {
  await upload(emulator, new Uint8Array([0, 255, 1]))
  expect(await latest(emulator)).toMatchObject({ base64: 'AP8B', answer: { status: 204 } })
})

test('a streamed answer is recorded without its body', async ({ emulator }) => {
  const id = await upload(emulator, new Uint8Array([0, 255, 1]))
  await emulator.get(`/v2/images/${id}/file`)
  expect((await latest(emulator)).answer).toEqual({ status: 200, content_type: 'application/octet-stream' })
})

test('an answer that was kept in part is recorded without its body', async ({ emulator }) => {
  await addImages(emulator, ...Array.from({ length: 40 }, () => ({})))
  await emulator.get('/v2/cloudimages?__imagetype=private')
  expect((await latest(emulator)).answer).toEqual({ status: 200, content_type: 'application/json' })
})

test('a path is recorded without the prefix of the world', async ({ emulator }) => {
  await emulator.post('/_ims/worlds', { name: 'blue' })
  await emulator.get('/w/blue/v2/cloudimages?limit=1')
  await emulator.post('/_ims/worlds/blue/rules', { name: 'a', when: { operation: 'ListImages' }, then: {} })
  const { requests } = (await emulator.get('/_ims/worlds/blue/recording')).body
  expect(requests.map(({ path }: { path: string }) => path)).toEqual([
    '/v2/cloudimages?limit=1',
    '/_ims/rules',
  ])
})

test('changes through the control plane are recorded; refused ones and reads are not', async ({
  emulator,
}) => {
  const rule = { name: 'a', when: { operation: 'ListImages' }, then: {} }
  await emulator.post('/_ims/rules', rule)
  await emulator.post('/_ims/rules', { ...rule, then: { colour: 'red' } })
  await emulator.get('/_ims/rules')
  const { requests } = await recorded(emulator)
  expect(requests.map(({ path, json }: Record<string, unknown>) => [path, json])).toEqual([
    ['/_ims/rules', rule],
  ])
})

describe('a request is recorded without its body and with the reason when it', () => {
  test('has a body longer than what the journal keeps', async ({ emulator }) => {
    await upload(emulator, new Uint8Array(Buffer.from('a'.repeat(16_385))))
    const { left_out, text, base64, answer } = await latest(emulator)
    expect([left_out, text, base64, answer]).toEqual([
      'its body of 16385 bytes is longer than what the journal keeps',
      undefined,
      undefined,
      { status: 204 },
    ])
  })

  test('was sent under an agency', async ({ emulator }) => {
    const token = tokenOf(await askForToken(emulator, byAgency(), PROJECT_SCOPE, { token: 'partner-token' }))
    await emulator.get('/v1/cloudimages/quota', { token })
    expect(await latest(emulator)).toMatchObject({
      left_out: 'it was sent under an agency',
      answer: { status: 200 },
    })
    expect((await latest(emulator)).answer).not.toHaveProperty('json')
  })

  test('was answered with a secret', async ({ emulator }) => {
    await emulator.get('/v3/auth/tokens', { headers: { 'X-Subject-Token': 'demo-token' } })
    expect(await latest(emulator)).toMatchObject({
      left_out: 'a secret was in it, which the journal does not keep',
      answer: { status: 200 },
    })
  })

  test('has a body that was forgotten for later ones', async ({ emulator }) => {
    const body = 'a'.repeat(16_384)
    for (let n = 0; n < 257; n++) await emulator.fetch('/v1/cloudimages/members', { method: 'POST', body })
    const { requests } = await recorded(emulator)
    const reasons = requests.map(({ left_out }: { left_out?: string }) => left_out)
    expect(reasons[0]).toBe('its body made room for those of later requests')
    expect(reasons.at(-1)).toBeUndefined()
  })
})

test.for([
  ['truncate: 10', { truncate: 10 }, true],
  ['disconnect: mid-body', { disconnect: 'mid-body' }, true],
  ['malformed: true', { malformed: true }, true],
  ['content_length: wrong', { content_length: 'wrong' }, true],
  ['slow: 1MiB/s, for it comes whole in the end', { slow: '1MiB/s' }, undefined],
] as const)(
  'an answer under a rule with %s is recorded as it was made',
  async ([_what, then, spoiled], { emulator }) => {
    const rule = { name: 'r', when: { operation: 'ShowImageQuota' }, then }
    expect((await emulator.post('/_ims/rules', rule)).status).toBe(201)
    const response = await fetch(`${emulator.url}/v1/cloudimages/quota`, {
      headers: { 'X-Auth-Token': 'demo-token' },
    }).catch(() => undefined)
    await response?.text().catch(() => 'broken')
    const { answer } = await latest(emulator)
    expect(answer.spoiled).toBe(spoiled)
    expect(answer.json).toHaveProperty('quotas')
  },
)

test('a recording of a world that began as a copy is not complete until a reset', async ({ emulator }) => {
  const complete = async (prefix = '') => (await emulator.get(`/_ims${prefix}/recording`)).body.complete
  await emulator.post('/_ims/worlds', { name: 'like-the-first' })
  expect(await complete('/worlds/like-the-first')).toBe(true)
  await emulator.post('/_ims/snapshots', { name: 'one' })
  await emulator.post('/_ims/fork', { name: 'branch' })
  expect([await complete(), await complete('/worlds/branch')]).toEqual([true, false])
  await emulator.put('/_ims/snapshots/one/restore')
  expect(await complete()).toBe(false)
  await emulator.post('/_ims/reset')
  expect(await complete()).toBe(true)
})
