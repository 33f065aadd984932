import type { Answer } from '../contract/operation.ts'
import { openstackRequestId } from '../lib/ids.ts'

/** The answer as it goes on the wire: its JSON in words. What is words already is sent as it is. */
export function inWords(answer: Answer): Answer {
  const { body, headers = {} } = answer
  if (body === undefined || typeof body === 'string') return answer
  const typed = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  return {
    ...answer,
    body: JSON.stringify(body),
    headers: typed ? headers : { ...headers, 'Content-Type': 'application/json' },
  }
}

/** An answer in words on the wire; every one carries its request id. */
export function toResponse(answer: Answer, requestId: string): Response {
  return onTheWire({ ...answer, headers: { ...answer.headers, 'X-Request-Id': requestId } })
}

/** An answer in words on the wire, with its own headers alone. */
export function onTheWire(answer: Answer): Response {
  const { status, body, bytes, headers = {} } = inWords(answer)
  if (bytes !== undefined) return new Response(ReadableStream.from(bytes), { status, headers })
  return new Response(typeof body === 'string' ? body : null, { status, headers })
}

/** The answer with the request id in the form that OpenStack's clients look for. */
export function withOpenstackId(answer: Answer, requestId: string): Answer {
  return {
    ...answer,
    headers: { ...answer.headers, 'X-Openstack-Request-Id': openstackRequestId(requestId) },
  }
}
