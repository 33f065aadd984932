import type { Edition } from '../cloud/glance/edition.ts'
import type { World } from '../engine/world.ts'
import type { Journal } from './journal.ts'
import type { Operation } from './operation.ts'

/** The running emulator as its own operations see it. */
export interface Emulator {
  readonly version: string
  /** Virtual or not, this one is real: when the process began to serve, ms since the epoch. */
  readonly startedAt: number
  /** Where state is kept: a directory, or undefined for memory. */
  readonly dataDirectory: string | undefined
  /** Whose image API the OpenStack face is. */
  readonly glance: Edition
  readonly operations: readonly Operation[]
  world(name: string): World | undefined
  worldNames(): string[]
  /** What was asked of a world lately. */
  journal(world: World): Journal
  /** Puts a world back to the start of its scenario: same seed, same ids. */
  reset(name: string): World
}
