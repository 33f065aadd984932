import { z } from 'zod'
import type { ErrorCatalogue } from '../cloud.ts'
import { ErrorCode } from './cloud-names.ts'
import { SpanText, spanMs } from './values.ts'

/*
 * The effects `error` and `throttle`: an answer instead of carrying the operation out.
 */

const HeaderText = z
  .string()
  .max(4096)
  .regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII')
const HeaderName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, 'is no header name')

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
  // The header has whole seconds. Rounded up, because a client that waits less would be throttled again.
  const seconds = throttle === true ? 1 : Math.ceil(spanMs(throttle.retry_after) / 1000)
  return { ...fromCatalogue(THROTTLED, errors), headers: { 'Retry-After': String(seconds) } }
}

type Catalogue = Pick<ErrorCatalogue, 'get'>

function fromCatalogue(code: string | undefined, errors: Catalogue): InjectedError {
  const entry = errors.get(code ?? '')
  return { code, status: entry?.status ?? 500, message: entry?.message, body: undefined, headers: {} }
}
