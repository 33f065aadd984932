import { z } from 'zod'
import { parseDuration, parseDurationRange } from '../../lib/duration.ts'

/** When a step of a flow happens: ms after its start, from which one value is drawn, and more for every byte. */
export interface StepTime {
  from: number
  to: number
  /** Ms for each byte of the file or image that the job works on; undefined when its size does not matter. */
  perByte?: number
}

const UNITS: Readonly<Record<string, number>> = { MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }

/** Reads `90s`, `60s-90s` and `60s-90s + 4s/GiB`; undefined when it is none of them. */
export function parseStepTime(text: string): StepTime | undefined {
  const [plain = '', sized, ...rest] = text.split('+').map((part) => part.trim())
  const range = parseDurationRange(plain)
  if (range === undefined || rest.length > 0) return undefined
  if (sized === undefined) return range
  const [, each = '', unit = ''] = /^(\S+) ?\/ ?([MGT]iB)$/.exec(sized) ?? []
  const ms = parseDuration(each)
  const bytes = UNITS[unit]
  return ms === undefined || bytes === undefined ? undefined : { ...range, perByte: ms / bytes }
}

/** `90s`, `60s-90s`, or either with `+ 4s/GiB`. */
export const StepTimeText = z.string().transform((text, context): StepTime => {
  const time = parseStepTime(text)
  if (time !== undefined) return time
  const sized = text.includes('+') || text.includes('/')
  context.addIssue({
    code: 'custom',
    message: `${text} is no duration; write ${sized ? '90s + 4s/GiB' : '90s, 3m or 60s-90s'}`,
  })
  return z.NEVER
})
