import { z } from 'zod'
import { parseDurationRange } from '../../lib/duration.ts'
import { parseTime } from '../../lib/time.ts'
import { repeatedNames, unknownNamesOf } from '../rules/names.ts'
import { Phases } from '../rules/phases.ts'
import { Rule } from '../rules/schema.ts'
import { ErrorCode } from '../rules/values.ts'
import { unknownNamesOfMachine } from './machine-names.ts'
import { RequestQuota } from './request-rate.ts'
import { StepTimeText } from './step-time.ts'

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

const JobStatus = z.enum(['INIT', 'RUNNING', 'SUCCESS', 'FAIL'])
const Events = z.union([z.string().transform((event) => [event]), z.array(z.string())])

/** What happens at an offset from the start of a flow, at the cloud's own pace. */
const TimedStep = z.strictObject({
  at: StepTimeText,
  job: JobStatus.optional(),
  image: Events.optional(),
  progress: z.number().min(0).max(100).optional(),
  error: ErrorCode.optional(),
})

/** What happens to the image when the flow fails, whenever that is. */
const FailureStep = z.strictObject({ on: z.literal('fail'), image: Events })

/** More of anything is no scenario that somebody wrote, and would be slow to check. */
const MOST = 1000

export const Flow = z
  .array(z.union([TimedStep, FailureStep]))
  .min(1)
  .max(MOST)
export type Flow = z.output<typeof Flow>

function movesIn(states: Record<string, { on?: Record<string, string> | undefined }>): number {
  return Object.values(states).reduce((sum, { on = {} }) => sum + Object.keys(on).length, 0)
}

const MachineSchema = z.strictObject({
  initial: z.string(),
  states: z
    .record(z.string(), z.strictObject({ on: z.record(z.string(), z.string()).optional() }))
    .refine((states) => movesIn(states) <= MOST, { error: `has more than ${MOST} moves` }),
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
/** What projects may have of each kind. */
export const Limits = z.strictObject({
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
const Quotas = Limits.extend({
  projects: z.record(z.string(), Limits.partial()).default({}),
  /** Beyond it the gateway answers APIGW.0308; no limit when it is not given. */
  requests: RequestQuota.optional(),
})

/** Limits that are changed at run time, of everybody and of some projects. */
export const QuotaChange = Limits.partial()
  .extend({ projects: z.record(z.string(), Limits.partial()).optional() })
  .refine(
    (change) => Object.keys(change).length > 0,
    'nothing is to be changed; send e.g. {"private_images": 3}',
  )
export type QuotaChange = z.output<typeof QuotaChange>

/** Who is let in: whoever shows something that looks like a credential, or only those who prove it and may. */
const AuthSection = z.strictObject({
  mode: z.enum(['lenient', 'strict']),
  /** How long a new token is good. */
  token_life: Span,
})

/** A whole scenario, everything that it extends merged in. */
export const Scenario = z
  .strictObject({
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
    /** Named states of the whole world; none when there is nothing to tell apart. */
    phases: Phases.optional(),
    /** In order: the first that matches wins unless it says continue. */
    rules: z.array(Rule).max(MOST).default([]),
    /** Each by the name of a shipped one, by the path of a file, or written out. */
    fixtures: z.array(z.union([z.string(), z.record(z.string(), z.unknown())])),
  })
  .superRefine((scenario, context) => {
    const refuse = (message: string, path: (string | number)[]) =>
      context.addIssue({ code: 'custom', message, path })
    for (const { path, message } of unknownNamesOfMachine(scenario.machine, scenario.flows))
      refuse(message, path)
    scenario.rules.forEach((rule, i) => {
      for (const { path, message } of unknownNamesOf(rule, scenario)) refuse(message, ['rules', i, ...path])
    })
    for (const i of repeatedNames(scenario.rules))
      refuse('is the name of an earlier rule too', ['rules', i, 'name'])
  })
export type Scenario = z.output<typeof Scenario>
