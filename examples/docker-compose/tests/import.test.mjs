import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'

const order = { name: 'golden', image_url: 'images:disk.qcow2', min_disk: 1 } // the file buckets/images/disk.qcow2

let world

beforeEach(async () => {
  world = await send('POST', `${process.env.IMS_URL}/_ims/worlds`, { clock: { rate: 0 } }) // its time stands
})
afterEach(() => send('DELETE', control('')))

test('a file of a bucket becomes an image', async () => {
  const { job_id } = await cloud('POST', '/v2/cloudimages/action', order)
  await send('POST', control('/clock/advance'), { until: 'idle' })

  assert.equal((await job(job_id)).status, 'SUCCESS')
  const { images } = await cloud('GET', '/v2/cloudimages?name=golden')
  assert.deepEqual([images.length, images[0]?.status], [1, 'active'])
})

test('an import that fails at 60 % leaves no image', async () => {
  const then = { job: { fail_at: '60%', error: 'IMG.0057' } }
  await send('POST', control('/rules'), { name: 'bad luck', when: { operation: 'CreateImage' }, then })

  const { job_id } = await cloud('POST', '/v2/cloudimages/action', order)
  await send('POST', control('/clock/advance'), { until: 'idle' })

  const { status, error_code } = await job(job_id)
  assert.deepEqual({ status, error_code }, { status: 'FAIL', error_code: 'IMG.0057' })
  assert.deepEqual((await cloud('GET', '/v2/cloudimages?name=golden')).images, [])
  const claim = { requests: { operation: 'CreateImage', rule: 'bad luck' }, exactly: 1 }
  assert.equal((await send('POST', control('/journal/verify'), claim)).verified, true)
})

/** The control plane of this test's world. */
function control(path) {
  return `${process.env.IMS_URL}/_ims/worlds/${world.name}${path}`
}

function cloud(method, path, body) {
  return send(method, world.endpoint + path, body, { 'X-Auth-Token': world.token })
}

function job(id) {
  return cloud('GET', `/v1/${world.project_id}/jobs/${id}`)
}

async function send(method, url, body, headers = {}) {
  const text = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await fetch(url, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...text,
  })
  const answer = await response.text()
  assert.ok(response.ok, `${method} ${url}: ${response.status} ${answer}`)
  return answer === '' ? undefined : JSON.parse(answer)
}
