import { setTimeout as sleep } from 'node:timers/promises'

/** Endpoint of the cloud, and the caller's project and token. */
export interface Cloud {
  url: string
  projectId: string
  token: string
}

interface Job {
  status: 'INIT' | 'RUNNING' | 'SUCCESS' | 'FAIL'
  entities: { image_id: string }
  error_code?: string
  fail_reason?: string
}

/** The cloud refused a request, or a job failed; `code` is the cloud's error code, such as IMG.0057. */
export class CloudFailure extends Error {
  readonly code: string

  constructor(code = 'unknown', reason = 'no reason was told') {
    super(`${code}: ${reason}`)
    this.code = code
  }
}

/**
 * Creates an image of a server; resolves with its id when its job has succeeded.
 * @param pause waits for the given milliseconds; tests pass a function that advances virtual time.
 */
export async function imageOfServer(
  cloud: Cloud,
  order: { name: string; instance_id: string },
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<string> {
  const { job_id } = await call(cloud, '/v2/cloudimages/action', {
    method: 'POST',
    body: JSON.stringify(order),
  })
  for (;;) {
    const job: Job = await call(cloud, `/v1/${cloud.projectId}/jobs/${job_id}`)
    if (job.status === 'SUCCESS') return job.entities.image_id
    if (job.status === 'FAIL') throw new CloudFailure(job.error_code, job.fail_reason)
    await pause(1_000)
  }
}

async function call({ url, token }: Cloud, path: string, init?: RequestInit) {
  const headers = { 'X-Auth-Token': token, 'Content-Type': 'application/json' }
  const response = await fetch(url + path, { ...init, headers })
  const answer = JSON.parse(await response.text())
  if (!response.ok) throw new CloudFailure(answer.error?.code, answer.error?.message)
  return answer
}
