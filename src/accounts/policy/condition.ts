import type { RequestFacts } from './access-request.ts'
import type { ConditionClause } from './condition-block.ts'
import { type Operator, parseOperator } from './operators.ts'
import type { ValueMatcher } from './value-tests.ts'

/** One key of one operator of a `Condition`; every one of them has to hold. */
export interface CompiledCondition {
  holds(facts: RequestFacts): boolean
  /** What was found and what is wanted, in words, whether it holds or not. */
  describe(facts: RequestFacts): string
}

/** Whether one value of the request fits. One that cannot be read fits nothing, neither an operator nor its opposite. */
function valueTestOf(operator: Operator, matchers: readonly ValueMatcher[]): (found: string) => boolean {
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

/** `Null` and `IsNullOrEmpty`: whether the key is missing, as `true` or `false`. */
function presenceTestOf(operator: Operator, matchers: readonly ValueMatcher[]) {
  return (found: readonly string[]): boolean => {
    const empty = operator.missing === 'absent or empty' && found.every((value) => value === '')
    const missing = String(found.length === 0 || empty)
    return matchers.some((matcher) => matcher(missing) === true)
  }
}

/**
 * Whether the values of a key fit. A missing key fits nothing, `NotEquals` neither: that is what `IfExists` is for;
 * of no values, though, all are as `ForAllValues` wants them. Without a prefix one of several values has to be what is
 * wanted, and none of them may be what is not.
 */
function valuesTestOf(operator: Operator, matchers: readonly ValueMatcher[]) {
  const fits = valueTestOf(operator, matchers)
  const all = operator.quantifier === undefined ? operator.negated : operator.quantifier === 'ForAllValues'
  const whenMissing = operator.ifExists || operator.quantifier === 'ForAllValues'
  return (found: readonly string[]): boolean => {
    if (found.length === 0) return whenMissing
    return all ? found.every(fits) : found.some(fits)
  }
}

/** What a policy wants of a key, in words. */
function wantsOf({ negated }: Operator, wanted: readonly string[]): string {
  return negated ? `anything but ${wanted.join(' and ')}` : wanted.join(' or ')
}

/** Compiles one operator and key of a condition that the schema has checked. */
export function compileCondition({ operator: name, key, wanted }: ConditionClause): CompiledCondition {
  const operator = parseOperator(name)
  if (operator === undefined) throw new Error(`${name} is no condition operator`)
  const matchers = wanted.map((value) => {
    const matcher = operator.test.compile(value)
    if (matcher === undefined) throw new Error(`${name} ${key}: ${value} is not ${operator.test.kind}`)
    return matcher
  })
  const test =
    operator.missing === undefined ? valuesTestOf(operator, matchers) : presenceTestOf(operator, matchers)
  const lowerKey = key.toLowerCase()
  const wants = wantsOf(operator, wanted)
  return {
    holds: (facts) => test(facts.valuesOf(key, lowerKey)),
    describe(facts) {
      const found = facts.valuesOf(key, lowerKey)
      const words = found.length === 0 ? 'nothing' : found.map((value) => value || '""').join(', ')
      return `condition ${name} ${key}: found ${words}, wants ${wants}`
    },
  }
}
