import gatewayErrors from '../accounts/gateway-errors.json' with { type: 'json' }
import epsErrors from '../services/eps/errors.json' with { type: 'json' }
import imsErrors from '../services/ims/errors.json' with { type: 'json' }

/** One row of the error catalogue: the code, the HTTP status it comes with and its text on the wire. */
export interface ErrorEntry {
  code: string
  status: number
  message: string
}

/** Every code the emulated cloud can answer: the image service's own (IMG.*), those of enterprise projects (EPS.*) and the API gateway's (APIGW.*). */
export const errorCatalogue: ReadonlyMap<string, ErrorEntry> = new Map(
  [...imsErrors, ...epsErrors, ...gatewayErrors].map((entry) => [entry.code, entry]),
)

/** Details of one refusal, for the log and the journal; they never reach the wire. */
export type ErrorFacts = Readonly<Record<string, unknown>>

/** What a refusal has that is not in the catalogue. */
export interface CloudErrorParts {
  /** For calls whose documents name another status than the catalogue does. */
  status?: number
  /** The text on the wire, where it says more than the catalogue's. */
  text?: string
  /** Further fields of the body. */
  fields?: Readonly<Record<string, unknown>>
}

/**
 * The cloud refuses: a code of the catalogue and the facts behind it. Status and text come from the catalogue unless its
 * parts say otherwise, the shape of the body from the face that answers.
 */
export class CloudError extends Error {
  readonly code: string
  readonly status: number
  readonly facts: ErrorFacts
  readonly fields: Readonly<Record<string, unknown>>

  constructor(code: string, facts: ErrorFacts = {}, { status, text, fields = {} }: CloudErrorParts = {}) {
    const entry = errorCatalogue.get(code)
    if (!entry) throw new Error(`${code} is no code of the error catalogue`)
    super(text ?? entry.message)
    this.name = 'CloudError'
    this.code = code
    this.status = status ?? entry.status
    this.facts = facts
    this.fields = fields
  }
}

/** The identity service refuses, in Keystone's form: an HTTP status with its title, and a sentence. */
export class IamError extends Error {
  readonly status: number

  constructor(status: number, sentence: string) {
    super(sentence)
    this.name = 'IamError'
    this.status = status
  }
}

/** The caller has no right to an action, e.g. `ims:images:list`. Each face says it in words of its own. */
export class AccessDenied extends Error {
  readonly action: string

  constructor(action: string) {
    super(`Policy doesn't allow ${action} to be performed.`)
    this.name = 'AccessDenied'
    this.action = action
  }
}

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
export class GlanceError extends Error {
  readonly status: number
  readonly detail: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, text?: string, { detail = '', headers = {} }: GlanceErrorParts = {}) {
    super(text ?? GLANCE_SENTENCES[status] ?? '')
    this.name = 'GlanceError'
    this.status = status
    this.detail = detail
    this.headers = headers
  }
}

/** What Glance says with a status when it has nothing to add. */
const GLANCE_SENTENCES: Readonly<Record<number, string>> = {
  401: 'This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.',
  403: 'Access was denied to this resource.',
  404: 'The resource could not be found.',
  409: 'There was a conflict when trying to complete your request.',
  416: 'The Range requested is not available.',
  500: 'The server has either erred or is incapable of performing the requested operation.',
}

/** Our control plane refuses: an HTTP status and a sentence that says what to send instead (RFC 9457 on the wire). */
export class ControlError extends Error {
  readonly status: number

  constructor(status: number, detail: string) {
    super(detail)
    this.name = 'ControlError'
    this.status = status
  }
}

/** Something the person who started us can mend (a flag, a file, a port): printed as one line, without a stack. */
export class SetupError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'SetupError'
  }
}
