import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { jsonRefusals, refusalDescription } from '../../src/contract/openapi.ts'
import { contract, handle, ok } from '../../src/contract/operation.ts'
import { createApp } from '../../src/http/router.ts'
import { ControlError } from '../../src/lib/errors.ts'
import { services } from '../../src/services/index.ts'
import { defineService } from '../../src/services/service.ts'
import { openEmulator } from '../../src/worlds/emulator.ts'

const PROJECT = '0605767a9500d5ed2fb3c00a8e3a0d4c'

/** A service that has jobs under the same path as the image service, and says which of them are its own. */
function clocks(id: string, own: string) {
  const showJob = contract({
    id: 'ShowJob',
    method: 'GET',
    path: '/v1/{project_id}/jobs/{job_id}',
    summary: 'Show a job',
    request: z.object({ params: z.object({ project_id: z.string(), job_id: z.string() }) }),
    responses: { 200: z.strictObject({ from: z.string() }) },
  })
  const refusal = () => new ControlError(400, 'refused')
  return defineService({
    id,
    title: id,
    description: id,
    refusals: { invalid: refusal, denied: refusal, missingBody: refusal, malformedBody: refusal },
    refusalSchema: refusalDescription(`Refusal of ${id}`, jsonRefusals()),
    owns: (_world, { job_id: job }) => job === own,
    operations: [handle(showJob, () => ok({ from: id }))],
  })
}

const app = createApp(
  openEmulator({
    services: [...services.huawei, clocks('tower', 'job-of-tower'), clocks('wrist', 'job-of-wrist')],
    note: () => {},
  }),
)

async function get(url: string) {
  const response = await app.fetch(new Request(url, { headers: { 'X-Auth-Token': 'demo-token' } }))
  return { status: response.status, text: await response.text() }
}

const jobs = `/v1/${PROJECT}/jobs`

describe('a path that several services have', () => {
  test('belongs to the service that owns the job it names', async () => {
    expect(await get(`http://127.0.0.1${jobs}/job-of-wrist`)).toEqual({
      status: 200,
      text: '{"from":"wrist"}',
    })
    expect((await get(`http://127.0.0.1${jobs}/job-of-tower`)).text).toBe('{"from":"tower"}')
  })

  test('belongs to the first service when none owns the job', async () => {
    expect((await get(`http://127.0.0.1${jobs}/unknown`)).text).toContain('IMG.')
  })

  test('belongs to the service that the path names', async () => {
    expect((await get(`http://127.0.0.1/s/wrist${jobs}/job-of-tower`)).text).toBe('{"from":"wrist"}')
    expect((await get(`http://127.0.0.1/w/default/s/tower${jobs}/x`)).text).toBe('{"from":"tower"}')
    expect((await get(`http://127.0.0.1/s/ims${jobs}/job-of-tower`)).text).toContain('IMG.')
  })

  test('belongs to the service that the host names', async () => {
    expect((await get(`http://wrist.cn-north-4.myhuaweicloud.com${jobs}/x`)).text).toBe('{"from":"wrist"}')
    expect((await get(`http://tower.localhost${jobs}/x`)).text).toBe('{"from":"tower"}')
    expect((await get(`http://ims.cn-north-4.myhuaweicloud.com${jobs}/job-of-tower`)).text).toContain('IMG.')
  })
})

describe('a path of another service', () => {
  test('leads nowhere below the name of a service and under a name of the cloud', async () => {
    for (const url of [
      'http://127.0.0.1/s/wrist/v2/cloudimages',
      'http://wrist.cn-north-4.myhuaweicloud.com/v2/cloudimages',
    ]) {
      const { status, text } = await get(url)
      expect(status).toBe(404)
      expect(text).toContain('APIGW.0101')
    }
  })

  test('is found under a local name of a service', async () => {
    expect((await get('http://iam.localhost/v2/cloudimages?limit=1')).status).toBe(200)
  })

  test('both editions of the image service answer under the name ims', async () => {
    const host = 'http://ims.cn-north-4.myhuaweicloud.com'
    expect((await get(`${host}/v2/cloudimages?limit=1`)).status).toBe(200)
    expect((await get(`${host}/v2/images?limit=1`)).status).toBe(200)
  })
})

test('a service that does not exist is refused with the names of those that do', async () => {
  const { status, text } = await get('http://127.0.0.1/s/sundial/v1/x')
  expect(status).toBe(404)
  expect(text).toContain('there is no service sundial')
  expect(text).toContain('wrist')
})

test('the control plane is found under every name', async () => {
  for (const url of [
    'http://127.0.0.1/s/wrist/_ims/info',
    'http://ims.cn-north-4.myhuaweicloud.com/_ims/info',
  ])
    expect((await get(url)).status).toBe(200)
})
