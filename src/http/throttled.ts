import type { Answer, Face } from '../contract/operation.ts'
import { CloudError } from '../lib/errors.ts'
import { renderError } from './render-error.ts'

/** The gateway's code for a request too many. */
export const THROTTLED = 'APIGW.0308'

/** What the gateway answers to a request too many; the header counts whole seconds of the world's time. */
export function throttledAnswer(
  face: Face,
  waitMs: number,
  requestId: string,
  accept: string | null,
): Answer {
  const answer = renderError(face, new CloudError(THROTTLED), requestId, () => {}, accept)
  return { ...answer, headers: { ...answer.headers, 'Retry-After': String(Math.ceil(waitMs / 1000)) } }
}
