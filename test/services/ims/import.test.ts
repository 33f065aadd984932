import { describe } from 'vitest'
import { expect, putObject, test } from '../../emulator.ts'

const tiny = { name: 'tiny', image_url: 'images:tiny.qcow2', min_disk: 1 }

describe('a qcow2 file imported from a bucket', () => {
  test('the job goes through INIT, RUNNING and SUCCESS while its image is queued, saving and active', async ({
    emulator,
  }) => {
    const created = await emulator.post('/v2/cloudimages/action', { ...tiny, os_version: 'CentOS 7.6 64bit' })
    expect(created.status).toBe(200)
    const { job_id } = created.body
    const look = async () => {
      const job = await emulator.progress(job_id)
      const images = await emulator.get('/v2/cloudimages?name=tiny')
      return [job.body.status, job.body.entities.process_percent, images.body.images[0].status]
    }
    const seen = [await look()]
    for (;;) {
      const step = await emulator.post('/_ims/clock/advance', { until: 'next' })
      if (step.body.settled.length === 0) break
      seen.push(await look())
    }
    expect(seen).toEqual([
      ['INIT', undefined, 'queued'],
      ['RUNNING', 0.05, 'saving'],
      ['RUNNING', 0.2, 'saving'],
      ['RUNNING', 0.4, 'saving'],
      ['RUNNING', 0.6, 'saving'],
      ['RUNNING', 0.8, 'saving'],
      ['SUCCESS', 1, 'active'],
    ])
  })
})

test('an unknown bucket is refused with IMG.0069 and leaves no image', async ({ emulator }) => {
  const reply = await emulator.post('/v2/cloudimages/action', { ...tiny, image_url: 'nowhere:tiny.qcow2' })
  expect(reply.status).toBe(400)
  expect(reply.body).toEqual({
    error: { code: 'IMG.0069', message: 'The specified bucket cannot be accessed.' },
  })
  expect((await emulator.get('/v2/cloudimages?__imagetype=private')).body).toEqual({ images: [] })
})

test('a file with a disk larger than min_disk fails the job with IMG.0055 and leaves no image', async ({
  emulator,
}) => {
  putObject(emulator, 'images', 'large.qcow2', 'two-gib.qcow2')
  const created = await emulator.post('/v2/cloudimages/action', { ...tiny, image_url: 'images:large.qcow2' })
  expect(created.status).toBe(200)
  await emulator.advance()
  expect((await emulator.job(created.body.job_id)).body).toMatchObject({
    status: 'FAIL',
    error_code: 'IMG.0055',
    fail_reason: 'The memory or disk size is invalid.',
    entities: { image_name: 'tiny' },
  })
  expect((await emulator.get('/v2/cloudimages?name=tiny')).body).toEqual({ images: [] })
})
