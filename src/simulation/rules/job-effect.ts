import { z } from 'zod'
import { parseDuration } from '../../lib/duration.ts'
import { ErrorCode } from './cloud-names.ts'
import { notEmpty, PercentOrSpanText, PercentText, parseFraction } from './values.ts'

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
