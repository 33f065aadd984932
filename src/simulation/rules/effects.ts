import { z } from 'zod'
import { parseDuration, parseDurationRange } from '../../lib/duration.ts'
import type { Chance } from '../chance.ts'
import type { ErrorCatalogue } from '../cloud.ts'
import { ErrorCode } from './cloud-names.ts'
import {
  notEmpty,
  PercentOrSpanText,
  PercentText,
  parseFraction,
  RangeText,
  SpanText,
  spanMs,
} from './values.ts'

/*
 * The effects of rules that have a form of their own: `error`, `throttle`, `latency` and `job`, each as schema, description
 * and compiled form. then.ts lists all effects.
 */

export const HeaderText = z
  .string()
  .max(4096)
  .regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII')
export const HeaderName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, 'must be a header name')

const ErrorAnswer = z
  .strictObject({
    code: ErrorCode.optional().meta({ description: 'A code of the catalogue.', examples: ['APIGW.0201'] }),
    status: z
      .int()
      .min(200)
      .max(599)
      .optional()
      .meta({ description: 'The HTTP status, in place of that of the code.', examples: [502] }),
    message: z
      .string()
      .max(4096)
      .optional()
      .meta({ description: 'The text, in place of that of the code.', examples: ['The file is broken.'] }),
    body: z
      .unknown()
      .optional()
      .meta({
        description:
          'The body, in place of the one that the API makes of code and message. A text is sent as text, all else as JSON.',
        examples: [{ oops: true }],
      }),
    headers: z
      .record(HeaderName, HeaderText)
      .optional()
      .meta({ description: 'Further headers.', examples: [{ 'Retry-After': '9' }] }),
  })
  .superRefine(({ code, status, message, body }, context) => {
    const refuse = (sentence: string) => context.addIssue({ code: 'custom', message: sentence })
    if (code === undefined && status === undefined && context.issues.length === 0)
      refuse('must have a code or a status')
    if (message !== undefined && body !== undefined)
      refuse('must have a message or a body, not both: a body is sent as it is')
  })

/** The effect `error`: a code, or an answer in parts. */
export const ErrorEffect = z.union([ErrorAnswer, ErrorCode])

/** The effect `throttle`. */
export const Throttle = z.union(
  [
    z.strictObject({
      retry_after: SpanText.meta({
        description: 'The value of `Retry-After`, rounded up to whole seconds.',
        examples: ['5s'],
      }),
      window: z
        .boolean()
        .optional()
        .meta({
          description:
            "True refuses a client that does not wait: every request that matches, until the time has passed on the world's clock. `Retry-After` is what is left of it, and these requests are not counted.",
          examples: [true],
        }),
    }),
    z.literal(true),
  ],
  { error: 'must be true, or the time to wait: { retry_after: 5s }' },
)

/** An answer that a rule gives instead of carrying the operation out. */
export interface InjectedError {
  code: string | undefined
  status: number
  /** The rule's, else that of the code; undefined for a bare status. */
  message: string | undefined
  /** The whole body; undefined where the service renders code and message. */
  body: unknown
  headers: Readonly<Record<string, string>>
}

/** Compiles `error`. Status and message that it leaves out are those of the code. */
export function compileError(error: z.output<typeof ErrorEffect>, errors: Catalogue): InjectedError {
  if (typeof error === 'string') return fromCatalogue(error, errors)
  const entry = fromCatalogue(error.code, errors)
  return {
    code: error.code,
    status: error.status ?? entry.status,
    message: error.message ?? entry.message,
    body: error.body,
    headers: error.headers ?? {},
  }
}

const THROTTLED = 'APIGW.0308'

/** Compiles `throttle` into an error with `Retry-After`. */
export function compileThrottle(throttle: z.output<typeof Throttle>, errors: Catalogue): InjectedError {
  const ms = throttle === true ? 1000 : spanMs(throttle.retry_after)
  return { ...fromCatalogue(THROTTLED, errors), headers: retryAfter(ms) }
}

/** The header has whole seconds. They are rounded up, because a client that waits less would be throttled again. */
export function retryAfter(ms: number): Readonly<Record<string, string>> {
  return { 'Retry-After': String(Math.ceil(ms / 1000)) }
}

/** How long a throttled client is refused again, virtual ms; undefined when it is not. */
export function throttleWindow(throttle: z.output<typeof Throttle>): number | undefined {
  return throttle !== true && throttle.window === true ? spanMs(throttle.retry_after) : undefined
}

type Catalogue = Pick<ErrorCatalogue, 'get'>

