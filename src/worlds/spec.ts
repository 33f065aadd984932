import { z } from 'zod'
import { parseDuration } from '../lib/duration.ts'
import { Pace } from '../simulation/scenario/schema.ts'
import { SHIPPED_NAME } from '../simulation/scenario/source.ts'
import { WorldName } from './world-name.ts'

/** The specification of a new world. Every field that is left out is as in the default world. */
export const WorldSpec = z.strictObject({
  name: WorldName.optional(),
  /** A shipped one by its name, or one written out. */
  scenario: z
    .union([
      z.string().regex(SHIPPED_NAME, 'is the name of a shipped scenario'),
      z.record(z.string(), z.unknown()),
    ])
    .optional(),
  seed: z.int().optional(),
  auth: z.enum(['lenient', 'strict']).optional(),
  pace: Pace.optional(),
  clock: z.strictObject({ rate: z.number().nonnegative() }).optional(),
  /**
   * Real time without a request after which the world is deleted when another one is created. An hour by default, and
   * `never` for a world that is kept on disk.
   */
  idle: z
    .string()
    .refine(
      (text) => text === 'never' || parseDuration(text) !== undefined,
      'is a duration such as 30m, or never',
    )
    .optional(),
})
export type WorldSpec = z.output<typeof WorldSpec>
