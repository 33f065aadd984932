import { z } from 'zod'
import { ok } from '../contract/operation.ts'
import type { JournalEntry } from '../worlds/journal-entry.ts'
import { controlOperation } from './operation.ts'
import { matcherOf, refuseUnknownOperations, Wanted } from './wanted-requests.ts'

const Count = z.int().nonnegative()

/** One of the counts, or an order. */
const Verification = z
  .strictObject({
    requests: Wanted.default({}),
    exactly: Count.optional(),
    at_least: Count.optional(),
    at_most: Count.optional(),
    never: z.literal(true).optional(),
    /** That each of these came after the one before; others may have come between. */
    in_order: z.array(Wanted).min(2).optional(),
  })
  .refine(
    ({ requests: _, ...claims }) => Object.keys(claims).length > 0,
    'says nothing; send exactly, at_least, at_most, never or in_order',
  )

export const verifyJournal = controlOperation({
  id: 'ControlVerifyJournal',
  method: 'POST',
  path: '/_ims/journal/verify',
  summary: 'Whether requests came as often as they should (exactly, at_least, at_most, never), and in_order',
  request: z.object({ body: Verification }),
  responses: {
    200: z.strictObject({
      verified: z.boolean(),
      /** How many of the remembered requests are meant by `requests`. */
      count: z.int(),
      /** What does not hold, in words. */
      failures: z.array(z.string()),
    }),
  },
  handle({ emulator, world }, { body }) {
    refuseUnknownOperations(emulator, [body.requests, ...(body.in_order ?? [])])
    const entries = world.journal.entries()
    const count = entries.filter(matcherOf(body.requests)).length
    const failures = [...countFailures(body, count), ...orderFailures(body.in_order ?? [], entries)]
    return ok({ verified: failures.length === 0, count, failures })
  },
})

function countFailures(
  { exactly, at_least: least, at_most: most, never }: z.output<typeof Verification>,
  count: number,
): string[] {
  const claims: [boolean, string][] = [
    [exactly !== undefined && count !== exactly, `exactly ${exactly}`],
    [least !== undefined && count < least, `at least ${least}`],
    [most !== undefined && count > most, `at most ${most}`],
    [never === true && count > 0, 'none'],
  ]
  return claims.flatMap(([broken, meant]) => (broken ? [`found ${count} such requests, meant ${meant}`] : []))
}

function orderFailures(wanted: readonly Wanted[], entries: readonly JournalEntry[]): string[] {
  let from = 0
  for (const [n, each] of wanted.entries()) {
    const found = entries.slice(from).findIndex(matcherOf(each))
    if (found < 0) {
      const after = n === 0 ? '' : ` after ${JSON.stringify(wanted[n - 1])}`
      return [`found no request like ${JSON.stringify(each)}${after}`]
    }
    from += found + 1
  }
  return []
}
