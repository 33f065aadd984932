import { z } from 'zod'
import { parseDurationRange } from '../../kernel/duration.ts'
import { errorCatalogue } from '../../kernel/errors.ts'
import { parseTime } from '../../kernel/time.ts'

/** `60s` or `60s-90s`, as a range of milliseconds. */
const DurationText = z.string().transform((text, context) => {
  const range = parseDurationRange(text)
  if (range === undefined) {
    context.addIssue({ code: 'custom', message: `${text} is no duration; write 90s, 3m or 60s-90s` })
    return z.NEVER
  }
  return range
})

/** `24h`, as milliseconds. */
const Span = DurationText.transform(({ from, to }, context) => {
  if (from === to && from > 0) return from
  context.addIssue({ code: 'custom', message: 'is one duration above zero, e.g. 24h' })
  return z.NEVER
})

const Instant = z.union([z.string(), z.date()]).transform((value, context) => {
  const ms = value instanceof Date ? value.getTime() : parseTime(value)
  if (ms === undefined) {
    context.addIssue({ code: 'custom', message: `${value} is no time; write 2026-01-01T00:00:00Z` })
    return z.NEVER
  }
  return ms
})

const ErrorCode = z.string().refine((code) => errorCatalogue.has(code), {
  params: { known: 'error code' },
  error: 'no such error code',
})

const JobStatus = z.enum(['INIT', 'RUNNING', 'SUCCESS', 'FAIL'])
const Events = z.union([z.string().transform((event) => [event]), z.array(z.string())])

/** What happens at an offset from the start of a flow, at the cloud's own pace. */
const TimedStep = z.strictObject({
  at: DurationText,
  job: JobStatus.optional(),
  image: Events.optional(),
  progress: z.number().min(0).max(100).optional(),
  error: ErrorCode.optional(),
})

/** What happens to the image when the flow fails, whenever that is. */
const FailureStep = z.strictObject({ on: z.literal('fail'), image: Events })

export const Flow = z.array(z.union([TimedStep, FailureStep])).min(1)
export type Flow = z.output<typeof Flow>

const MachineSchema = z.strictObject({
  initial: z.string(),
  states: z.record(z.string(), z.strictObject({ on: z.record(z.string(), z.string()).optional() })),
})

/** Sets the pace: flows run so many times faster than the cloud's; `instant` finishes everything on the first look. */
export const Pace = z.union([z.number().positive(), z.literal('instant')])
export type Pace = z.output<typeof Pace>

const ClockSection = z.strictObject({
  start: Instant.optional(),
  rate: z.number().nonnegative().default(1),
})

const Limit = z.int().nonnegative()

/** What a project may have, and what it may do at once. */
const Limits = z.strictObject({
  private_images: Limit,
  tags_per_image: Limit,
  concurrent_creations: Limit,
  concurrent_imports: Limit,
  concurrent_copies: Limit,
  concurrent_region_copies: Limit,
  /** Projects that one image may be shared with. */
  members_per_image: Limit,
  members_per_whole_image: Limit,
  /** Images that others have accepted. */
  shared_images: Limit,
})
export type QuotaName = keyof z.output<typeof Limits>

/** The limits of everybody, and by project id those that differ. */
const Quotas = Limits.extend({ projects: z.record(z.string(), Limits.partial()).default({}) })

/** Who is let in: whoever shows something that looks like a credential, or only those who prove it and may. */
const AuthSection = z.strictObject({
  mode: z.enum(['lenient', 'strict']),
  /** How long a new token is good. */
  token_life: Span,
})

/** A whole scenario, everything that it extends merged in. */
export const Scenario = z.strictObject({
  scenario: z.string(),
  summary: z.string(),
  extends: z.string().optional(),
  seed: z.int(),
  clock: ClockSection,
  pace: Pace,
  machine: MachineSchema,
  flows: z.record(z.string(), Flow),
  quotas: Quotas,
  auth: AuthSection,
  fixtures: z.array(z.string()),
})
export type Scenario = z.output<typeof Scenario>
