import { STATUS_CODES } from 'node:http'

/** One row of an error catalogue: the HTTP status that a code comes with and its text on the wire. */
export interface ErrorEntry {
  status: number
  message: string
}

/** The error codes of one service, from its `errors.json`. */
export type ErrorTable<Code extends string = string> = Readonly<Record<Code, ErrorEntry>>

/** Details of one refusal, for the log and the journal; they never reach the wire. */
export type ErrorFacts = Readonly<Record<string, unknown>>

/** The forms in which the OpenStack image API of the cloud can refuse a client that prefers none. */
export const NATIVE_ERRORS = ['html', 'json', 'xml'] as const
export type NativeErrors = (typeof NATIVE_ERRORS)[number]

/** What a refusal is rendered for. */
export interface RefusedRequest {
  requestId: string
  /** What the client would like to read; null when it does not say. */
  accept: string | null
  /** The form of native refusals in the world of the request; `html` when it is undefined. */
  nativeErrors?: NativeErrors | undefined
}

/** A refusal as it is answered. */
export interface RefusalReply {
  status: number
  /** Sent as JSON; a string is sent as it is. */
  body?: unknown
  headers?: Record<string, string>
}

/**
 * The emulated cloud or the control plane refuses a request. Every other error that a request runs into is a fault of the
 * emulator: it goes to the log, and the client learns its request id and no more.
 */
export abstract class Refusal extends Error {
  readonly status: number
  /** The code of a catalogue, e.g. `IMG.0027`; undefined for services that refuse with a status and a sentence. */
  readonly code: string | undefined

  constructor(status: number, message: string, code?: string) {
    super(message)
    this.status = status
    this.code = code
  }

  /** The body and headers in the form of the service that refuses. */
  abstract render(request: RefusedRequest): RefusalReply
}

/** The parts of a coded refusal that its catalogue does not have. */
export interface CodedRefusalParts {
  /** For calls whose documents name another status than the catalogue. */
  status?: number | undefined
  /** The text on the wire, where it says more than the catalogue's. */
  text?: string | undefined
  /** Further fields of the body. */
  fields?: Readonly<Record<string, unknown>> | undefined
}

/** How a service renders the refusals with its codes. */
export type RenderRefusal = (refusal: CodedRefusal, request: RefusedRequest) => RefusalReply

/** A refusal with a code of a catalogue. Status and text are the catalogue's unless the parts say otherwise. */
export class CodedRefusal extends Refusal {
  override readonly code: string
  readonly facts: ErrorFacts
  readonly fields: Readonly<Record<string, unknown>>
  readonly #render: RenderRefusal

  constructor(
    code: string,
    entry: ErrorEntry,
    render: RenderRefusal,
    facts: ErrorFacts = {},
    parts: CodedRefusalParts = {},
  ) {
    super(parts.status ?? entry.status, parts.text ?? entry.message, code)
    this.name = 'CodedRefusal'
    this.code = code
    this.facts = facts
    this.fields = parts.fields ?? {}
    this.#render = render
  }

  render(request: RefusedRequest): RefusalReply {
    return this.#render(this, request)
  }
}

/** The error codes of one service and how it renders them. */
export interface ErrorFamily<Code extends string = string> {
  readonly table: ErrorTable<Code>
  /** Whether a text is one of the codes. */
  has(text: string): text is Code
  /** Makes the refusal of a code. The facts are for the log and the journal only. */
  fail(code: Code, facts?: ErrorFacts, parts?: CodedRefusalParts): CodedRefusal
}

/**
 * Makes the error family of a service from its `errors.json`, so that the compiler checks every code that is used.
 * @example
 * export const epsErrors = errorFamily(entries, ({ status, code, message }) => ({ status, body: { code, message } }))
 * throw epsErrors.fail('EPS.0005', { enterpriseProject: id })
 */
export function errorFamily<Code extends string>(
  table: ErrorTable<Code>,
  render: RenderRefusal,
): ErrorFamily<Code> {
  return {
    table,
    has: (text): text is Code => Object.hasOwn(table, text),
    fail: (code, facts, parts) => new CodedRefusal(code, table[code], render, facts, parts),
  }
}

/** The caller has no right to an action, e.g. `ims:images:list`. The service of the operation renders it in its own form. */
export class AccessDenied extends Error {
  readonly action: string

  constructor(action: string) {
    super(`Policy doesn't allow ${action} to be performed.`)
    this.name = 'AccessDenied'
    this.action = action
  }
}

/** The control plane refuses: an HTTP status and a sentence that says what to send instead (RFC 9457 on the wire). */
export class ControlError extends Refusal {
  constructor(status: number, detail: string) {
    super(status, detail)
    this.name = 'ControlError'
  }

  render(): RefusalReply {
    return problem(this.status, this.message)
  }
}

/** A problem document as RFC 9457 has it. */
function problem(status: number, detail: string): RefusalReply {
  return {
    status,
    body: { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail },
    headers: { 'Content-Type': 'application/problem+json' },
  }
}

/** Something that the person who started the emulator can mend (a flag, a file, a port): printed as one line, without a stack. */
export class SetupError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'SetupError'
  }
}

/** The message of an error on one line, without its last full stop. */
export function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error))
    .replace(/\s+/g, ' ')
    .slice(0, 500)
    .replace(/\.$/, '')
}
