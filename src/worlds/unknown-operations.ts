import { z } from 'zod'
import { operations } from '../services/index.ts'
import { unknownOperations, unknownOperationsOfPhases } from '../simulation/rules/operations.ts'
import { Phases } from '../simulation/rules/phases.ts'
import { When } from '../simulation/rules/when.ts'
import type { NamedMistake } from '../simulation/scenario/load.ts'

/** What rules can be about: everything but our own control plane, which they leave alone. */
const ruled = operations.filter(({ face }) => face !== 'control')
const ids = ruled.map(({ id }) => id)
const faces = [...new Set(ruled.map(({ face }) => face))]

/** What a rule is about, whatever else may be wrong with it. */
const Aimed = z.looseObject({ when: z.looseObject({ operation: When.shape.operation }) })

/**
 * The operations and faces that a scenario names and that do not exist, with the nearest ones: in every rule that says
 * what it is about, and in the moves between phases.
 */
export function unknownToRegistry({ rules, phases }: Record<string, unknown>): NamedMistake[] {
  const inRules = (Array.isArray(rules) ? rules : []).flatMap((each: unknown, i) => {
    const rule = Aimed.safeParse(each)
    if (!rule.success) return []
    return unknownOperations([rule.data], ids, faces).map(({ path: [, , ...within], message }) => {
      return { path: ['rules', i, ...within], message }
    })
  })
  return [...inRules, ...unknownOperationsOfPhases(Phases.safeParse(phases).data, ids, faces)]
}
