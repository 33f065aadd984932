import { Refusal, type RefusalReply, type RefusedRequest } from '../../lib/errors.ts'
import { renderGlanceError } from './render-error.ts'

/** Parts of a refusal of the image API beside its status and sentence. */
export interface GlanceErrorParts {
  /** Shown below the sentence. */
  detail?: string
  headers?: Readonly<Record<string, string>>
}

/**
 * A refusal of the OpenStack image API: an HTTP status and Glance's own sentence.
 * @example throw new GlanceError(404, `Could not find task ${id}`)
 */
export class GlanceError extends Refusal {
  readonly detail: string
  readonly headers: Readonly<Record<string, string>>

  /** @param text the sentence; the usual one of the status by default. */
  constructor(status: number, text?: string, { detail = '', headers = {} }: GlanceErrorParts = {}) {
    super(status, text ?? SENTENCES[status] ?? '')
    this.name = 'GlanceError'
    this.detail = detail
    this.headers = headers
  }

  /** Renders a page for a client without an Accept header, as Glance does behind Huawei's gateway. */
  render({ accept }: RefusedRequest): RefusalReply {
    return renderGlanceError(this, accept, 'html')
  }
}

/** Glance's usual sentence by status. */
const SENTENCES: Readonly<Record<number, string>> = {
  401: 'This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.',
  403: 'Access was denied to this resource.',
  404: 'The resource could not be found.',
  409: 'There was a conflict when trying to complete your request.',
  416: 'The Range requested is not available.',
  500: 'The server has either erred or is incapable of performing the requested operation.',
}

/** The refusal of a malformed request (400). */
export function badRequest(text: string): GlanceError {
  return new GlanceError(400, text)
}

/** The refusal of a call that is not allowed, with a sentence of its own (403). */
export function forbidden(text: string): GlanceError {
  return new GlanceError(403, text)
}

/** The refusal of a call that is not allowed, with the usual sentence and the reason below it (403). */
export function forbiddenBecause(detail: string): GlanceError {
  return new GlanceError(403, undefined, { detail })
}

/** The refusal of a call that conflicts with the state of the image (409). */
export function conflict(text: string): GlanceError {
  return new GlanceError(409, text)
}

/**
 * The refusal of a request on which Glance itself fails with 500. The emulator answers 400 instead, so that a client
 * learns that its request is malformed.
 */
export function glanceWouldFail(what: string): GlanceError {
  return badRequest(`Glance has no answer to ${what}.`)
}

/** Refuses more tags or custom properties than an image may have (413). */
export function checkLimit(what: string, attempted: number): void {
  if (attempted > MOST) throw new GlanceError(413, limitExceeded(what, attempted))
}

/** Most tags, custom properties and members of an image, each. */
export const MOST = 128

export function limitExceeded(what: string, attempted: number): string {
  return `The limit has been exceeded on the number of ${what}. Attempted: ${attempted}, Maximum: ${MOST}`
}
