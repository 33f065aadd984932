import { z } from 'zod'
import { contract, nothing } from '../../contract/operation.ts'
import type { QuotaChange } from '../../simulation/scenario/quotas.ts'

export const showScenario = contract({
  id: 'ControlShowScenario',
  method: 'GET',
  path: '/_ims/scenario',
  summary: 'The scenario in force with everything that it extends; PUT takes it back',
  request: nothing,
  responses: { 200: z.looseObject({ scenario: z.string(), summary: z.string() }) },
})

export const putScenario = contract({
  id: 'ControlPutScenario',
  remembered: true,
  method: 'PUT',
  path: '/_ims/scenario',
  summary:
    'Put a scenario in force, as YAML or JSON; {"extends": "brown-out"} is a shipped one. It counts from the next request on and survives a restart. Jobs under way keep their steps; rules, their counts, changes of rules, and the phase start over; seed, clock and fixtures stay',
  takes: 'bytes',
  request: nothing,
  responses: {
    200: z.strictObject({
      scenario: z.string(),
      summary: z.string(),
      /** Sections that were sent and belong to the beginning of a world: they stay as they were. */
      not_applied: z.array(z.string()),
    }),
  },
})

const MistakeWire = z.strictObject({
  /** Counted from 1; missing for a mistake of the whole scenario. */
  line: z.int().optional(),
  column: z.int().optional(),
  message: z.string(),
})
export type MistakeWire = z.input<typeof MistakeWire>

export const checkScenario = contract({
  id: 'ControlCheckScenario',
  method: 'POST',
  path: '/_ims/scenario/check',
  summary: 'Check a scenario, as YAML or JSON; nothing changes',
  takes: 'bytes',
  request: nothing,
  responses: { 200: z.strictObject({ sound: z.boolean(), mistakes: z.array(MistakeWire) }) },
})

const Limit = z.int().nonnegative()

/** The limits of a project, by the names of a scenario's `quotas`. */
const LimitsWire = z.strictObject({
  private_images: Limit,
  tags_per_image: Limit,
  concurrent_creations: Limit,
  concurrent_imports: Limit,
  concurrent_copies: Limit,
  concurrent_region_copies: Limit,
  /** Projects that one image may be shared with. */
  members_per_image: Limit,
  members_per_whole_image: Limit,
  /** Images of other projects that a project has accepted. */
  shared_images: Limit,
})

/** The limits of all projects, and by project id those that differ. */
const QuotasWire = LimitsWire.extend({
  projects: z.record(z.string(), LimitsWire.partial()),
  /** The rate of requests, such as `30/m`; null when they are not limited. */
  requests: z.strictObject({ rate: z.string(), per: z.enum(['project', 'world']) }).nullable(),
})
export type QuotasWire = z.input<typeof QuotasWire>

export const showQuotas = contract({
  id: 'ControlShowQuotas',
  method: 'GET',
  path: '/_ims/quotas',
  summary: 'The quotas of projects, and those of single projects that differ',
  request: nothing,
  responses: { 200: QuotasWire },
})

export const changeQuotas = contract({
  id: 'ControlChangeQuotas',
  remembered: true,
  method: 'PATCH',
  path: '/_ims/quotas',
  summary:
    'Change quotas from the next request on: {"private_images": 3}, {"requests": {"rate": "30/m"}}, or {"projects": {"<id>": {…}}} for one project; the change lasts until a reset or another scenario',
  request: z.object({ body: z.custom<z.input<typeof QuotaChange>>() }),
  responses: { 200: QuotasWire },
})
