import { z } from 'zod'
import { expecting, hintFor, shown } from '../../lib/nearest.ts'
import type { RequestFacts } from './access-request.ts'
import { nearestOperator, type Operator, parseOperator, type ValueMatcher } from './operators.ts'

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

/** The `Condition` of a statement as a policy has it: values by operator and key. */
type ConditionBlock = z.output<typeof Block>

/** One operator and one key of a condition, with the policy's values as texts. */
interface ConditionClause {
  operator: string
  key: string
  wanted: readonly string[]
}

/** Splits a condition into clauses, all of which must hold. */
export function clausesOf(block: ConditionBlock): ConditionClause[] {
  return Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({
      operator,
      key,
      wanted: (Array.isArray(values) ? values : [values]).map(String),
    })),
  )
}

/** Checks that operators exist, keys have a prefix and values are of the operator's kind. */
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
 * Refuses `__proto__`, the one key that a record of zod drops silently: a statement that lost a condition would apply to
 * more requests than its author wrote.
 */
function refuseDroppedKeys(input: unknown, context: z.core.$RefinementCtx<unknown>): void {
  if (typeof input !== 'object' || input === null) return
  for (const value of [input, ...Object.values(input)]) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, '__proto__')) continue
    context.addIssue({
      code: 'custom',
      // Later checks must not run: they would read the input without this key.
      continue: false,
      message: '"__proto__" is neither an operator nor a condition key; leave it out',
    })
  }
}

/** Schema of the `Condition` of a statement. */
export const Condition = z.unknown().superRefine(refuseDroppedKeys).pipe(Block.superRefine(checkClauses))

/** One key of one operator of a `Condition`; a statement applies when all of them hold. */
export interface CompiledCondition {
  holds(facts: RequestFacts): boolean
  /** Describes the values of the request and of the policy, for a condition that holds and for one that does not. */
  describe(facts: RequestFacts): string
}

/** Compiles the test of one value. A value of another kind matches neither an operator nor its negation. */
function valueTest(operator: Operator, matchers: readonly ValueMatcher[]): (found: string) => boolean {
  return (found) => {
    let matched = false
    for (const matcher of matchers) {
      const result = matcher(found)
      if (result === undefined) return false
      matched ||= result
    }
    return matched !== operator.negated
  }
}

/** Compiles the test of `Null` and `IsNullOrEmpty`, which compare the absence of the key with `true` or `false`. */
function absenceTest(operator: Operator, matchers: readonly ValueMatcher[]) {
  return (found: readonly string[]): boolean => {
    const empty = operator.missing === 'absent or empty' && found.every((value) => value === '')
    const missing = String(found.length === 0 || empty)
    return matchers.some((matcher) => matcher(missing) === true)
  }
}

/**
 * Compiles the test of all values of a key. Without a prefix, one of several values must match, and for a negated operator
 * all must. A missing key matches no operator, not even a negated one, except with `IfExists` and `ForAllValues`.
 */
function valuesTest(operator: Operator, matchers: readonly ValueMatcher[]) {
  const matches = valueTest(operator, matchers)
  const all = operator.quantifier === undefined ? operator.negated : operator.quantifier === 'ForAllValues'
  const whenMissing = operator.ifExists || operator.quantifier === 'ForAllValues'
  return (found: readonly string[]): boolean => {
    if (found.length === 0) return whenMissing
    return all ? found.every(matches) : found.some(matches)
  }
}

/** Describes the values that a policy wants. */
function describeWanted({ negated }: Operator, wanted: readonly string[]): string {
  return negated ? `anything but ${wanted.join(' and ')}` : wanted.join(' or ')
}

/** Compiles one clause of a condition. @throws Error for a clause that the schema refuses */
export function compileCondition({ operator: name, key, wanted }: ConditionClause): CompiledCondition {
  const operator = parseOperator(name)
  if (operator === undefined) throw new Error(`${name} is no condition operator`)
  const matchers = wanted.map((value) => {
    const matcher = operator.test.compile(value)
    if (matcher === undefined) throw new Error(`${name} ${key}: ${value} is not ${operator.test.kind}`)
    return matcher
  })
  const test =
    operator.missing === undefined ? valuesTest(operator, matchers) : absenceTest(operator, matchers)
  const lowerKey = key.toLowerCase()
  const wants = describeWanted(operator, wanted)
  return {
    holds: (facts) => test(facts.valuesOf(key, lowerKey)),
    describe(facts) {
      const found = facts.valuesOf(key, lowerKey)
      const words = found.length === 0 ? 'nothing' : found.map((value) => value || '""').join(', ')
      return `condition ${name} ${key}: found ${words}, wants ${wants}`
    },
  }
}
