import { z } from 'zod'
import { Names, SpanText } from './values.ts'

const PhaseName = z.string().min(1).max(256)

const MoveCause = z
  .strictObject({
    /** Virtual time since the phase was entered. */
    after: SpanText.optional(),
    /** Ids, patterns with `*`, or a whole API as `face:ims`. */
    operation: Names.optional(),
    /** How many such requests in this phase; the next request is the first in the new phase. Without it, one. */
    count: z.int().min(1).max(1_000_000_000).optional(),
  })
  .superRefine(({ after, operation, count }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message })
    if (context.issues.length > 0) return
    if ((after === undefined) === (operation === undefined))
      refuse('has either after or operation: a phase is left by time or by requests')
    else if (count !== undefined && operation === undefined) refuse('counts nothing without an operation')
  })

/** The named states of the whole world and how it goes from one to the next. */
export const Phases = z.strictObject({
  initial: PhaseName,
  /** Phases that no move names, because only rules or the control plane enter them. */
  others: z.array(PhaseName).max(256).default([]),
  moves: z
    .array(z.strictObject({ from: PhaseName, to: PhaseName, when: MoveCause }))
    .max(1024)
    .default([]),
})
export type Phases = z.output<typeof Phases>

/** Every phase there is. */
export function phaseNames({ initial, others, moves }: Phases): string[] {
  return [...new Set([initial, ...others, ...moves.flatMap(({ from, to }) => [from, to])])]
}
