import { z } from 'zod'
import { services } from '../services/index.ts'
import { namesOf, type Service } from '../services/service.ts'
import { unknownOperations, unknownOperationsOfPhases } from '../simulation/rules/operations.ts'
import { Phases } from '../simulation/rules/phases.ts'
import { When } from '../simulation/rules/when.ts'
import type { NamedMistake } from '../simulation/scenario/load.ts'

/** What a rule is about, whatever else may be wrong with it. */
const Aimed = z.looseObject({ when: z.looseObject({ operation: When.shape.operation }) })

/**
 * Makes the check of a written scenario for operations and services that do not exist, with the nearest ones: in every rule
 * that says what it is about, and in the moves between phases. Both clouds count, whichever is emulated, so that a scenario
 * goes with either.
 * @param further services that are emulated beside those of `services/index.ts`.
 */
export function namesCheck(
  further: readonly Service[] = [],
): (written: Record<string, unknown>) => NamedMistake[] {
  const known = [...new Set([...services.huawei, ...services.stock, ...further])]
  const ids = known.flatMap(({ operations }) => operations.map(({ id }) => id))
  const names = [...new Set(known.flatMap(namesOf))]
  return (written) => unknownIn(written, ids, names)
}

/** The check with the services there are. */
export const unknownToRegistry = namesCheck()

function unknownIn(
  { rules, phases }: Record<string, unknown>,
  ids: readonly string[],
  names: readonly string[],
): NamedMistake[] {
  const inRules = (Array.isArray(rules) ? rules : []).flatMap((each: unknown, i) => {
    const rule = Aimed.safeParse(each)
    if (!rule.success) return []
    return unknownOperations([rule.data], ids, names).map(({ path: [, , ...within], message }) => {
      return { path: ['rules', i, ...within], message }
    })
  })
  return [...inRules, ...unknownOperationsOfPhases(Phases.safeParse(phases).data, ids, names)]
}
