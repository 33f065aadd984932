import { statSync } from 'node:fs'
import { expect } from 'vitest'
import { jobOf } from '../../demo-world.ts'
import { diskImage, type TestEmulator, test } from '../../emulator.ts'
import { putBlank } from '../../objects.ts'

const FILE = { name: 'sized', image_url: 'images:tiny.qcow2', min_disk: 1 }
const MIB = 2 ** 20

async function begin(emulator: TestEmulator, fields = {}): Promise<string> {
  return jobOf(await emulator.post('/v2/cloudimages/action', { ...FILE, ...fields }))
}

/** Virtual ms until the next step of a world with one running job. */
async function untilNext(emulator: TestEmulator): Promise<number> {
  const { now, next } = (await emulator.get('/_ims/clock')).body
  return Date.parse(next) - Date.parse(now)
}

test('imports and exports take longer for larger files', async ({ emulator }) => {
  const end = { job: 'SUCCESS', progress: 100 }
  await emulator.put('/_ims/scenario', {
    pace: 1,
    flows: {
      'import-image': [{ at: '10s + 60s/MiB', image: 'activate', ...end }],
      'export-image': [{ at: '5s + 30s/MiB', ...end }],
    },
  })
  const { size } = statSync(diskImage('tiny-v3.qcow2'))
  await begin(emulator)
  expect(await untilNext(emulator)).toBe(10_000 + 1000 * Math.floor((size * 60) / MIB))
  await emulator.advance()
  const [{ id }] = (await emulator.get('/v2/cloudimages?__imagetype=private')).body.images
  await emulator.post(`/v1/cloudimages/${id}/file`, { bucket_url: 'images:out.qcow2', file_format: 'qcow2' })
  expect(await untilNext(emulator)).toBe(5000 + 1000 * Math.floor((size * 30) / MIB))
})

test('an import of the standard scenario takes 8 s more for each GiB of the file', async ({ emulator }) => {
  await emulator.put('/_ims/scenario', { pace: 1 })
  putBlank(emulator, 'images', 'large.raw', 200 * MIB)
  const began = Date.parse((await emulator.get('/_ims/clock')).body.now)
  await begin(emulator, { image_url: 'images:large.raw' })
  await emulator.post('/_ims/clock/advance', { until: 'idle' })
  const ended = Date.parse((await emulator.get('/_ims/clock')).body.now)
  expect(ended - began).toBe(355_000 + 1000)
})

test('a rule with a condition selects the flow of a job', async ({ emulator }) => {
  await emulator.put('/_ims/scenario', {
    pace: 1,
    flows: { 'import-windows': [{ at: '1h', job: 'SUCCESS', image: 'activate', progress: 100 }] },
    rules: [
      {
        name: 'windows takes an hour',
        when: { operation: 'CreateImage', body: { os_type: 'Windows' } },
        then: { job: { flow: 'import-windows' } },
      },
    ],
  })
  const linux = await begin(emulator)
  const windows = await begin(emulator, { name: 'windows', os_type: 'Windows' })
  await emulator.advance('59m')
  expect((await emulator.job(linux)).body.status).toBe('SUCCESS')
  expect((await emulator.job(windows)).body.status).toBe('INIT')
  await emulator.advance('1m')
  expect((await emulator.job(windows)).body.status).toBe('SUCCESS')
})
