import { z } from 'zod'
import { expecting, hintFor, shown } from './mistakes.ts'
import { nearestOperator, parseOperator } from './operators.ts'

const Value = z.union([z.string(), z.number(), z.boolean()], expecting('a text, a number, true or false'))
const Values = z.union(
  [
    Value,
    z
      .array(Value)
      .refine((list) => list.length > 0, { error: 'found an empty list; write at least one value' }),
  ],
  expecting('a value or a list of one or more values (texts, numbers, true or false)'),
)

const Block = z.record(
  z.string(),
  z.record(z.string(), Values, expecting('an object of condition keys, such as {"g:UserName": ["alice"]}')),
  expecting('an object of operators, such as {"StringEquals": {"g:UserName": ["alice"]}}'),
)

/** `Condition` of a statement as it is written: operator, key, value or values. */
export type ConditionBlock = z.output<typeof Block>

/** One operator and one key of a condition, with the values that a policy wants, as texts. */
export interface ConditionClause {
  operator: string
  key: string
  wanted: readonly string[]
}

/** A condition taken apart; each clause has to hold. */
export function clausesOf(block: ConditionBlock): ConditionClause[] {
  return Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({
      operator,
      key,
      wanted: (Array.isArray(values) ? values : [values]).map(String),
    })),
  )
}

/** Checks what a type cannot say: operators exist, keys have a prefix, values are what the operator compares. */
function checkClauses(block: ConditionBlock, context: z.core.$RefinementCtx<ConditionBlock>): void {
  for (const name of Object.keys(block)) {
    if (parseOperator(name) !== undefined) continue
    const hint = hintFor(nearestOperator(name), 'write one such as StringEquals')
    context.addIssue({
      code: 'custom',
      path: [name],
      message: `${shown(name)} is no condition operator; ${hint}`,
    })
  }
  for (const { operator, key, wanted } of clausesOf(block)) {
    if (!/^[^:\s]+:\S/.test(key)) {
      const message = `${shown(key)} is no condition key; write one such as "g:UserName"`
      context.addIssue({ code: 'custom', path: [operator, key], message })
    }
    const test = parseOperator(operator)?.test
    const wrong = test && wanted.find((value) => test.compile(value) === undefined)
    if (wrong === undefined) continue
    const message = `found ${shown(wrong)}; ${operator} compares with ${test?.kind}`
    context.addIssue({ code: 'custom', path: [operator, key], message })
  }
}

/**
 * Refuses the one key that a record would drop without a word (`__proto__`): a statement must never lose a condition and
 * apply to more than was written.
 */
function refuseDroppedKeys(input: unknown, context: z.core.$RefinementCtx<unknown>): void {
  if (typeof input !== 'object' || input === null) return
  for (const value of [input, ...Object.values(input)]) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, '__proto__')) continue
    context.addIssue({
      code: 'custom',
      // The rest is unchecked: nobody may look at it any more.
      continue: false,
      message: '"__proto__" is neither an operator nor a condition key; leave it out',
    })
  }
}

/** Schema of the `Condition` of a statement. */
export const Condition = z.unknown().superRefine(refuseDroppedKeys).pipe(Block.superRefine(checkClauses))
