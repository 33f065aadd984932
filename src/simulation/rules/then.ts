import { z } from 'zod'
import type { ErrorCatalogue } from '../cloud.ts'
import { FixtureChangeMap } from '../fixtures.ts'
import {
  compileError,
  compileJob,
  compileThrottle,
  ErrorEffect,
  HeaderName,
  HeaderText,
  type InjectedError,
  type JobChange,
  JobEffect,
  Latency,
  Throttle,
  throttleWindow,
} from './effects.ts'
import { FieldPath } from './field-path.ts'
import {
  ByteRateText,
  listed,
  Names,
  notEmpty,
  PercentText,
  parseByteRate,
  parseFraction,
  SpanText,
  spanMs,
} from './values.ts'

/*
 * The `then` of a rule. To add an effect: describe its key in `Then`, add its compiled form to `Effects` and `compileThen`,
 * list what it excludes in `CONFLICTS`, and act on it in http/apply-rules.ts or http/wire-faults.ts.
 */

/** What happens to a request that matches a rule. Without an effect, it is carried out and later rules are not tried. */
export const Then = z
  .strictObject({
    error: ErrorEffect.optional().meta({
      description:
        'An answer instead of carrying the operation out: a code with its status and text, or an answer in parts.',
      examples: ['IMG.0015'],
    }),
    latency: Latency.optional().meta({
      description: 'The answer waits: a fixed time, a range, or a lognormal distribution. At most `10m`.',
      examples: ['200ms-2s'],
    }),
    throttle: Throttle.optional().meta({
      description:
        '429 with APIGW.0308 and `Retry-After`, instead of carrying the operation out; `true` is one second.',
      examples: [{ retry_after: '5s' }],
    }),
    disconnect: z
      .enum(['before-headers', 'mid-body'])
      .optional()
      .meta({
        description:
          'The connection is cut, `before-headers` or `mid-body`; the operation is carried out all the same.',
        examples: ['mid-body'],
      }),
    truncate: z
      .union([z.int().nonnegative(), PercentText])
      .optional()
      .meta({
        description: 'Only this much of the body is sent, in bytes or per cent; then the connection is cut.',
        examples: ['50%'],
      }),
    slow: ByteRateText.optional().meta({
      description: 'The speed at which the body is sent.',
      examples: ['1KiB/s'],
    }),
    time: z
      .enum(['real', 'virtual'])
      .optional()
      .meta({
        description:
          "The time that `latency` and `slow` count: `real` (the default), or `virtual`, the world's. A clock that runs ten times as fast makes a virtual wait a tenth as long; one that stands is advanced by it, and nothing waits.",
        examples: ['virtual'],
      }),
    malformed: z
      .literal(true)
      .optional()
      .meta({ description: 'The body is invalid JSON.', examples: [true] }),
    content_length: z
      .literal('wrong')
      .optional()
      .meta({ description: '`Content-Length` promises more than is sent.', examples: ['wrong'] }),
    stale: SpanText.optional().meta({
      description: 'Reads do not find images that were created within this time.',
      examples: ['30s'],
    }),
    job: JobEffect.optional().meta({
      description: 'How the job that the request starts goes on.',
      examples: [{ fail_at: '60%', error: 'IMG.0057' }],
    }),
    member_status: z
      .enum(['accepted', 'rejected'])
      .optional()
      .meta({
        description:
          'What the projects answer that the request shares images with, as soon as the images are shared. They may change it.',
        examples: ['rejected'],
      }),
    image: Names.optional().meta({
      description:
        'Events of the image state machine that happen to the image which the path names, before the operation is carried out.',
      examples: ['deactivate'],
    }),
    fixtures: FixtureChangeMap.optional().meta({
      description:
        'Things that images are made from, and images of the cloud, which change before the operation is carried out: by kind and id, the fields that change. `null` removes, a new id adds.',
      examples: [{ keys: { '50000000-0000-4000-8000-000000000001': { state: 'disabled' } } }],
    }),
    set: z
      .record(FieldPath, z.unknown())
      .superRefine(notEmpty('has no field'))
      .optional()
      .meta({
        description: 'Fields of a JSON answer that are overridden, by path.',
        examples: [{ 'images[*].status': 'active' }],
      }),
    headers: z
      .record(HeaderName, HeaderText)
      .superRefine(notEmpty('has no header'))
      .optional()
      .meta({
        description: 'Headers of the answer that are set or replaced.',
        examples: [{ 'X-Cache': 'HIT' }],
      }),
    enter: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .meta({ description: 'The phase of the world from the next request on.', examples: ['outage'] }),
    quota: z
      .record(z.string(), z.int().nonnegative())
      .superRefine(notEmpty('has no quota'))
      .optional()
      .meta({ description: 'Quotas for this request alone.', examples: [{ private_images: 0 }] }),
  })
  .superRefine((then, context) => refuseConflicts(new Set(Object.keys(then)), then.disconnect, context))
export type Then = z.output<typeof Then>

