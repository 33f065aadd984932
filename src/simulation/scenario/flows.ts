import { z } from 'zod'
import { parseDuration, parseDurationRange } from '../../lib/duration.ts'
import { ErrorCode } from '../rules/cloud-names.ts'

/** The time of a step of a flow: ms after its start, of which one value is drawn, and more for every byte. */
export interface StepTime {
  from: number
  to: number
  /** Ms for each byte of the file or image that the job works on; undefined when its size does not matter. */
  perByte?: number
}

const BYTES: Readonly<Record<string, number>> = { MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }

/**
 * Parses the time of a step; returns undefined for any other text.
 * @example parseStepTime('60s-90s + 4s/GiB') // { from: 60_000, to: 90_000, perByte: 4000 / 2 ** 30 }
 */
export function parseStepTime(text: string): StepTime | undefined {
  const [plain = '', sized, ...rest] = text.split('+').map((part) => part.trim())
  const range = parseDurationRange(plain)
  if (range === undefined || rest.length > 0) return undefined
  if (sized === undefined) return range
  const [, each = '', unit = ''] = /^(\S+) ?\/ ?([MGT]iB)$/.exec(sized) ?? []
  const ms = parseDuration(each)
  const bytes = BYTES[unit]
  return ms === undefined || bytes === undefined ? undefined : { ...range, perByte: ms / bytes }
}

/** `90s`, `60s-90s`, or either with `+ 4s/GiB`. */
const StepTimeText = z.string().transform((text, context): StepTime => {
  const time = parseStepTime(text)
  if (time !== undefined) return time
  const sized = text.includes('+') || text.includes('/')
  context.addIssue({
    code: 'custom',
    message: `${text} is no duration; write ${sized ? '90s + 4s/GiB' : '90s, 3m or 60s-90s'}`,
  })
  return z.NEVER
})

/** One event of the image state machine, or several in order. */
const Events = z.union([z.string().transform((event) => [event]), z.array(z.string())])

/** A step at a time after the start of its flow. */
const TimedStep = z.strictObject({
  at: StepTimeText.meta({
    description:
      "The time since the job was submitted, at the cloud's own pace. Of a range, one value is drawn from the seed; `+ 4s/GiB` adds time for the bytes of the image.",
    examples: ['60s-90s + 4s/GiB'],
  }),
  job: z
    .enum(['INIT', 'RUNNING', 'SUCCESS', 'FAIL'])
    .optional()
    .meta({
      description: 'The new status of the job: INIT, RUNNING, SUCCESS or FAIL.',
      examples: ['RUNNING'],
    }),
  image: Events.optional().meta({
    description:
      'Events of the machine that happen to the image. An event that the state of the image does not know is skipped.',
    examples: ['activate'],
  }),
  progress: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .meta({
      description: 'The progress that the job shows, in per cent.',
      examples: [30],
    }),
  error: ErrorCode.optional().meta({
    description: 'The code of a job that fails at this step.',
    examples: ['IMG.0057'],
  }),
})

/** A step at the failure of the job, whenever that is. */
const FailureStep = z.strictObject({
  on: z.literal('fail').meta({
    description: 'In place of `at`: the step happens when the job fails, whenever that is.',
    examples: ['fail'],
  }),
  image: Events.meta({
    description: 'Events of the machine that happen to the image then.',
    examples: [['fail', 'delete']],
  }),
})

/** A longer flow was not written by hand, and would be slow to check. */
const MOST_STEPS = 1000

/** What a job does over time. */
export const Flow = z
  .array(z.union([TimedStep, FailureStep]))
  .min(1)
  .max(MOST_STEPS)
export type Flow = z.output<typeof Flow>
