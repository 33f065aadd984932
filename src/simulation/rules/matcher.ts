import { z } from 'zod'
import { type Pattern, readPattern } from './pattern.ts'
import { saysSomething } from './values.ts'

const Scalar = z.union([z.string().max(4096), z.number(), z.boolean(), z.null()])
type Scalar = z.output<typeof Scalar>

const PatternText = z.string().superRefine((source, context) => {
  const read = readPattern(source)
  if (typeof read === 'string')
    context.addIssue({ code: 'custom', message: `is no pattern that can be used: it ${verbed(read)}` })
})

/** The engine's own messages begin with a noun. */
function verbed(reason: string): string {
  return /^[a-z]/.test(reason) ? reason : `does not compile (${reason})`
}

const Conditions = z
  .strictObject({
    equals: Scalar.optional(),
    in: z.array(Scalar).min(1).max(1024).optional(),
    /** A regular expression that is looked for anywhere in the text. */
    matches: PatternText.optional(),
    present: z.boolean().optional(),
    absent: z.boolean().optional(),
  })
  .superRefine(saysSomething('says nothing; write equals, in, matches, present or absent'))
  .superRefine(({ present, absent, ...others }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message })
    if (present !== undefined && present === absent) refuse('cannot be both present and absent')
    else if ((absent === true || present === false) && Object.keys(others).length > 0)
      refuse('what is absent has no value to compare')
  })

/** What a value must be like: a scalar that it equals, a list that it is in, or conditions that must all hold. */
export const Matcher = z.union([Conditions, Scalar, z.array(Scalar).min(1).max(1024)])
export type Matcher = z.output<typeof Matcher>

/** A matcher that is ready to be used. */
export interface CompiledMatcher {
  /** Whether one of the values found is right; none means that nothing is there. */
  fits(found: readonly unknown[]): boolean
  /** What it wants, to be read after "should". */
  wants: string
}

/** Compiles a matcher. A list that was found is right when one of its elements is. */
export function compileMatcher(matcher: Matcher): CompiledMatcher {
  const { present, absent, ...conditions } = conditionsOf(matcher)
  const there = present ?? (absent === undefined ? undefined : !absent)
  const tests: { test(value: unknown): boolean; wants: string }[] = []
  if (conditions.equals !== undefined) tests.push(oneOf([conditions.equals]))
  if (conditions.in !== undefined) tests.push(oneOf(conditions.in))
  if (conditions.matches !== undefined) tests.push(matching(conditions.matches))
  const wants = tests.map((test) => test.wants)
  if (there === false) return { fits: (found) => found.length === 0, wants: 'not be there' }
  if (tests.length === 0) return { fits: (found) => found.length > 0, wants: 'be there' }
  const right = (value: unknown) => tests.every(({ test }) => test(value))
  return {
    fits: (found) => found.some((value) => (Array.isArray(value) ? value.some(right) : right(value))),
    wants: wants.join(' and '),
  }
}

function conditionsOf(matcher: Matcher): z.output<typeof Conditions> {
  if (Array.isArray(matcher)) return { in: matcher }
  return typeof matcher === 'object' && matcher !== null ? matcher : { equals: matcher }
}

/**
 * Numbers and booleans are compared by their text: `40` fits the number and the text, as headers and queries only have
 * texts, and the cloud takes many numbers as texts too. Null fits null alone.
 */
function textOf(value: unknown): string | null | undefined {
  if (value === null) return null
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
}

function oneOf(scalars: readonly Scalar[]) {
  const wanted = new Set<string | null | undefined>(scalars.map(textOf))
  const words = scalars.map((scalar) => JSON.stringify(scalar))
  return {
    test(value: unknown) {
      const text = textOf(value)
      return text !== undefined && wanted.has(text)
    },
    wants: words.length === 1 ? `be ${words[0]}` : `be one of ${words.join(', ')}`,
  }
}

function matching(source: string) {
  const read = readPattern(source)
  const pattern: Pattern = typeof read === 'string' ? { longest: 0, matches: () => false } : read
  return {
    test(value: unknown) {
      const text = textOf(value)
      return typeof text === 'string' && pattern.matches(text)
    },
    wants: `match /${source}/${pattern.longest < 4096 ? ` in at most ${pattern.longest} characters` : ''}`,
  }
}
