import { z } from 'zod'
import { compilePattern, type MatchBudget } from './pattern.ts'
import { notEmpty } from './values.ts'

const Scalar = z.union([z.string().max(4096), z.number(), z.boolean(), z.null()])
type Scalar = z.output<typeof Scalar>

const PatternText = z.string().superRefine((source, context) => {
  const pattern = compilePattern(source)
  if (typeof pattern === 'string')
    context.addIssue({ code: 'custom', message: `is no pattern that can be used: it ${pattern}` })
})

const Conditions = z
  .strictObject({
    equals: Scalar.optional().meta({
      description: 'This value. A number equals its text. Short form: `name: web`.',
      examples: ['web'],
    }),
    in: z
      .array(Scalar)
      .min(1)
      .max(1024)
      .optional()
      .meta({
        description: 'One of these values. Short form: `name: [web, db]`.',
        examples: [['web', 'db']],
      }),
    matches: PatternText.optional().meta({
      description: 'A regular expression (RE2) that matches anywhere in the value.',
      examples: ['^web-[0-9]+$'],
    }),
    present: z
      .boolean()
      .optional()
      .meta({ description: 'The field is there.', examples: [true] }),
    absent: z
      .boolean()
      .optional()
      .meta({ description: 'The field is not there.', examples: [true] }),
  })
  .superRefine(notEmpty('has no condition; write equals, in, matches, present or absent'))
  .superRefine(({ present, absent, ...others }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message })
    if (present !== undefined && present === absent) refuse('cannot be both present and absent')
    else if ((absent === true || present === false) && Object.keys(others).length > 0)
      refuse('an absent field has no value to compare')
  })

/** What a value must be like: equal to a scalar, one of a list, or as all conditions of a map say. */
export const Matcher = z.union([Conditions, Scalar, z.array(Scalar).min(1).max(1024)])
export type Matcher = z.output<typeof Matcher>

/** A compiled matcher. */
export interface CompiledMatcher {
  /**
   * Tests the values that a field has; an empty list stands for a field that is not there. One match is enough. A pattern
   * matches nothing once the budget of the request is spent.
   */
  matches(found: readonly unknown[], budget: MatchBudget): boolean
  /** What the matcher expects, to be read after "should". */
  expects: string
}

/** Compiles a matcher. A value that is a list matches when one of its elements does. */
export function compileMatcher(matcher: Matcher): CompiledMatcher {
  const { present, absent, ...conditions } = conditionsOf(matcher)
  const wantsPresence = present ?? (absent === undefined ? undefined : !absent)
  const tests: ValueTest[] = []
  if (conditions.equals !== undefined) tests.push(isOneOf([conditions.equals]))
  if (conditions.in !== undefined) tests.push(isOneOf(conditions.in))
  if (conditions.matches !== undefined) tests.push(matchesPattern(conditions.matches))
  if (wantsPresence === false) return { matches: (found) => found.length === 0, expects: 'not be there' }
  if (tests.length === 0) return { matches: (found) => found.length > 0, expects: 'be there' }
  const passes = (value: unknown, budget: MatchBudget) => tests.every(({ test }) => test(value, budget))
  return {
    matches: (found, budget) =>
      found.some((value) =>
        Array.isArray(value) ? value.some((each) => passes(each, budget)) : passes(value, budget),
      ),
    expects: tests.map(({ expects }) => expects).join(' and '),
  }
}

function conditionsOf(matcher: Matcher): z.output<typeof Conditions> {
  if (Array.isArray(matcher)) return { in: matcher }
  return typeof matcher === 'object' && matcher !== null ? matcher : { equals: matcher }
}

/** A test of one value, and what it expects. */
interface ValueTest {
  test(value: unknown, budget: MatchBudget): boolean
  expects: string
}

function isOneOf(scalars: readonly Scalar[]): ValueTest {
  const wanted = new Set<string | null | undefined>(scalars.map(comparable))
  const words = scalars.map((scalar) => JSON.stringify(scalar))
  return {
    test(value) {
      const text = comparable(value)
      return text !== undefined && wanted.has(text)
    },
    expects: words.length === 1 ? `be ${words[0]}` : `be one of ${words.join(', ')}`,
  }
}

function matchesPattern(source: string): ValueTest {
  const pattern = compilePattern(source)
  return {
    test(value, budget) {
      const text = comparable(value)
      if (typeof pattern === 'string' || typeof text !== 'string') return false
      return budget.take(pattern.cost(text)) && pattern.matches(text)
    },
    expects: `match /${source}/`,
  }
}

/**
 * The form in which scalars are compared: numbers and booleans by their text, because headers and queries only have texts
 * and the cloud takes many numbers as texts too. Null equals null alone. Undefined for maps and lists, which equal nothing.
 */
function comparable(value: unknown): string | null | undefined {
  if (value === null) return null
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
}
