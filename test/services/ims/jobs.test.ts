import { describe, test as plain } from 'vitest'
import { diskOf, ended, imageNames, jobOf, SERVER } from '../../demo-world.ts'
import { expect, test } from '../../emulator.ts'
import { addImages, asPartner, expectRefusal, PARTNER } from '../../private-image.ts'
import { failingFlow, startScenario } from '../../scenario.ts'

const tiny = { name: 'tiny', image_url: 'images:tiny.qcow2', min_disk: 1 }
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

describe('a job', () => {
  test('a job shows no entities in INIT, its image while it runs, and its end time', async ({ emulator }) => {
    const id = jobOf(await emulator.post('/v2/cloudimages/action', tiny))
    const look = async () => (await emulator.job(id)).body
    const common = {
      job_id: id,
      job_type: 'imsImportImageJob',
      begin_time: TIME,
      end_time: '',
      error_code: null,
      fail_reason: null,
    }
    expect(await look()).toEqual({ ...common, status: 'INIT', entities: {} })
    await emulator.advance('100ms')
    const { image_id } = (await look()).entities
    const image = { image_id, image_name: 'tiny' }
    expect(image_id).toMatch(/^[0-9a-f-]{36}$/)
    expect(await look()).toEqual({ ...common, status: 'RUNNING', entities: image })
    await emulator.advance()
    expect(await look()).toEqual({ ...common, end_time: TIME, status: 'SUCCESS', entities: image })
  })

  plain('a failed job shows a code, a reason and the name of its deleted image', async () => {
    await using emulator = await startScenario({ flows: { 'create-from-server': failingFlow('IMG.0014') } })
    const job = await ended(
      emulator,
      await emulator.post('/v2/cloudimages/action', { name: 'web', instance_id: SERVER.web }),
    )
    expect(job).toEqual({
      job_id: expect.any(String),
      job_type: 'imsCreateImageByInstance',
      begin_time: TIME,
      end_time: TIME,
      status: 'FAIL',
      error_code: 'IMG.0014',
      fail_reason: 'An exception occurred when IaaS OpenStack was executing the task.',
      entities: { image_name: 'web' },
    })
    expect(await imageNames(emulator)).toEqual([])
  })

  plain('a job whose parts all fail has the code of the first and shows the end of each', async () => {
    await using emulator = await startScenario({ flows: { 'create-data-images': failingFlow('IMG.0022') } })
    const data_images = [2, 3].map((n) => ({ name: `disk-${n}`, volume_id: diskOf(1, n) }))
    const job = await ended(emulator, await emulator.post('/v2/cloudimages/action', { data_images }))
    const part = {
      status: 'FAIL',
      error_code: 'IMG.0022',
      fail_reason: 'The disk in the current state cannot be used to create images.',
      end_time: job.end_time,
    }
    expect(job).toMatchObject({
      status: 'FAIL',
      error_code: 'IMG.0022',
      end_time: TIME,
      entities: {
        sub_jobs_result: [
          { ...part, entities: { image_name: 'disk-2' } },
          { ...part, entities: { image_name: 'disk-3' } },
        ],
        sub_jobs_list: [expect.any(String), expect.any(String)],
      },
    })
    expect(await imageNames(emulator)).toEqual([])
  })

  test('each part of a job is also shown as a job of its own, by both calls', async ({ emulator }) => {
    const data_images = [{ name: 'disk', volume_id: diskOf(1, 2) }]
    const job = await ended(emulator, await emulator.post('/v2/cloudimages/action', { data_images }))
    const [part] = job.entities.sub_jobs_result
    for (const look of [emulator.job, emulator.progress]) expect((await look(part.job_id)).body).toEqual(part)
  })

  test('two jobs run at the same time on one image', async ({ emulator }) => {
    const [id = ''] = await addImages(emulator, {})
    const target = { bucket_url: 'images:out.vhd', file_format: 'vhd' }
    const one = jobOf(await emulator.post(`/v1/cloudimages/${id}/file`, target))
    const other = jobOf(await emulator.post('/v1/cloudimages/members', { images: [id], projects: [PARTNER] }))
    await emulator.advance()
    for (const job of [one, other]) expect((await emulator.job(job)).body.status).toBe('SUCCESS')
  })

  test('an unknown job and one of another project are refused with IMG.0023', async ({ emulator }) => {
    const id = jobOf(await emulator.post('/v2/cloudimages/action', tiny))
    expectRefusal(await emulator.job('0'.repeat(32)), 'IMG.0023')
    expectRefusal(await emulator.get(`/v1/${PARTNER}/jobs/${id}`, asPartner), 'IMG.0023')
  })

  test('a path with another project is refused with IMG.0030', async ({ emulator }) => {
    const id = jobOf(await emulator.post('/v2/cloudimages/action', tiny))
    expectRefusal(await emulator.get(`/v1/${PARTNER}/jobs/${id}`), 'IMG.0030')
  })
})