function fromCatalogue(code: string | undefined, errors: Catalogue): InjectedError {
  const entry = errors.get(code ?? '')
  return { code, status: entry?.status ?? 500, message: entry?.message, body: undefined, headers: {} }
}

/** Clients wait a latency in real time, so a longer one is refused as a mistake. Ms. */
const LONGEST_LATENCY_MS = 600_000
const TOO_LONG = 'is real time, and at most 10m'

/** The effect `latency`: a fixed duration, an even range, or a lognormal distribution. */
export const Latency = z.union([
  z
    .strictObject({
      median: SpanText.meta({ description: 'Half of the answers wait less.', examples: ['300ms'] }),
      sigma: z
        .number()
        .positive()
        .max(5)
        .meta({
          description:
            'The spread, as the standard deviation of the logarithm: 0.5 is mild, 1 has a long tail.',
          examples: [0.5],
        }),
    })
    .refine(({ median }) => (parseDuration(median) ?? 0) <= LONGEST_LATENCY_MS, { error: TOO_LONG }),
  RangeText.refine((text) => (parseDurationRange(text)?.to ?? 0) <= LONGEST_LATENCY_MS, { error: TOO_LONG }),
])
type Latency = z.output<typeof Latency>

/** Draws a latency in whole real ms; a fixed one draws nothing. */
export function drawLatency(latency: Latency, chance: Pick<Chance, 'between'>, purpose: string): number {
  if (typeof latency === 'string') {
    const { from, to } = parseDurationRange(latency) ?? { from: 0, to: 0 }
    return chance.between(purpose, from, to)
  }
  const drawn = spanMs(latency.median) * Math.exp(latency.sigma * drawNormal(chance, purpose))
  return Math.min(LONGEST_LATENCY_MS, Math.round(drawn))
}

/** Draws from the normal distribution with mean 0 and deviation 1, by the Box–Muller transform of two uniform draws. */
function drawNormal(chance: Pick<Chance, 'between'>, purpose: string): number {
  const radius = Math.sqrt(-2 * Math.log(1 - drawUnit(chance, purpose)))
  return radius * Math.cos(2 * Math.PI * drawUnit(chance, purpose))
}

/** The number of different values of a uniform draw. */
const GRAIN = 2 ** 32

/** Draws a number from 0 (inclusive) to 1 (exclusive). */
export function drawUnit(chance: Pick<Chance, 'between'>, purpose: string): number {
  return chance.between(purpose, 0, GRAIN - 1) / GRAIN
}

/** The effect `job`: how the job that the request starts goes on. */
export const JobEffect = z
  .strictObject({
    fail_at: PercentOrSpanText.optional().meta({
      description:
        "Where the job fails: a percentage of its progress, or a time at the cloud's own pace. The end of the job if there is only `error`.",
      examples: ['60%'],
    }),
    error: ErrorCode.optional().meta({
      description: 'The code with which the job fails; `IMG.0061` by default.',
      examples: ['IMG.0057'],
    }),
    stuck: z
      .union([z.literal(true), PercentText])
      .optional()
      .meta({
        description:
          'Where the job stops for ever: a percentage of its progress; `true` is just before its end.',
        examples: ['40%'],
      }),
    flow: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: 'The flow of the scenario that the job follows instead of its own.',
        examples: ['copy-image'],
      }),
  })
  .superRefine(notEmpty('has no effect; write fail_at, error, stuck or flow'))
  .refine(
    ({ stuck, fail_at, error }) => stuck === undefined || (fail_at === undefined && error === undefined),
    { error: 'a job that is stuck does not fail; write stuck, or fail_at and error' },
  )

/** The compiled effect. */
export interface JobChange {
  /** Where the job fails: a fraction of its progress from 0 to 1, or ms at the cloud's own pace. */
  failAt: { part: number } | { ms: number } | undefined
  /** Undefined: the default of a failing job. */
  error: string | undefined
  /** The fraction of its progress, 0 to 1, after which nothing more happens; with 1 only its end is missing. */
  stuckAt: number | undefined
  flow: string | undefined
}

export function compileJob({ fail_at, error, stuck, flow }: z.output<typeof JobEffect>): JobChange {
  const fails = fail_at ?? (error === undefined ? undefined : '100%')
  return {
    failAt: fails === undefined ? undefined : compilePoint(fails),
    error,
    stuckAt: typeof stuck === 'string' ? parseFraction(stuck) : stuck && 1,
    flow,
  }
}

function compilePoint(text: string): { part: number } | { ms: number } {
  const ms = parseDuration(text)
  return ms === undefined ? { part: parseFraction(text) ?? 0 } : { ms }
}
