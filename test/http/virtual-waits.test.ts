import { expect, startTestEmulator, type TestEmulator, test } from '../emulator.ts'

const now = async (emulator: TestEmulator) => Date.parse((await emulator.get('/_ims/clock')).body.now)
const list = { operation: 'ListImages' }

test('a virtual latency advances a clock that stands, and the answer does not wait', async ({ emulator }) => {
  await emulator.post('/_ims/rules', { name: 'late', when: list, then: { latency: '10m', time: 'virtual' } })
  const before = await now(emulator)
  expect((await emulator.get('/v2/cloudimages')).status).toBe(200)
  expect((await now(emulator)) - before).toBe(600_000)
})

test('jobs go on while a virtual latency passes', async ({ emulator }) => {
  await emulator.post('/_ims/rules', { name: 'late', when: list, then: { latency: '10m', time: 'virtual' } })
  const order = { name: 'tiny', image_url: 'images:tiny.qcow2', min_disk: 1 }
  const { job_id } = (await emulator.post('/v2/cloudimages/action', order)).body
  await emulator.get('/v2/cloudimages')
  expect((await emulator.job(job_id)).body.status).toBe('SUCCESS')
})

test('a clock that runs makes a virtual latency as much shorter', async () => {
  await using emulator = await startTestEmulator({ clock: { rate: 100_000 } })
  const then = { latency: '10m', time: 'virtual' }
  await emulator.post('/_ims/rules', { name: 'late', when: list, then })
  const before = await now(emulator)
  expect((await emulator.get('/v2/cloudimages')).status).toBe(200)
  expect((await now(emulator)) - before).toBeGreaterThanOrEqual(600_000)
})

test('a slow body advances a clock that stands by the time that it takes', async ({ emulator }) => {
  await emulator.post('/_ims/rules', { name: 'slow', when: list, then: { slow: '500B/s', time: 'virtual' } })
  const before = await now(emulator)
  const { text } = await emulator.get('/v2/cloudimages?limit=1')
  const seconds = ((await now(emulator)) - before) / 1000
  expect(seconds).toBeGreaterThan(text.length / 500 - 1)
  expect(seconds).toBeLessThanOrEqual(text.length / 500)
})
