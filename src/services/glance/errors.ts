import { Refusal, type RefusalReply, type RefusedRequest } from '../../lib/errors.ts'
import { renderGlanceError } from './render-error.ts'

/** What a refusal of the OpenStack image API has beside its status and sentence. */
export interface GlanceErrorParts {
  /** What was found, below the sentence that the status has anyway. */
  detail?: string
  headers?: Readonly<Record<string, string>>
}

/**
 * The OpenStack image API refuses: an HTTP status and Glance's own sentence, which names what it found; the sentence of
 * the status when there is no other.
 */
export class GlanceError extends Refusal {
  readonly detail: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, text?: string, { detail = '', headers = {} }: GlanceErrorParts = {}) {
    super(status, text ?? SENTENCES[status] ?? '')
    this.name = 'GlanceError'
    this.detail = detail
    this.headers = headers
  }

  /** A page for clients that do not say what they read: Glance stands behind Huawei's gateway. */
  render({ accept }: RefusedRequest): RefusalReply {
    return renderGlanceError(this, accept, 'html')
  }
}

/** Glance's sentence for a status when it has nothing to add. */
const SENTENCES: Readonly<Record<number, string>> = {
  401: 'This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.',
  403: 'Access was denied to this resource.',
  404: 'The resource could not be found.',
  409: 'There was a conflict when trying to complete your request.',
  416: 'The Range requested is not available.',
  500: 'The server has either erred or is incapable of performing the requested operation.',
}

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
