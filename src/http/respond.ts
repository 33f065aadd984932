import type { Answer } from '../contract/operation.ts'

/** Turns the JSON body of an answer into text; a text body stays as it is. */
export function withTextBody(answer: Answer): Answer {
  const { body, headers = {} } = answer
  if (body === undefined || typeof body === 'string') return answer
  const typed = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  return {
    ...answer,
    body: JSON.stringify(body),
    headers: typed ? headers : { ...headers, 'Content-Type': 'application/json' },
  }
}

/** Makes the HTTP response of an answer, with further headers. */
export function toResponse(answer: Answer, further: Readonly<Record<string, string>>): Response {
  const { status, body, bytes, headers: own = {} } = withTextBody(answer)
  const headers = { ...own, ...further }
  if (bytes !== undefined) return new Response(ReadableStream.from(bytes), { status, headers })
  return new Response(typeof body === 'string' ? body : null, { status, headers })
}
