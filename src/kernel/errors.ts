import imsErrors from './errors.json' with { type: 'json' }
import gatewayErrors from './gateway-errors.json' with { type: 'json' }

/** One row of the error catalogue: the code, the HTTP status it comes with and its text on the wire. */
export interface ErrorEntry {
  code: string
  status: number
  message: string
}

/** Every code the emulated cloud can answer: the image service's own (IMG.*) and the API gateway's (APIGW.*). */
export const errorCatalogue: ReadonlyMap<string, ErrorEntry> = new Map(
  [...imsErrors, ...gatewayErrors].map((entry) => [entry.code, entry]),
)

/** Details of one refusal, for the log and the journal; they never reach the wire. */
export type ErrorFacts = Readonly<Record<string, unknown>>

/**
 * The cloud refuses: a code of the catalogue and the facts behind it. Status and text come from the catalogue, the shape
 * of the body from the face that answers.
 */
export class CloudError extends Error {
  readonly code: string
  readonly status: number
  readonly facts: ErrorFacts

  constructor(code: string, facts: ErrorFacts = {}) {
    const entry = errorCatalogue.get(code)
    if (!entry) throw new Error(`${code} is no code of the error catalogue`)
    super(entry.message)
    this.name = 'CloudError'
    this.code = code
    this.status = entry.status
    this.facts = facts
  }
}

/** The OpenStack image API refuses: an HTTP status and Glance's own sentence, which names what it found. */
export class GlanceError extends Error {
  readonly status: number

  constructor(status: number, text: string) {
    super(text)
    this.name = 'GlanceError'
    this.status = status
  }
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
