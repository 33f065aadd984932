import { z } from 'zod'
import { parseDuration } from '../../lib/duration.ts'
import { NATIVE_ERRORS } from '../../lib/errors.ts'
import { parseTime } from '../../lib/time.ts'
import { Phases } from '../rules/phases.ts'
import { Rule, repeatedNames, unknownScenarioNames } from '../rules/rule.ts'
import { Flow } from './flows.ts'
import { MachineSection, unknownMachineNames } from './machine.ts'
import { QuotasSection } from './quotas.ts'

/*
 * The scenario format. Each key is described once, by `.meta` on its schema: format.ts derives the documentation, the JSON
 * Schema for editors and the hints in error messages from it.
 */

/** One duration above zero, such as `24h`, in ms. */
const Span = z.string().transform((text, context) => {
  const ms = parseDuration(text)
  if (ms !== undefined && ms > 0) return ms
  context.addIssue({ code: 'custom', message: `${text} is no duration above zero; write e.g. 24h` })
  return z.NEVER
})

/** An instant, in ms since the epoch. */
const Instant = z.union([z.string(), z.date()]).transform((value, context) => {
  const ms = value instanceof Date ? value.getTime() : parseTime(value)
  if (ms !== undefined) return ms
  context.addIssue({ code: 'custom', message: `${value} is no time; write 2026-01-01T00:00:00Z` })
  return z.NEVER
})

const ClockSection = z.strictObject({
  start: Instant.optional().meta({
    description: 'The time at which the world begins; by default the time of the host.',
    examples: ['2026-01-01T00:00:00Z'],
  }),
  rate: z
    .number()
    .nonnegative()
    .default(1)
    .meta({
      description:
        'Virtual seconds per real second: 1 is the pace of the host, with 0 time stands until it is advanced.',
      examples: [0],
    }),
})

/** How many times faster than the cloud flows run; `instant` completes everything at the first look. */
export const Pace = z.union([z.number().positive(), z.literal('instant')])
export type Pace = z.output<typeof Pace>

const AuthSection = z.strictObject({
  mode: z.enum(['lenient', 'strict']).meta({
    description:
      '`lenient` accepts any credential and allows everything; `strict` verifies tokens and signatures and enforces roles and policies.',
    examples: ['strict'],
  }),
  token_life: Span.meta({ description: 'How long a new token is valid.', examples: ['1m'] }),
})

/** More rules were not written by hand, and would be slow to check. */
const MOST_RULES = 1000

/** A whole scenario, with everything that it extends merged in. */
export const Scenario = z
  .strictObject({
    scenario: z.string().meta({ description: 'The name that is shown.', examples: ['my-cloud'] }),
    summary: z.string().meta({
      description: 'The purpose of the scenario, in a sentence.',
      examples: ['Exports take an hour.'],
    }),
    extends: z
      .string()
      .optional()
      .meta({
        description:
          'The scenario below this one: the name of a shipped one, or a file beside this one; `standard` by default.',
        examples: ['instant'],
      }),
    cloud: z
      .enum(['huawei', 'otc'])
      .default('huawei')
      .meta({
        description:
          'The cloud that runs the image service: `otc` adds the catalogue of Open Telekom Cloud, and lets the OpenStack API change tags and visibility.',
        examples: ['otc'],
      }),
    seed: z.int().meta({
      description:
        'The seed of ids, ranges and probabilities: the same seed and the same requests give the same answers.',
      examples: [7],
    }),
    clock: ClockSection.meta({
      description: 'The time of the world, and its speed.',
      examples: [{ rate: 0 }],
    }),
    pace: Pace.meta({
      description:
        'How many times faster than the cloud flows run: 1 is as slow as the cloud, `instant` completes them at the first look.',
      examples: [60],
    }),
    machine: MachineSection.meta({
      description: 'The state machine of images.',
      examples: [{ states: { active: { on: { deactivate: 'deactivated' } } } }],
    }),
    flows: z.record(z.string(), Flow).meta({
      description: 'What each kind of job does over time, by name.',
      examples: [
        {
          'export-image': [
            { at: '0s', job: 'INIT' },
            { at: '1h', job: 'SUCCESS' },
          ],
        },
      ],
    }),
    quotas: QuotasSection.meta({ description: 'The limits of projects.', examples: [{ private_images: 3 }] }),
    auth: AuthSection.meta({
      description: 'Which callers are accepted, and how long tokens are valid.',
      examples: [{ mode: 'strict', token_life: '1h' }],
    }),
    native_errors: z.enum(NATIVE_ERRORS).meta({
      description:
        'How the OpenStack image API of the cloud refuses a client that prefers no form: `html` as Glance does, `json`, or `xml`, which the documents name. A client that asks for `application/json` gets that.',
      examples: ['json'],
    }),
    phases: Phases.optional().meta({
      description: 'Named states of the whole world.',
      examples: [{ initial: 'calm', moves: [{ from: 'calm', to: 'outage', when: { after: '5m' } }] }],
    }),
    rules: z
      .array(Rule)
      .max(MOST_RULES)
      .default([])
      .meta({
        description:
          'What happens to which requests. The first rule that matches wins, unless it says `continue`.',
        examples: [[{ name: 'late', when: { method: 'GET' }, then: { latency: '1s' } }]],
      }),
    fixtures: z.array(z.union([z.string(), z.record(z.string(), z.unknown())])).meta({
      description:
        'What the world begins with: names of shipped fixtures, files beside this one (`./my-images.yaml`), or their content.',
      examples: [['demo-tenants', 'public-images']],
    }),
  })
  .superRefine((scenario, context) => {
    const refuse = (message: string, path: (string | number)[]) =>
      context.addIssue({ code: 'custom', message, path })
    for (const { path, message } of unknownMachineNames(scenario.machine, scenario.flows))
      refuse(message, path)
    scenario.rules.forEach((rule, i) => {
      for (const { path, message } of unknownScenarioNames(rule, scenario))
        refuse(message, ['rules', i, ...path])
    })
    for (const i of repeatedNames(scenario.rules))
      refuse('is the name of an earlier rule too', ['rules', i, 'name'])
  })
export type Scenario = z.output<typeof Scenario>
