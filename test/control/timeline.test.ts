import { expect, test } from '../emulator.ts'

test('the timeline lists events and planned steps in order', async ({ emulator }) => {
  const order = { name: 'tiny', image_url: 'images:tiny.qcow2', min_disk: 1 }
  const { job_id } = (await emulator.post('/v2/cloudimages/action', order)).body
  const began = (await emulator.get('/_ims/clock')).body.now
  const before = (await emulator.get('/_ims/timeline')).body
  expect(before).toMatchObject({
    now: began,
    happened: [{ at: began, job_id, job_type: 'imsImportImageJob', event: 'began', error: null }],
    total_planned: before.planned.length,
  })
  const times = before.planned.map(({ at }: { at: string }) => at)
  expect(times).toEqual(times.toSorted())
  expect(before.planned.at(-1)).toMatchObject({ job_id, job: 'SUCCESS', image: ['activate'] })

  const settled = (await emulator.advance()).body
  const after = (await emulator.get('/_ims/timeline')).body
  expect(after).toMatchObject({ planned: [], total_planned: 0 })
  expect(after.happened.map(({ at, event }: Record<string, string>) => [at, event])).toEqual([
    [began, 'began'],
    [settled.now, 'succeeded'],
  ])
})

test('the timeline tells when the world began, however far time has gone on', async ({ emulator }) => {
  const began = (await emulator.get('/_ims/clock')).body.now
  await emulator.advance('3h')
  expect((await emulator.get('/_ims/timeline')).body).toMatchObject({ began })
})

test('a failed job is in the timeline with its code', async ({ emulator }) => {
  await emulator.post('/_ims/rules', {
    name: 'bad',
    when: { operation: 'CreateImage' },
    then: { job: { fail_at: '60%', error: 'IMG.0057' } },
  })
  await emulator.post('/v2/cloudimages/action', { name: 'n', image_url: 'images:tiny.qcow2', min_disk: 1 })
  await emulator.advance()
  const { happened } = (await emulator.get('/_ims/timeline')).body
  expect(happened.at(-1)).toMatchObject({ event: 'failed', error: 'IMG.0057' })
})
