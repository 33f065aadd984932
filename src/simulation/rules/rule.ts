import { z } from 'zod'
import { nearest } from '../../lib/nearest.ts'
import { type Phases, phaseNames } from './phases.ts'
import { Then } from './then.ts'
import { listed } from './values.ts'
import { When } from './when.ts'

/** A rule of a scenario: what happens to which requests. It is kept as written, and compiled when a world opens. */
export const Rule = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(256)
    .meta({
      description: 'Unique in the world: counts are kept and chance is drawn by it.',
      examples: ['answers are late'],
    }),
  summary: z
    .string()
    .max(4096)
    .optional()
    .meta({ description: 'A sentence for people.', examples: ['Answers are late.'] }),
  when: When.meta({
    description: 'What a request must look like; `{}` matches every request.',
    examples: [{ method: 'GET' }],
  }),
  then: Then.meta({
    description: 'What happens; with `{}` the request is carried out and later rules are not tried.',
    examples: [{ latency: '1s' }],
  }),
  continue: z
    .boolean()
    .default(false)
    .meta({
      description: 'Later rules are tried too. Without it, the first rule that matches is the only one.',
      examples: [true],
    }),
  per: z
    .enum(['world', 'project'])
    .default('world')
    .meta({
      description:
        'The requests that `nth`, `first` and `every` count together: those of the `world` (the default), or those of each `project`.',
      examples: ['project'],
    }),
})
export type Rule = z.output<typeof Rule>

/** The parts of a scenario that define names for rules. */
export interface NamingScenario {
  phases?: Phases | undefined
  flows: Readonly<Record<string, unknown>>
  quotas: Readonly<Record<string, unknown>>
  machine: { states: Readonly<Record<string, { on?: Readonly<Record<string, string>> | undefined }>> }
}

/** A name that a rule uses and its scenario does not define. */
export interface UndefinedName {
  /** From the rule to the name. */
  path: readonly (string | number)[]
  message: string
}

/** Finds every phase, flow, quota and event in a rule that its scenario does not define. */
export function unknownScenarioNames({ when, then }: Rule, scenario: NamingScenario): UndefinedName[] {
  const phases = scenario.phases === undefined ? [] : phaseNames(scenario.phases)
  const quotas = Object.keys(scenario.quotas).filter((name) => name !== 'projects' && name !== 'requests')
  const events = Object.values(scenario.machine.states).flatMap(({ on }) => Object.keys(on ?? {}))
  return [
    ...undefinedNames('phase', when.phase, phases, ['when', 'phase']),
    ...undefinedNames('phase', then.enter, phases, ['then', 'enter']),
    ...undefinedNames('flow', then.job?.flow, Object.keys(scenario.flows), ['then', 'job', 'flow']),
    ...undefinedNames('event of the machine', then.image, [...new Set(events)], ['then', 'image']),
    ...Object.keys(then.quota ?? {}).flatMap((name) =>
      undefinedNames('quota', name, quotas, ['then', 'quota', name]),
    ),
  ]
}

function undefinedNames(
  kind: string,
  names: string | readonly string[] | undefined,
  defined: readonly string[],
  path: readonly (string | number)[],
): UndefinedName[] {
  if (names === undefined) return []
  return listed(names).flatMap((name, i) => {
    if (defined.includes(name)) return []
    const meant = nearest(name, defined)
    const others = defined.length === 0 ? `the scenario has no ${kind}s` : `there are ${defined.join(', ')}`
    return [
      {
        path: typeof names === 'string' ? path : [...path, i],
        message: `${name} is no ${kind}; ${meant === undefined ? others : `did you mean ${meant}?`}`,
      },
    ]
  })
}

/** Positions of the rules whose name an earlier rule has. */
export function repeatedNames(rules: readonly Rule[]): number[] {
  const seen = new Set<string>()
  return rules.flatMap(({ name }, i) => {
    const repeated = seen.has(name)
    seen.add(name)
    return repeated ? [i] : []
  })
}
