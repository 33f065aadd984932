import { z } from 'zod'
import { parseDuration } from '../lib/duration.ts'
import type { LoadedScenario } from '../simulation/scenario/load.ts'
import { Pace } from '../simulation/scenario/schema.ts'
import { SHIPPED_NAME } from '../simulation/scenario/source.ts'
import type { World } from '../simulation/world.ts'

/** The world of everybody who names none. */
export const DEFAULT_WORLD = 'default'

export const WorldName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'is up to 63 lower-case letters, digits and hyphens')

/** What a new world is to be; it is as the default world for everything that is not said. */
export const WorldWish = z.strictObject({
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
   * How long (real time) nobody has to ask it before it goes when another one is made; an hour, and never for one that is
   * kept on disk.
   */
  idle: z
    .string()
    .refine(
      (text) => text === 'never' || parseDuration(text) !== undefined,
      'is a duration such as 30m, or never',
    )
    .optional(),
})
export type WorldWish = z.output<typeof WorldWish>

/** A world as it was at a moment. */
export const Snapshot = z.strictObject({
  name: z.string(),
  /** Virtual time of that moment, ms since the epoch. */
  at: z.number(),
  /** Of its database. */
  bytes: z.int(),
})
export type Snapshot = z.output<typeof Snapshot>

/** How often an operation was answered with a status, and how long that took in all (real time, ms). */
export interface RequestMetric {
  /** `none` for what no operation answered. */
  operation: string
  status: number
  count: number
  ms: number
}

/** How a world began. */
export interface Beginning {
  /** Virtual time, ms since the epoch. */
  at: number
  /** With which scenario, as it is written. */
  written: LoadedScenario['written']
  /** False for a world that went on from a copy: its own requests alone did not make it what it is. */
  isWhole: boolean
}

/** The snapshots of a world. Each is refused with a ControlError when it names what is not there, or is there already. */
export interface Snapshots {
  list(): Snapshot[]
  save(name: string): Snapshot
  /** Puts the world back to it; what it was asked meanwhile stays in the journal. */
  restore(name: string): World
  remove(name: string): void
}
