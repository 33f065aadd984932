import fc from 'fast-check'
import { describe } from 'vitest'
import { expect, type Reply, startTestEmulator, type TestEmulator, test } from '../emulator.ts'

/** A request that one service answers with success, and what rules can see of it. */
interface Sample {
  service: string
  glance: 'huawei' | 'stock'
  operation: string
  method: string
  path: string
  token: string
  project: string
  user: string
}

const demo = {
  glance: 'huawei' as const,
  token: 'demo-token',
  project: '0605767a9500d5ed2fb3c00a8e3a0d4c',
  user: 'demo',
}
const stock = {
  glance: 'stock' as const,
  token: 'tok-a',
  project: '000000000000000000000000000000aa',
  user: 'a',
}

/** One operation of every service of either cloud. */
const SAMPLES: readonly Sample[] = [
  { ...demo, service: 'ims', operation: 'ListImages', method: 'GET', path: '/v2/cloudimages' },
  { ...demo, service: 'ims', operation: 'ShowImageQuota', method: 'GET', path: '/v1/cloudimages/quota' },
  { ...demo, service: 'glance', operation: 'GlanceListImages', method: 'GET', path: '/v2/images' },
  {
    ...demo,
    service: 'eps',
    operation: 'ListEnterpriseProject',
    method: 'GET',
    path: '/v1.0/enterprise-projects',
  },
  {
    ...demo,
    service: 'iam',
    operation: 'KeystoneListAuthProjects',
    method: 'GET',
    path: '/v3/auth/projects',
  },
  { ...demo, service: 'cts', operation: 'ListTraces', method: 'GET', path: `/v3/${demo.project}/traces` },
  { ...stock, service: 'glance', operation: 'GlanceListImages', method: 'GET', path: '/v2/images' },
  { ...stock, service: 'glance', operation: 'GlanceListStores', method: 'GET', path: '/v2/info/stores' },
  {
    ...stock,
    service: 'iam',
    operation: 'KeystoneListUsableProjects',
    method: 'GET',
    path: '/v3/auth/projects',
  },
]

const samples = SAMPLES.map((sample): [string, Sample] => [
  `${sample.operation} of ${sample.service} (${sample.glance})`,
  sample,
])

/** The clauses of `when` that a sample fits, each with one that it does not fit. */
function clausesOf({
  service,
  operation,
  method,
  path,
  project,
  user,
}: Sample): [string, unknown, unknown][] {
  return [
    ['operation', [operation, 'GlanceShow*'], 'GlanceShowImageSchemas'],
    ['operation', [`service:${service}`, 'GlanceShow*'], 'GlanceShowImageSchemas'],
    ['method', method, 'DELETE'],
    ['path', [path, path.replace(/^\/v2/, '')], '/v7/*'],
    ['project', project, 'ffffffffffffffffffffffffffffffff'],
    ['user', user, 'nobody-else'],
    ['headers', { 'x-colour': 'red' }, { 'x-colour': 'blue' }],
    ['query', { limit: '5' }, { limit: '6' }],
    ['before', '1h', '1s'],
    ['after', '1m', '1h'],
    ['nth', 1, 2],
  ]
}

/** Starts an emulator whose time stands ten minutes after the start of its world. */
async function started({ glance }: Sample, scenario: Record<string, unknown> = {}): Promise<TestEmulator> {
  const emulator = await startTestEmulator({
    glance,
    ...(glance === 'stock' && { scenario: 'glance-stock' }),
  })
  if (Object.keys(scenario).length > 0) await emulator.putScenario({ extends: 'standard', ...scenario })
  await emulator.advance('10m')
  return emulator
}

function send(emulator: TestEmulator, { method, path, token }: Sample, query = '?limit=5'): Promise<Reply> {
  return emulator.request(method, path + query, { token, headers: { 'X-Colour': 'red' } })
}

async function lastEntry(emulator: TestEmulator) {
  const { body } = await emulator.get('/_ims/journal?limit=1')
  return body.requests[0]
}

