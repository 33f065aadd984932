import { z } from 'zod'

/**
 * Parses a value that comes from outside, as zod's `safeParse` does, and never throws. Zod compares the `length` of whatever has one
 * before it looks at the type, and throws a TypeError for `{ "length": { "toString": 1, "valueOf": 1 } }`: such a value does not
 * fit either.
 * @example safeParse(Rule, JSON.parse(text)).error?.issues
 */
export function safeParse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.ZodSafeParseResult<z.output<Schema>> {
  try {
    return schema.safeParse(value)
  } catch (error) {
    if (!(error instanceof TypeError) || !error.message.includes('primitive')) throw error
    return z.custom<z.output<Schema>>(() => false, 'has a value that cannot be compared').safeParse(value)
  }
}
