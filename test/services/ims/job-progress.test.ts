import { expect, test } from '../../emulator.ts'
import { asPartner, expectRefusal } from '../../private-image.ts'

const tiny = { name: 'tiny', image_url: 'images:tiny.qcow2', min_disk: 1 }
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

test('ShowJobProgress shows progress and task in every state of a job', async ({ emulator }) => {
  const { job_id } = (await emulator.post('/v2/cloudimages/action', tiny)).body
  const look = async () => (await emulator.get(`/v1/cloudimages/job/${job_id}`)).body
  const job = {
    job_id,
    job_type: 'imsImportImageJob',
    begin_time: TIME,
    end_time: '',
    status: 'INIT',
    error_code: null,
    fail_reason: null,
  }
  const entities = { process_percent: 0, current_task: 'ImportImageTask', subJobId: '' }
  expect(await look()).toEqual({ ...job, entities })
  await emulator.post('/_ims/clock/advance', { until: 'next' })
  await emulator.post('/_ims/clock/advance', { until: 'next' })
  const image = { image_id: expect.any(String), image_name: 'tiny' }
  const running = { ...entities, ...image, process_percent: 0.2 }
  expect(await look()).toEqual({ ...job, status: 'RUNNING', entities: running })
  await emulator.advance()
  const done = { ...running, process_percent: 1 }
  expect(await look()).toEqual({ ...job, status: 'SUCCESS', end_time: TIME, entities: done })
})

test('ShowJobProgress shows the fields of ShowJob and subJobId', async ({ emulator }) => {
  const { job_id } = (await emulator.post('/v2/cloudimages/action', tiny)).body
  await emulator.advance()
  const { entities, ...fields } = (await emulator.job(job_id)).body
  expect((await emulator.get(`/v1/cloudimages/job/${job_id}`)).body).toEqual({
    ...fields,
    entities: { ...entities, subJobId: '' },
  })
})

test('an unknown job and one of another project are refused with IMG.0023', async ({ emulator }) => {
  const { job_id } = (await emulator.post('/v2/cloudimages/action', tiny)).body
  expectRefusal(await emulator.get(`/v1/cloudimages/job/${'0'.repeat(32)}`), 'IMG.0023')
  expectRefusal(await emulator.get(`/v1/cloudimages/job/${job_id}`, asPartner), 'IMG.0023')
})
