import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/database/open.ts'
import { openClock } from '../../src/simulation/clock.ts'
import { parseRequestRate } from '../../src/simulation/scenario/quotas.ts'
import { openThrottle } from '../../src/simulation/throttle.ts'
import { scratchFolder, startTestEmulator, type TestEmulator } from '../emulator.ts'
import { startScenario } from '../scenario.ts'

const LIST = '/v2/cloudimages?limit=1'

/** The statuses of so many requests, one after the other. */
async function statuses(emulator: TestEmulator, count: number, path = LIST): Promise<number[]> {
  const seen: number[] = []
  for (let n = 0; n < count; n++) seen.push((await emulator.get(path)).status)
  return seen
}

describe('requests beyond the quota', () => {
  test('are answered by the gateway, which says when to come back, and pass then', async () => {
    await using emulator = await startScenario({ quotas: { requests: { rate: '3/m', per: 'world' } } })
    expect(await statuses(emulator, 3)).toEqual([200, 200, 200])
    const refused = await emulator.get(LIST)
    const requestId = refused.headers.get('x-request-id')
    expect([refused.status, refused.headers.get('retry-after'), refused.body]).toEqual([
      429,
      '20',
      {
        error_code: 'APIGW.0308',
        error_msg: expect.stringMatching(/throttl/i),
        request_id: requestId,
      },
    ])
    await emulator.advance('19s')
    expect((await emulator.get(LIST)).headers.get('retry-after')).toBe('1')
    await emulator.advance('1s')
    expect(await statuses(emulator, 2)).toEqual([200, 429])
    await emulator.advance('1h')
    expect(await statuses(emulator, 4)).toEqual([200, 200, 200, 429])
  })

  test('are noted in the journal with their code, and leave nothing behind', async () => {
    await using emulator = await startScenario({ quotas: { requests: { rate: '1/s', per: 'project' } } })
    const create = { name: 'x', disk_format: 'raw', container_format: 'bare' }
    await emulator.get(LIST)
    expect((await emulator.post('/v2/images', create)).status).toBe(429)
    const { requests } = (await emulator.get('/_ims/journal')).body
    expect(requests).toMatchObject([
      { status: 200 },
      { operation: 'GlanceCreateImageMetadata', status: 429, code: 'APIGW.0308', rules: [] },
    ])
    await emulator.advance('1s')
    expect((await emulator.get('/v2/images?visibility=private')).body.images).toEqual([])
  })

  test('are never those of the control plane', async () => {
    await using emulator = await startScenario({ quotas: { requests: { rate: '1/h', per: 'world' } } })
    expect(await statuses(emulator, 5, '/_ims/clock')).toEqual([200, 200, 200, 200, 200])
    expect(await statuses(emulator, 2)).toEqual([200, 429])
  })

  test('stay refused over a restart, for no time has passed', async () => {
    using folder = scratchFolder()
    const data = join(folder.path, 'data')
    await using first = await startTestEmulator({ data })
    await first.put('/_ims/scenario', { quotas: { requests: { rate: '2/m' } } })
    expect(await statuses(first, 3)).toEqual([200, 200, 429])
    await first.close()
    await using second = await startTestEmulator({ data })
    expect(await statuses(second, 1)).toEqual([429])
    await second.advance('30s')
    expect(await statuses(second, 2)).toEqual([200, 429])
  })
})

test.for([
  ['200/s', { requests: 200, per: 1000 }],
  ['30/m', { requests: 30, per: 60_000 }],
  ['1000 / h', { requests: 1000, per: 3_600_000 }],
  ['0/s', undefined],
  ['5', undefined],
  ['5/d', undefined],
] as const)('the rate %s is read as %o', ([text, rate]) => {
  expect(parseRequestRate(text)).toEqual(rate)
})

test('a rate that cannot be read says how to write one', async () => {
  await expect(startScenario({ quotas: { requests: { rate: 'often' } } })).rejects.toThrow(
    'often is no rate of requests; write 200/s, 30/m or 1000/h',
  )
})

/** Virtual time that stands until it is advanced. */
const standing = () => openClock({ virtual: 0, host: 0, rate: 0, goesOn: false }, false, () => 0)

test('projects are held to the quota one by one, or all together', () => {
  const { db, close } = openDatabase()
  const throttle = openThrottle(db, standing())
  const rate = { requests: 1, per: 1000 }
  const ofProjects = { rate, per: 'project' } as const
  expect([throttle.take(ofProjects, 'a'), throttle.take(ofProjects, 'b')]).toEqual([undefined, undefined])
  expect([throttle.take(ofProjects, 'a'), throttle.take(ofProjects, 'b')]).toEqual([1000, 1000])
  expect(throttle.take(ofProjects, undefined)).toBeUndefined()
  const ofWorld = { rate, per: 'world' } as const
  expect([throttle.take(ofWorld, 'a'), throttle.take(ofWorld, 'b')]).toEqual([undefined, 1000])
  close()
})

test('over any time no more pass than the quota has in it, beside a full bucket, and whoever waits as told passes', () => {
  const { db, close } = openDatabase()
  const pauses = fc.array(fc.nat(2000), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), pauses, (requests, spans) => {
      const clock = standing()
      const throttle = openThrottle(db, clock)
      const quota = { rate: { requests, per: 1000 }, per: 'world' } as const
      let passed = 0
      for (const span of spans) {
        clock.advanceTo(clock.now() + span)
        const wait = throttle.take(quota, undefined)
        if (wait === undefined) passed += 1
        else {
          clock.advanceTo(clock.now() + Math.ceil(wait))
          expect(throttle.take(quota, undefined)).toBeUndefined()
          passed += 1
        }
        expect(passed).toBeLessThanOrEqual(requests + (clock.now() * requests) / 1000 + 1e-6)
      }
    }),
    { numRuns: 100 },
  )
  close()
})