/** The compiled effects of a rule. The latency is drawn for each request instead. */
export interface Effects {
  /** Answered instead of carrying the operation out; `throttle` is compiled into one. */
  error: InjectedError | undefined
  /** Virtual ms for which a throttled client is refused again. */
  throttleMs: number | undefined
  disconnect: 'before-headers' | 'mid-body' | undefined
  /** How much of the body is sent: bytes, or a fraction from 0 to 1. */
  truncate: { bytes: number } | { part: number } | undefined
  bytesPerSecond: number | undefined
  /** The world's clock counts the latency and the speed of the body. */
  virtualTime: boolean
  malformed: boolean
  wrongContentLength: boolean
  /** Virtual ms that reads lag behind. */
  staleMs: number | undefined
  job: JobChange | undefined
  /** What the members answer at once that the request adds. */
  memberStatus: 'accepted' | 'rejected' | undefined
  /** Events of the image state machine, in order. */
  image: readonly string[]
  /** Changes of things beside the images. */
  fixtures: FixtureChangeMap | undefined
  /** Values by path into the body, as `withFields` takes them. */
  set: Readonly<Record<string, unknown>> | undefined
  /** Headers that the answer gets, in place of its own of the same name. */
  headers: Readonly<Record<string, string>>
  /** The phase that the rule book has entered; the request itself still belongs to the phase before. */
  enter: string | undefined
  quota: Readonly<Record<string, number>>
}

/** Compiles effects. `errors` has the status and message of every code. */
export function compileThen(then: Then, errors: Pick<ErrorCatalogue, 'get'>): Effects {
  return {
    error: compileAnswer(then, errors),
    throttleMs: then.throttle === undefined ? undefined : throttleWindow(then.throttle),
    disconnect: then.disconnect,
    truncate: then.truncate === undefined ? undefined : compileTruncate(then.truncate),
    bytesPerSecond: then.slow === undefined ? undefined : parseByteRate(then.slow),
    virtualTime: then.time === 'virtual',
    malformed: then.malformed ?? false,
    wrongContentLength: then.content_length !== undefined,
    staleMs: then.stale === undefined ? undefined : spanMs(then.stale),
    job: then.job && compileJob(then.job),
    memberStatus: then.member_status,
    image: then.image === undefined ? [] : listed(then.image),
    fixtures: then.fixtures,
    set: then.set,
    headers: then.headers ?? {},
    enter: then.enter,
    quota: then.quota ?? {},
  }
}

function compileAnswer({ error, throttle }: Then, errors: Pick<ErrorCatalogue, 'get'>) {
  if (throttle !== undefined) return compileThrottle(throttle, errors)
  return error === undefined ? undefined : compileError(error, errors)
}

function compileTruncate(truncate: number | string): { bytes: number } | { part: number } {
  return typeof truncate === 'string' ? { part: parseFraction(truncate) ?? 0 } : { bytes: truncate }
}

/** An effect that excludes others, and the reason. */
interface Conflict {
  one: string
  others: readonly string[]
  because: string
}

const NOT_CARRIED_OUT = 'the operation is not carried out'
/** Effects on what an operation does. */
const CARRIED_OUT_ONLY = ['set', 'stale', 'job', 'member_status', 'quota']

const CONFLICTS: readonly Conflict[] = [
  { one: 'error', others: ['throttle'], because: 'both are the answer' },
  { one: 'error', others: ['headers'], because: 'an error has headers of its own: { error: { headers } }' },
  { one: 'throttle', others: ['headers'], because: 'a throttled request is answered by the gateway' },
  { one: 'error', others: CARRIED_OUT_ONLY, because: NOT_CARRIED_OUT },
  { one: 'throttle', others: CARRIED_OUT_ONLY, because: NOT_CARRIED_OUT },
  { one: 'throttle', others: ['image'], because: 'a throttled request reaches no image' },
  { one: 'throttle', others: ['fixtures'], because: 'a throttled request reaches no service' },
  { one: 'disconnect', others: ['truncate'], because: 'a cut connection already ends the body early' },
  { one: 'disconnect', others: ['content_length'], because: 'a cut connection already breaks the length' },
  { one: 'truncate', others: ['content_length'], because: 'both are about how much of the body arrives' },
]

/** What a connection that is cut before the headers excludes. */
const CUT_BEFORE_HEADERS: Conflict = {
  one: 'disconnect',
  others: ['error', 'throttle', 'set', 'headers', 'slow', 'malformed', 'stale'],
  because: 'nothing of an answer is sent before the headers',
}

/** Adds an issue for each pair of effects that exclude each other. */
function refuseConflicts(
  effects: ReadonlySet<string>,
  disconnect: Then['disconnect'],
  context: z.core.$RefinementCtx,
): void {
  const conflicts = disconnect === 'before-headers' ? [...CONFLICTS, CUT_BEFORE_HEADERS] : CONFLICTS
  for (const { one, others, because } of conflicts) {
    if (!effects.has(one)) continue
    for (const other of others) {
      if (effects.has(other))
        context.addIssue({
          code: 'custom',
          path: [other],
          message: `${one} and ${other} cannot go together: ${because}`,
        })
    }
  }
}
