import { GlanceError } from '../errors.ts'

/** A request that is malformed; Glance's sentence says how. */
export function badRequest(text: string): GlanceError {
  return new GlanceError(400, text)
}

/** Not allowed, with a sentence of its own. */
export function forbidden(text: string): GlanceError {
  return new GlanceError(403, text)
}

/** Not allowed, with Glance's usual sentence and the reason below it. */
export function forbiddenBecause(detail: string): GlanceError {
  return new GlanceError(403, undefined, { detail })
}

/** In conflict with the state of the image, with a sentence of its own. */
export function conflict(text: string): GlanceError {
  return new GlanceError(409, text)
}

/**
 * Where Glance itself has no answer and fails with 500. A client that sends such a thing is told that it made a mistake,
 * with the status it would have had if Glance had looked.
 */
export function glanceWouldFail(what: string): GlanceError {
  return badRequest(`Glance has no answer to ${what}.`)
}

/** Refuses more of something than an image may have: tags, custom properties. */
export function checkLimit(what: string, attempted: number): void {
  if (attempted > MOST) throw new GlanceError(413, limitExceeded(what, attempted))
}

/** How many tags, custom properties and members an image may have. */
export const MOST = 128

export function limitExceeded(what: string, attempted: number): string {
  return `The limit has been exceeded on the number of ${what}. Attempted: ${attempted}, Maximum: ${MOST}`
}
