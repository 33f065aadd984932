import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jobOf } from '../demo-world.ts'
import { scratchFolder, startTestEmulator, type TestEmulator } from '../emulator.ts'

/** A random flow, which can end early, more than once, or never. Steps after a failure must not happen. */
const flow = fc
  .array(
    fc.record(
      {
        at: fc.nat(50).map((s) => `${s}s`),
        job: fc.constantFrom('RUNNING', 'SUCCESS', 'FAIL'),
        image: fc.constantFrom('save', 'activate', 'fail', 'deactivate', 'delete'),
        progress: fc.nat(100),
      },
      { requiredKeys: ['at'] },
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((steps) => [...steps, { on: 'fail', image: ['fail', 'delete'] }])

/** Starts imports 7 s apart, so that they overlap; returns the ids of their jobs. */
async function begin(emulator: TestEmulator, imports: number): Promise<string[]> {
  const jobs: string[] = []
  for (let n = 0; n < imports; n++) {
    const json = { name: `image ${n}`, image_url: 'images:tiny.qcow2', min_disk: 1 }
    jobs.push(jobOf(await emulator.post('/v2/cloudimages/action', json)))
    await emulator.advance('7s')
  }
  return jobs
}

async function stepByStep(emulator: TestEmulator): Promise<unknown[]> {
  const settled: unknown[] = []
  for (;;) {
    const { body } = await emulator.post('/_ims/clock/advance', { until: 'next' })
    if (body.settled.length === 0) return settled
    settled.push(...body.settled)
  }
}

async function leftBehind(emulator: TestEmulator, ids: readonly string[]): Promise<unknown[]> {
  const jobs: unknown[] = []
  for (const id of ids) jobs.push((await emulator.job(id)).body)
  const { next, planned } = (await emulator.get('/_ims/clock')).body
  return [next, planned, jobs, (await emulator.get('/v2/images?visibility=private')).body.images]
}

test('advancing at once, until idle, and step by step settle the same steps', async () => {
  using folder = scratchFolder()
  const scenario = join(folder.path, 'start.yaml')
  writeFileSync(scenario, 'clock: { start: 2026-01-01T00:00:00Z, rate: 0 }\npace: 1\n')
  await using atOnce = await startTestEmulator({ scenario })
  await using untilIdle = await startTestEmulator({ scenario })
  await using slowly = await startTestEmulator({ scenario })
  await fc.assert(
    fc.asyncProperty(flow, fc.integer({ min: 1, max: 4 }), async (steps, imports) => {
      let jobs: string[] = []
      for (const emulator of [atOnce, untilIdle, slowly]) {
        await emulator.post('/_ims/reset')
        await emulator.put('/_ims/scenario', {
          extends: 'standard',
          pace: 1,
          flows: { 'import-image': steps },
        })
        jobs = await begin(emulator, imports)
      }
      const expected = await stepByStep(slowly)
      expect((await atOnce.advance('1h')).body.settled).toEqual(expected)
      const idle = (await untilIdle.advance()).body
      expect(idle.settled).toEqual(expected)
      expect(idle.now).toBe((await slowly.get('/_ims/clock')).body.now)
      const state = await leftBehind(slowly, jobs)
      expect(await leftBehind(atOnce, jobs)).toEqual(state)
      expect(await leftBehind(untilIdle, jobs)).toEqual(state)
    }),
    { numRuns: 6 },
  )
})

test('a settled step has its own time to the millisecond, before and after midnight', async () => {
  using folder = scratchFolder()
  const scenario = join(folder.path, 'midnight.yaml')
  writeFileSync(
    scenario,
    `clock: { start: 2026-02-28T23:59:59Z, rate: 0 }
pace: 1
flows:
  import-image:
    - { at: 7ms, job: RUNNING, image: save, progress: 5 }
    - { at: 999ms, progress: 40 }
    - { at: 1s, progress: 60 }
    - { at: 100d, job: SUCCESS, image: activate, progress: 100 }
`,
  )
  await using emulator = await startTestEmulator({ scenario })
  const json = { name: 'image', image_url: 'images:tiny.qcow2', min_disk: 1 }
  const id = jobOf(await emulator.post('/v2/cloudimages/action', json))
  expect((await emulator.advance('365d')).body.settled).toEqual([
    { at: '2026-02-28T23:59:59.007Z', job_id: id, job: 'RUNNING', image: ['save'], progress: 5 },
    { at: '2026-02-28T23:59:59.999Z', job_id: id, progress: 40 },
    { at: '2026-03-01T00:00:00.000Z', job_id: id, progress: 60 },
    { at: '2026-06-08T23:59:59.000Z', job_id: id, job: 'SUCCESS', image: ['activate'], progress: 100 },
  ])
})

test('steps of failed jobs do not happen, even when they are due together with steps of other jobs', async () => {
  using folder = scratchFolder()
  const scenario = join(folder.path, 'failing.yaml')
  writeFileSync(
    scenario,
    `clock: { start: 2026-01-01T00:00:00Z, rate: 0 }
pace: 1
flows:
  import-image:
    - { at: 0s, job: RUNNING, image: save, progress: 5 }
    - { at: 1h, job: FAIL, error: IMG.0021 }
    - { at: 1h, progress: 50 }
    - { at: 2h, job: SUCCESS, image: activate, progress: 100 }
    - { on: fail, image: [fail, delete] }
`,
  )
  await using emulator = await startTestEmulator({ scenario })
  const jobs = await begin(emulator, 3)
  const { settled, planned } = (await emulator.advance('1d')).body
  expect(settled.map((step: { job: string; job_id: string }) => [step.job_id, step.job])).toEqual(
    jobs.map((id) => [id, 'FAIL']),
  )
  expect(planned).toBe(0)
  expect((await emulator.get('/v2/images?visibility=private')).body.images).toEqual([])
})
