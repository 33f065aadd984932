import type { z } from 'zod'

/** Effects that cannot be had together with another, and why. */
interface Quarrel {
  one: string
  others: readonly string[]
  because: string
}

const ANSWERED_INSTEAD = ['set', 'stale', 'job', 'quota']

const QUARRELS: readonly Quarrel[] = [
  { one: 'error', others: ['throttle'], because: 'both are the answer' },
  { one: 'error', others: ANSWERED_INSTEAD, because: 'the operation is not carried out' },
  { one: 'throttle', others: ANSWERED_INSTEAD, because: 'the operation is not carried out' },
  { one: 'throttle', others: ['image'], because: 'a throttled request reaches no image' },
  { one: 'disconnect', others: ['truncate'], because: 'a cut connection already ends the body early' },
  { one: 'disconnect', others: ['content_length'], because: 'a cut connection already breaks the length' },
  { one: 'truncate', others: ['content_length'], because: 'both are about how much of the body arrives' },
]

/** A connection that is cut before the headers shows nothing of an answer. */
const UNSEEN = ['error', 'throttle', 'set', 'slow', 'malformed', 'stale']

/** Adds a sentence for each pair of effects that cannot be had together. */
export function refuseCombinations(
  effects: ReadonlySet<string>,
  disconnect: 'before-headers' | 'mid-body' | undefined,
  context: z.core.$RefinementCtx,
): void {
  const unseen = {
    one: 'disconnect',
    others: UNSEEN,
    because: 'nothing of an answer is sent before the headers',
  }
  const quarrels = disconnect === 'before-headers' ? [...QUARRELS, unseen] : QUARRELS
  for (const { one, others, because } of quarrels) {
    if (!effects.has(one)) continue
    for (const other of others) {
      if (effects.has(other))
        context.addIssue({
          code: 'custom',
          path: [other],
          message: `${one} and ${other} cannot go together: ${because}`,
        })
    }
  }
}
