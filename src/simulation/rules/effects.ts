import { parseDuration } from '../../lib/duration.ts'
import { errorCatalogue } from '../../services/index.ts'
import type { Then } from './then.ts'
import { listed, parsePart, parseRate, spanMs } from './values.ts'

/** What `then` says, in numbers. Everything that it does not say is undefined, or empty. */
export interface Effects {
  /** Answered instead of carrying the operation out; a throttled request is one with `Retry-After`. */
  error: InjectedError | undefined
  disconnect: 'before-headers' | 'mid-body' | undefined
  /** How much of the body is sent. */
  truncate: { bytes: number } | { part: number } | undefined
  bytesPerSecond: number | undefined
  malformed: boolean
  wrongContentLength: boolean
  /** Virtual ms that reads lag behind. */
  staleMs: number | undefined
  job: JobFate | undefined
  /** Events of the image state machine, in order. */
  image: readonly string[]
  /** By path into the body, to be used with `withFields`. */
  set: Readonly<Record<string, unknown>> | undefined
  /** The rule book has entered it already; the request itself still belongs to the phase before. */
  enter: string | undefined
  quota: Readonly<Record<string, number>>
}

export interface InjectedError {
  code: string | undefined
  status: number
  /** The rule's, else the catalogue's; undefined for a bare status. */
  message: string | undefined
  /** Sent instead of what the face makes of code and message; undefined when the face makes it. */
  body: unknown
  headers: Readonly<Record<string, string>>
}

/** How a job goes on that is not left to its flow. */
export interface JobFate {
  /** How far into its time it fails: a part from 0 to 1, or ms at the cloud's own pace. */
  failAt: { part: number } | { ms: number } | undefined
  /** Undefined: the flow's own. */
  error: string | undefined
  /** The part of its time, 0 to 1, after which nothing more happens; with 1 only its end is missing. */
  stuckAt: number | undefined
  flow: string | undefined
}

export function compileThen(then: Then): Effects {
  return {
    error: injectedError(then),
    disconnect: then.disconnect,
    truncate: typeof then.truncate === 'string' ? partOf(then.truncate) : bytesOf(then.truncate),
    bytesPerSecond: then.slow === undefined ? undefined : parseRate(then.slow),
    malformed: then.malformed ?? false,
    wrongContentLength: then.content_length !== undefined,
    staleMs: then.stale === undefined ? undefined : spanMs(then.stale),
    job: then.job && jobFate(then.job),
    image: then.image === undefined ? [] : listed(then.image),
    set: then.set,
    enter: then.enter,
    quota: then.quota ?? {},
  }
}

function partOf(text: string): { part: number } {
  return { part: parsePart(text) ?? 0 }
}

function bytesOf(bytes: number | undefined): { bytes: number } | undefined {
  return bytes === undefined ? undefined : { bytes }
}

const THROTTLED = 'APIGW.0308'

function injectedError({ error, throttle }: Then): InjectedError | undefined {
  if (throttle !== undefined) {
    // The header counts whole seconds; a client that waits less than asked would be throttled again.
    const seconds = throttle === true ? 1 : Math.ceil(spanMs(throttle.retry_after) / 1000)
    return { ...ofCatalogue(THROTTLED), headers: { 'Retry-After': String(seconds) } }
  }
  if (error === undefined) return undefined
  if (typeof error === 'string') return ofCatalogue(error)
  const known = ofCatalogue(error.code)
  return {
    code: error.code,
    status: error.status ?? known.status,
    message: error.message ?? known.message,
    body: error.body,
    headers: error.headers ?? {},
  }
}

function ofCatalogue(code: string | undefined): InjectedError {
  const entry = errorCatalogue.get(code ?? '')
  return { code, status: entry?.status ?? 500, message: entry?.message, body: undefined, headers: {} }
}

function jobFate({ fail_at, error, stuck, flow }: NonNullable<Then['job']>): JobFate {
  const fails = fail_at ?? (error === undefined ? undefined : '100%')
  return {
    failAt: fails === undefined ? undefined : placeInTime(fails),
    error,
    stuckAt: typeof stuck === 'string' ? parsePart(stuck) : stuck && 1,
    flow,
  }
}

function placeInTime(text: string): { part: number } | { ms: number } {
  const ms = parseDuration(text)
  return ms === undefined ? partOf(text) : { ms }
}
