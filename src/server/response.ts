import { openstackRequestId } from '../kernel/ids.ts'
import type { Answer } from '../operations/operation.ts'

/** An answer on the wire; every one carries its request id. */
export function toResponse({ status, body, bytes, headers }: Answer, requestId: string): Response {
  const all = new Headers({ ...headers, 'X-Request-Id': requestId })
  if (bytes !== undefined) return new Response(ReadableStream.from(bytes), { status, headers: all })
  if (body === undefined) return new Response(null, { status, headers: all })
  if (typeof body === 'string') return new Response(body, { status, headers: all })
  if (!all.has('content-type')) all.set('Content-Type', 'application/json')
  return new Response(JSON.stringify(body), { status, headers: all })
}

/** The answer with the request id in the form that OpenStack's clients look for. */
export function withOpenstackId(answer: Answer, requestId: string): Answer {
  return {
    ...answer,
    headers: { ...answer.headers, 'X-Openstack-Request-Id': openstackRequestId(requestId) },
  }
}
