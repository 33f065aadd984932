import { z } from 'zod'
import { Then } from './then.ts'
import { When } from './when.ts'

/**
 * When a request looks like this, then that happens, instead or as well. Kept as it was written: what it says is compiled
 * when a world opens.
 */
export const Rule = z.strictObject({
  /** Unique among the rules of a world: counts and chance hang on it. */
  name: z.string().min(1).max(256),
  summary: z.string().max(4096).optional(),
  when: When,
  then: Then,
  /** Whether later rules may happen too. */
  continue: z.boolean().default(false),
  /** Whose requests are counted together. */
  per: z.enum(['world', 'project']).default('world'),
})
export type Rule = z.output<typeof Rule>
