import { operations } from '../api/registry.ts'
import { unknownOperations, unknownOperationsOfPhases } from '../engine/rules/operations.ts'
import { Phases } from '../engine/rules/phases.ts'
import { Rule } from '../engine/rules/schema.ts'
import type { NamedMistake } from '../engine/scenario/load.ts'

/** What rules can be about: everything but our own control plane, which they leave alone. */
const ruled = operations.filter(({ face }) => face !== 'control')
const ids = ruled.map(({ id }) => id)
const faces = [...new Set(ruled.map(({ face }) => face))]

/**
 * The operations and faces that a scenario names and that do not exist, with the nearest ones: in every rule that can be
 * read, and in the moves between phases.
 */
export function unknownToRegistry({ rules, phases }: Record<string, unknown>): NamedMistake[] {
  const inRules = (Array.isArray(rules) ? rules : []).flatMap((each: unknown, i) => {
    const rule = Rule.safeParse(each)
    if (!rule.success) return []
    return unknownOperations([rule.data], ids, faces).map(({ path: [, , ...within], message }) => {
      return { path: ['rules', i, ...within], message }
    })
  })
  return [...inRules, ...unknownOperationsOfPhases(Phases.safeParse(phases).data, ids, faces)]
}
