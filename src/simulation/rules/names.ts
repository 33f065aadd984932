import { nearest } from '../../lib/nearest.ts'
import { type Phases, phaseNames } from './phases.ts'
import type { Rule } from './schema.ts'
import { listed } from './values.ts'

/** The parts of a scenario that rules name things of. */
export interface Nameable {
  phases?: Phases | undefined
  flows: Readonly<Record<string, unknown>>
  quotas: Readonly<Record<string, unknown>>
  machine: { states: Readonly<Record<string, { on?: Readonly<Record<string, string>> | undefined }>> }
}

/** Something that a rule names and its scenario does not have. */
export interface UnknownName {
  /** Into the rule. */
  path: readonly (string | number)[]
  message: string
}

/** Every name in a rule that its scenario does not know: phases, flows, quotas, events of the image state machine. */
export function unknownNamesOf({ when, then }: Rule, scenario: Nameable): UnknownName[] {
  const phases = scenario.phases === undefined ? [] : phaseNames(scenario.phases)
  const quotas = Object.keys(scenario.quotas).filter((name) => name !== 'projects' && name !== 'requests')
  const events = Object.values(scenario.machine.states).flatMap(({ on }) => Object.keys(on ?? {}))
  return [
    ...unknown('phase', when.phase, phases, ['when', 'phase']),
    ...unknown('phase', then.enter, phases, ['then', 'enter']),
    ...unknown('flow', then.job?.flow, Object.keys(scenario.flows), ['then', 'job', 'flow']),
    ...unknown('event of the machine', then.image, [...new Set(events)], ['then', 'image']),
    ...Object.keys(then.quota ?? {}).flatMap((name) =>
      unknown('quota', name, quotas, ['then', 'quota', name]),
    ),
  ]
}

function unknown(
  what: string,
  names: string | readonly string[] | undefined,
  known: readonly string[],
  path: readonly (string | number)[],
): UnknownName[] {
  if (names === undefined) return []
  return listed(names).flatMap((name, i) => {
    if (known.includes(name)) return []
    const meant = nearest(name, known)
    const there = known.length === 0 ? `the scenario has no ${what}s` : `there are ${known.join(', ')}`
    return [
      {
        path: typeof names === 'string' ? path : [...path, i],
        message: `${name} is no ${what}; ${meant === undefined ? there : `did you mean ${meant}?`}`,
      },
    ]
  })
}

/** The places of rules whose name an earlier rule has. */
export function repeatedNames(rules: readonly Rule[]): number[] {
  const seen = new Set<string>()
  return rules.flatMap(({ name }, i) => {
    const repeated = seen.has(name)
    seen.add(name)
    return repeated ? [i] : []
  })
}