describe('the one pipeline', () => {
  test.for(samples)(
    'rules with any clauses that fit fire for %s, and with one that does not fit do not',
    async ([, sample]) => {
      await using emulator = await started(sample)
      const clauses = clausesOf(sample)
      await fc.assert(
        fc.asyncProperty(
          fc.subarray(clauses.slice(1), { minLength: 1 }),
          fc.option(fc.nat(), { nil: undefined }),
          async (chosen, broken) => {
            const off = broken === undefined ? -1 : broken % chosen.length
            const when = Object.fromEntries(
              chosen.map(([clause, fits, misses], n) => [clause, n === off ? misses : fits]),
            )
            const rule = { name: 'r', when, then: { error: 'APIGW.0201' } }
            expect((await emulator.post('/_ims/rules', rule)).status).toBe(201)
            const reply = await send(emulator, sample)
            const entry = await lastEntry(emulator)
            if (off < 0) {
              expect([reply.status, reply.body.error_code]).toEqual([503, 'APIGW.0201'])
              expect(entry).toMatchObject({ code: 'APIGW.0201', rules: ['r'], status: 503 })
            } else {
              expect(reply.status).toBeLessThan(400)
              expect(entry).toMatchObject({ code: null, rules: [] })
            }
            expect(entry.operation).toBe(sample.operation)
          },
        ),
        { numRuns: 25 },
      )
    },
  )

  test('a rule with a code of the image service is answered by a stock Glance with the status of the code', async () => {
    const sample = SAMPLES.find(({ glance }) => glance === 'stock')
    if (sample === undefined) throw new Error('no sample of a stock Glance')
    await using emulator = await started(sample)
    const rule = { name: 'r', when: { operation: sample.operation }, then: { error: 'IMG.0027' } }
    expect((await emulator.post('/_ims/rules', rule)).status).toBe(201)
    const reply = await emulator.request('GET', sample.path, {
      token: sample.token,
      headers: { Accept: 'application/json' },
    })
    expect([reply.status, reply.body.title]).toEqual([400, 'Bad Request'])
    expect(await lastEntry(emulator)).toMatchObject({ code: 'IMG.0027', status: 400 })
  })

  test.for(samples)('every clause that fits fires for %s by itself', async ([, sample]) => {
    await using emulator = await started(sample)
    for (const [clause, fits] of clausesOf(sample)) {
      await emulator.post('/_ims/rules', {
        name: 'r',
        when: { [clause]: fits },
        then: { error: { status: 418 } },
      })
      expect([clause, (await send(emulator, sample)).status]).toEqual([clause, 418])
    }
  })

  test.for(samples)('the quota of requests holds for %s', async ([, sample]) => {
    await using emulator = await started(sample, {
      quotas: { requests: { rate: '2/s', per: 'project' } },
      ...(sample.glance === 'stock' && { extends: 'glance-stock' }),
    })
    const replies = [await send(emulator, sample), await send(emulator, sample), await send(emulator, sample)]
    expect(replies.map(({ status }) => status < 400)).toEqual([true, true, false])
    expect(replies[2]).toMatchObject({ status: 429, body: { error_code: 'APIGW.0308' } })
    expect(replies[2]?.headers.get('retry-after')).toBe('1')
    expect(await lastEntry(emulator)).toMatchObject({ status: 429, code: 'APIGW.0308' })
  })

  test.for(
    samples.filter(([, { operation }]) => operation !== 'ListImages' && operation !== 'GlanceListImages'),
  )('the journal names the query parameter that %s does not read', async ([, sample]) => {
    await using emulator = await started(sample)
    await send(emulator, sample, '?frobnicate=1')
    expect((await lastEntry(emulator)).unread).toEqual(['query.frobnicate'])
  })

  test.for(samples)('the faults of a rule break the answer of %s', async ([, sample]) => {
    await using emulator = await started(sample)
    const faults: [Record<string, unknown>, 'fails' | 'no JSON'][] = [
      [{ disconnect: 'before-headers' }, 'fails'],
      [{ disconnect: 'mid-body' }, 'fails'],
      [{ truncate: '50%' }, 'fails'],
      [{ content_length: 'wrong' }, 'fails'],
      [{ malformed: true }, 'no JSON'],
    ]
    for (const [then, meant] of faults) {
      await emulator.post('/_ims/rules', { name: 'r', when: { operation: sample.operation }, then })
      const headers = { 'X-Auth-Token': sample.token }
      const text = async () => (await fetch(emulator.url + sample.path, { headers })).text()
      if (meant === 'fails') await expect(text(), JSON.stringify(then)).rejects.toThrow()
      else {
        const broken = await text()
        expect(() => JSON.parse(broken)).toThrow()
      }
    }
  })

  test.for(samples)('a rule of latency, fields and headers changes the answer of %s', async ([, sample]) => {
    await using emulator = await started(sample)
    const then = {
      latency: '1ms',
      set: { 'extra.colour': 'red' },
      headers: { 'content-type': 'application/x-red' },
    }
    await emulator.post('/_ims/rules', { name: 'r', when: { operation: sample.operation }, then })
    const reply = await send(emulator, sample)
    expect(JSON.parse(reply.text).extra).toEqual({ colour: 'red' })
    expect(reply.headers.get('content-type')).toBe('application/x-red')
  })

  test.for(samples)(
    'due steps are settled before %s is answered, and every request has an id',
    async ([, sample]) => {
      await using emulator = await started(sample)
      const ids = [await send(emulator, sample), await send(emulator, sample)].map(
        ({ headers }) => headers.get('x-request-id') ?? headers.get('x-openstack-request-id'),
      )
      expect(ids.every((id) => id !== null && id !== '')).toBe(true)
      expect(new Set(ids).size).toBe(2)
      const { requests } = (await emulator.get('/_ims/journal')).body
      expect(new Set(requests.map(({ request_id }: { request_id: string }) => request_id)).size).toBe(2)
    },
  )
})
