import { z } from 'zod'
import { parseDuration, parseDurationRange } from '../../lib/duration.ts'
import { FieldPath } from './field-path.ts'
import { refuseCombinations } from './together.ts'
import {
  ErrorCode,
  Names,
  PartOrSpanText,
  PartText,
  RangeText,
  RateText,
  SpanText,
  saysSomething,
} from './values.ts'

/** Latency is real time that a client waits; more than this is taken for a mistake. */
export const LONGEST_LATENCY_MS = 600_000
const TOO_LONG = 'is real time, and at most 10m'

const HeaderText = z
  .string()
  .max(4096)
  .regex(/^[\t\x20-\x7e]*$/, 'is printable ASCII')
const HeaderName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, 'is no header name')

const RawError = z
  .strictObject({
    code: ErrorCode.optional(),
    status: z.int().min(200).max(599).optional(),
    /** Instead of the message that the code has. */
    message: z.string().max(4096).optional(),
    /** Instead of the body that the face makes of code and message; a text is sent as it is, all else as JSON. */
    body: z.unknown().optional(),
    headers: z.record(HeaderName, HeaderText).optional(),
  })
  .superRefine(({ code, status, message, body }, context) => {
    const refuse = (sentence: string) => context.addIssue({ code: 'custom', message: sentence })
    if (code === undefined && status === undefined && context.issues.length === 0)
      refuse('has a code or a status')
    if (message !== undefined && body !== undefined)
      refuse('has a message or a body: a body is sent as it is')
  })

const Latency = z.union([
  z
    .strictObject({
      /** Half of the draws are below it. */
      median: SpanText,
      /** Of the logarithm: 0.5 is mild, 1 has a long tail. */
      sigma: z.number().positive().max(5),
    })
    .refine(({ median }) => (parseDuration(median) ?? 0) <= LONGEST_LATENCY_MS, { error: TOO_LONG }),
  RangeText.refine((text) => (parseDurationRange(text)?.to ?? 0) <= LONGEST_LATENCY_MS, { error: TOO_LONG }),
])

/** How the job that the request starts goes on. */
const JobEffect = z
  .strictObject({
    /** How far into the job's time it fails; at its end when only an error is said. */
    fail_at: PartOrSpanText.optional(),
    error: ErrorCode.optional(),
    /** It stops there and never ends; `true` is just before its end. */
    stuck: z.union([z.literal(true), PartText]).optional(),
    /** Another flow of the scenario, instead of the operation's own. */
    flow: z.string().min(1).optional(),
  })
  .superRefine(saysSomething('says nothing; write fail_at, error, stuck or flow'))
  .refine(
    ({ stuck, fail_at, error }) => stuck === undefined || (fail_at === undefined && error === undefined),
    {
      error: 'a job that is stuck does not fail; write stuck, or fail_at and error',
    },
  )

/**
 * What happens to a request that a rule is for. Nothing at all lets it through unharmed, and past the rules that come
 * later.
 */
export const Then = z
  .strictObject({
    /** Answered instead of carrying the operation out. */
    error: z.union([RawError, ErrorCode]).optional(),
    latency: Latency.optional(),
    /** 429 with `Retry-After`, instead of carrying the operation out. */
    throttle: z
      .union([z.strictObject({ retry_after: SpanText }), z.literal(true)], {
        error: 'is true, or how long to wait: { retry_after: 5s }',
      })
      .optional(),
    /** The connection is cut. */
    disconnect: z.enum(['before-headers', 'mid-body']).optional(),
    /** Only so much of the body is sent: bytes, or a part of it. */
    truncate: z.union([z.int().nonnegative(), PartText]).optional(),
    /** How fast the body is sent. */
    slow: RateText.optional(),
    /** A body that is no JSON. */
    malformed: z.literal(true).optional(),
    content_length: z.literal('wrong').optional(),
    /** Reads show the world as it was so long ago. */
    stale: SpanText.optional(),
    job: JobEffect.optional(),
    /** Events of the image state machine. */
    image: Names.optional(),
    /** Fields of the answer that are overridden. */
    set: z.record(FieldPath, z.unknown()).superRefine(saysSomething('sets nothing')).optional(),
    /** The phase the world goes into, for the requests that follow. */
    enter: z.string().min(1).max(256).optional(),
    /** Quotas of this request alone. */
    quota: z.record(z.string(), z.int().nonnegative()).superRefine(saysSomething('sets no quota')).optional(),
  })
  .superRefine((then, context) => refuseCombinations(new Set(Object.keys(then)), then.disconnect, context))
export type Then = z.output<typeof Then>
