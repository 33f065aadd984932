import { z } from 'zod'
import { ControlError } from '../lib/errors.ts'
import { compileWildcard } from '../lib/wildcard.ts'
import { placedOperations } from '../services/compose.ts'
import { unknownOperations } from '../simulation/rules/operations.ts'
import type { Emulator } from '../worlds/emulator.ts'
import type { JournalEntry } from '../worlds/journal-entry.ts'

const Names = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])

/** Which requests are meant; everything that is said must hold, and every text may have `*` in it. */
export const Wanted = z.strictObject({
  operation: Names.optional(),
  method: Names.optional(),
  path: Names.optional(),
  status: z.int().optional(),
  code: Names.optional(),
  project_id: z.string().optional(),
  rule: Names.optional(),
})
export type Wanted = z.output<typeof Wanted>

/**
 * An operation that nobody knows is never called: a claim about it would always hold, or never.
 * @throws ControlError 400 with the nearest name.
 * @internal
 */
export function refuseUnknownOperations({ services }: Emulator, wanted: readonly Wanted[]): void {
  const aims = wanted.map(({ operation }) => ({ when: { operation } }))
  const ids = placedOperations(services).map(({ operation }) => operation.id)
  const [unknown] = unknownOperations(aims, ids)
  if (unknown !== undefined) throw new ControlError(400, unknown.message)
}

/** Whether an entry of the journal is meant. */
export function matcherOf(wanted: Wanted): (entry: JournalEntry) => boolean {
  const tests = [
    textTest(wanted.operation, ({ operation: id }) => id),
    textTest(wanted.method, ({ method }) => method),
    textTest(wanted.path, ({ path }) => path),
    textTest(wanted.code, ({ code }) => code),
    textTest(wanted.project_id, ({ projectId }) => projectId),
    wanted.rule === undefined ? undefined : anyTest(wanted.rule, ({ rules }) => rules),
    wanted.status === undefined ? undefined : (entry: JournalEntry) => entry.status === wanted.status,
  ].filter((test) => test !== undefined)
  return (entry) => tests.every((test) => test(entry))
}

function textTest(
  names: z.output<typeof Names> | undefined,
  of: (entry: JournalEntry) => string | undefined,
) {
  if (names === undefined) return undefined
  return anyTest(names, (entry) => [of(entry) ?? ''])
}

function anyTest(names: z.output<typeof Names>, of: (entry: JournalEntry) => readonly string[]) {
  const fits = [names].flat().map(compileWildcard)
  return (entry: JournalEntry) => of(entry).some((text) => fits.some((test) => test(text)))
}
