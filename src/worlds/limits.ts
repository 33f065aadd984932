import { parseDuration } from '../lib/duration.ts'
import { ControlError } from '../lib/errors.ts'
import { hostNow } from '../lib/time.ts'
import type { OpenWorld } from './open-world.ts'
import type { WorldSpec } from './spec.ts'
import { DEFAULT_WORLD } from './world-name.ts'

/** Worlds of one emulator, at most. Tests that forget to delete theirs reach this limit. */
const MOST_WORLDS = 1000
/** Memory of the whole process, bytes. A world takes less than 1 MiB of it. */
const MOST_MEMORY = 4 * 2 ** 30
/** The memory is measured each time that this many worlds were added. */
const EVERY = 16
/** A world in memory may be deleted after this time without a request, real ms. */
const IDLE = 3_600_000

/** The worlds that exist, by their names. */
interface Population {
  worlds: ReadonlyMap<string, Pick<OpenWorld, 'name' | 'usedAt'>>
  specs: ReadonlyMap<string, Pick<WorldSpec, 'idle'>>
  /** True when worlds are kept on disk, where a later process may use them again. */
  areKept: boolean
  /** Real time, ms since the epoch. */
  now?: number
  /** Memory of the process, bytes. */
  memory?: () => number
}

/**
 * Returns the names of the worlds to delete before one more is created: those without a request for their idle time.
 * @throws ControlError 409 when there are too many worlds, or they take too much memory, even without these.
 */
export function idleWorlds({
  worlds,
  specs,
  areKept,
  now = hostNow(),
  memory = process.memoryUsage.rss,
}: Population): string[] {
  const idle = [...worlds.values()]
    .filter(({ name, usedAt }) => name !== DEFAULT_WORLD && now - usedAt > idleTime(specs.get(name), areKept))
    .map(({ name }) => name)
  if (worlds.size - idle.length >= MOST_WORLDS)
    throw new ControlError(409, `there are ${MOST_WORLDS} worlds already; delete some`)
  // Measuring the memory takes a tenth of the time of creating a world.
  const taken = worlds.size % EVERY === 0 ? memory() : 0
  if (taken > MOST_MEMORY && idle.length === 0)
    throw new ControlError(409, `the worlds take ${Math.round(taken / 2 ** 20)} MiB already; delete some`)
  return idle
}

function idleTime({ idle }: Pick<WorldSpec, 'idle'> = {}, areKept: boolean): number {
  if (idle === 'never' || (idle === undefined && areKept)) return Number.POSITIVE_INFINITY
  return (idle === undefined ? undefined : parseDuration(idle)) ?? IDLE
}
