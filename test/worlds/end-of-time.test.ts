import { expect, startTestEmulator, test } from '../emulator.ts'

const END = '9900-01-01T00:00:00.000Z'

test('a world whose clock runs through all years in an instant is created and listed', async ({
  emulator,
}) => {
  const created = await emulator.post('/_ims/worlds', { name: 'fast', clock: { rate: 1e300 } })
  expect(created.status).toBe(201)
  const { status, body } = await emulator.get('/_ims/worlds')
  expect(status).toBe(200)
  expect(body.worlds.map(({ name }: { name: string }) => name)).toEqual(['default', 'fast'])
})

test('the clock stops at the end of time, where tokens are still valid for a day and jobs end at once', async ({
  emulator,
}) => {
  await emulator.post('/_ims/clock/advance', { to: '9999-12-31T23:59:59Z' })
  expect((await emulator.get('/_ims/clock')).body.now).toBe(END)
  const { status, body } = await emulator.post('/_ims/tokens', {})
  expect(status).toBe(201)
  expect(body.expires_at).toBe('9900-01-02T00:00:00.000Z')
  const importing = { name: 'tiny', image_url: 'images:tiny.qcow2', min_disk: 1 }
  const { job_id } = (await emulator.post('/v2/cloudimages/action', importing)).body
  expect((await emulator.job(job_id)).body).toMatchObject({
    status: 'SUCCESS',
    begin_time: END,
    end_time: END,
  })
})

test('a job that would end after the end of time ends with it', async () => {
  await using emulator = await startTestEmulator({ pace: 1e-300 })
  const importing = { name: 'tiny', image_url: 'images:tiny.qcow2', min_disk: 1 }
  const { job_id } = (await emulator.post('/v2/cloudimages/action', importing)).body
  expect((await emulator.get('/_ims/clock')).body).toMatchObject({ next: END, planned: 6 })
  await emulator.advance()
  expect((await emulator.job(job_id)).body).toMatchObject({ status: 'SUCCESS', end_time: END })
})
