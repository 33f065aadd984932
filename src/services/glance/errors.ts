import { Refusal, type RefusalReply, type RefusedRequest } from '../../lib/errors.ts'
import { renderGlanceError } from './operations/render-error.ts'

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
