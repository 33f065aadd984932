import { setTimeout as sleep } from 'node:timers/promises'

/** The cloud refused a request, or a job failed; `code` is the cloud's error code, such as IMG.0057. */
export class CloudFailure extends Error {
  constructor(code = 'unknown', reason = 'no reason was told') {
    super(`${code}: ${reason}`)
    this.code = code
  }
}

/**
 * Creates an image of a server; resolves with its id when its job has succeeded.
 * @param pause waits for the given milliseconds; tests pass a function that advances virtual time.
 */
export async function imageOfServer(cloud, order, pause = sleep) {
  const { job_id } = await call(cloud, '/v2/cloudimages/action', {
    method: 'POST',
    body: JSON.stringify(order),
  })
  for (;;) {
    const job = await call(cloud, `/v1/${cloud.projectId}/jobs/${job_id}`)
    if (job.status === 'SUCCESS') return job.entities.image_id
    if (job.status === 'FAIL') throw new CloudFailure(job.error_code, job.fail_reason)
    await pause(1_000)
  }
}

async function call({ url, token }, path, init) {
  const headers = { 'X-Auth-Token': token, 'Content-Type': 'application/json' }
  const response = await fetch(url + path, { ...init, headers })
  const answer = await response.json()
  if (!response.ok) throw new CloudFailure(answer.error?.code, answer.error?.message)
  return answer
}
