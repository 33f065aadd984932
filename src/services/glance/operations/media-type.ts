import { GlanceError } from '../errors.ts'

/** The type of a body without its parameters, as it was written. */
export function mediaType(headers: Headers): string | undefined {
  return headers.get('content-type')?.split(';')[0]?.trim()
}

/** Names the whole header; a request without one counts as plain text. */
export function unsupportedMediaType(headers: Headers, answer: Record<string, string> = {}): GlanceError {
  const found = headers.get('content-type') ?? 'text/plain'
  return new GlanceError(415, `The request media type ${found} is not supported by this server.`, {
    headers: answer,
  })
}
