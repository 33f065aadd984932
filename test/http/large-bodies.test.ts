import { expect, test } from '../emulator.ts'

/*
 * One thread answers all requests, so a body is refused by its size before it is parsed. None of these tests looks at the
 * clock: they hold the limits that bound the work.
 */

const KIB = 1024
const json = { 'Content-Type': 'application/json' }

/** A JSON text of a number of bytes. */
const ofBytes = (bytes: number) => JSON.stringify({ name: 'x'.repeat(bytes - '{"name":""}'.length) })
/** A JSON text with a number of fields. */
const ofFields = (fields: number) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: fields }, (_, n) => [n.toString(36), 0])))

/** The refusal of each kind of service: where it stands in the body, and what it says. */
const REFUSALS = [
  ['POST', '/v2/cloudimages/action', 4096, /"error_code":"APIGW.0602"/],
  ['POST', '/v1.0/enterprise-projects', 4096, /"error_code":"APIGW.0602"/],
  [
    'POST',
    '/v3/auth/tokens',
    4096,
    /"message":"The body is too large: a JSON body has up to 4096 KiB and 30000 values\./,
  ],
  ['POST', '/v2/images', 4096, /The request is too large: a JSON body has up to 4096 KiB and 30000 values\./],
  ['POST', '/_ims/fixtures', 1024, /"detail":"a JSON body has up to 1024 KiB and 30000 values"/],
  ['POST', '/_ims/rules', 1024, /"detail":"a JSON body has up to 1024 KiB and 30000 values"/],
  ['POST', '/_ims/worlds', 1024, /"detail":"a JSON body has up to 1024 KiB and 30000 values"/],
] as const

test.for(REFUSALS)(
  '%s %s takes JSON of up to %i KiB and 30,000 values, and refuses more in the form of its service',
  async ([method, path, kib, refusal], { emulator }) => {
    const send = async (body: string) => {
      const response = await emulator.fetch(path, { method, headers: json, body })
      return { status: response.status, text: await response.text() }
    }
    for (const body of [ofBytes(kib * KIB), ofFields(30_000)]) expect((await send(body)).status).toBe(400)
    for (const body of [ofBytes(kib * KIB + 1), ofFields(30_001), '['.repeat(30_001)]) {
      const { status, text } = await send(body)
      expect(status).toBe(413)
      expect(text).toMatch(refusal)
    }
  },
)

test('a body without a length is counted while it is read', async ({ emulator }) => {
  let left = 5000
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => (left-- > 0 ? controller.enqueue(new Uint8Array(KIB)) : controller.close()),
  })
  const response = await emulator.fetch('/v2/images', { method: 'POST', headers: json, body, duplex: 'half' })
  expect(response.status).toBe(413)
})

test('the bytes of an image are no JSON body, and have no limit', async ({ emulator }) => {
  const { id } = (await emulator.post('/v2/images', {})).body
  const headers = { 'Content-Type': 'application/octet-stream' }
  const body = new Uint8Array(2 * KIB * KIB)
  expect((await emulator.request('PUT', `/v2/images/${id}/file`, { headers, body })).status).toBe(204)
})

const rules = (count: number) =>
  Array.from(
    { length: count },
    (_, n) => `  - { name: r${n}, when: { operation: ListImages }, then: { error: IMG.0046 } }`,
  )

test('other requests are answered while a long scenario is read', async ({ emulator }) => {
  const order: string[] = []
  const text = ['scenario: long', 'rules:', ...rules(1000)].join('\n')
  const reading = emulator.request('PUT', '/_ims/scenario', { body: text }).then(({ status }) => {
    order.push(`scenario ${status}`)
  })
  for (let n = 0; n < 3; n++) order.push(`health ${(await emulator.get('/_ims/health')).status}`)
  await reading
  expect(order).toEqual(['health 200', 'health 200', 'health 200', 'scenario 200'])
  expect((await emulator.get('/_ims/rules')).body.rules).toHaveLength(1000)
  expect((await emulator.get('/v2/cloudimages')).body.error.code).toBe('IMG.0046')
})

test('a long scenario has its mistakes at the same places as a short one', async ({ emulator }) => {
  const wrong = [
    'scenario: wrong',
    'pase: 1',
    'rules:',
    '  - { name: a, when: { operation: ListImage }, then: {} }',
  ]
  const check = async (text: string) =>
    (await emulator.request('POST', '/_ims/scenario/check', { body: text })).body
  const short = await check(wrong.join('\n'))
  expect(short.mistakes).toEqual([
    { line: 2, column: 1, message: 'pase: no such key; did you mean pace?' },
    { line: 4, column: 24, message: expect.stringContaining('did you mean ListImages?') },
  ])
  expect(await check([...wrong, ...rules(500)].join('\n'))).toEqual(short)
  expect(await check(`a: [${'x'.repeat(20_000)}`)).toMatchObject({ sound: false })
})

test('a world is created with a long scenario, and refused with a wrong one', async ({ emulator }) => {
  const long = Array.from({ length: 1000 }, (_, n) => ({
    name: `r${n}`,
    when: {},
    then: { error: 'IMG.0046' },
  }))
  const create = (name: string, scenario: unknown) => emulator.post('/_ims/worlds', { name, scenario })
  expect((await create('long', { scenario: 'long', rules: long })).status).toBe(201)
  expect((await emulator.get('/w/long/_ims/rules')).body.rules).toHaveLength(1000)
  const wrong = await create('wrong', {
    scenario: 'long',
    rules: [...long.slice(1), { name: 'x', when: { by: 1 }, then: {} }],
  })
  expect(wrong.status).toBe(400)
  expect(wrong.text).toContain('no such key')
  const foreign = await create('foreign', { scenario: 'long', rules: long, fixtures: ['./mine.yaml'] })
  expect([foreign.status, foreign.text]).toEqual([400, expect.stringContaining('cannot name the file')])
})

test('a JSON scenario has 30,000 values at most, and its mistakes have places', async ({ emulator }) => {
  const check = async (scenario: unknown) =>
    (await emulator.request('POST', '/_ims/scenario/check', { body: JSON.stringify(scenario, null, 1) })).body
  const images = (count: number) => [{ images: Array.from({ length: count }, () => 0) }]
  expect(await check({ scenario: 'many', fixtures: images(29_995) })).toEqual({ sound: true, mistakes: [] })
  expect((await check({ scenario: 'many', fixtures: images(30_000) })).mistakes).toEqual([
    { message: 'scenario has more than 30000 values, which is more than a scenario may have' },
  ])
  expect((await check({ scenario: 'x', fixtures: images(20_000), pase: 1 })).mistakes).toEqual([
    { line: 20_009, column: 2, message: 'pase: no such key; did you mean pace?' },
  ])
})

test('of many unknown names in a rule twenty are told', async ({ emulator }) => {
  const operation = Array.from({ length: 256 }, (_, n) => `ListImage${n}`)
  const { status, text } = await emulator.post('/_ims/rules', { name: 'a', when: { operation }, then: {} })
  expect(status).toBe(400)
  expect(text.match(/is no operation/g)).toHaveLength(20)
  expect(text).toContain('and 236 more')
})
