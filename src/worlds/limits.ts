import { parseDuration } from '../lib/duration.ts'
import { ControlError } from '../lib/errors.ts'
import { hostNow } from '../lib/time.ts'
import type { OpenWorld } from './open-world.ts'
import { DEFAULT_WORLD, type WorldWish } from './wish.ts'

/** More are taken for a test that forgets to delete its own. */
const MOST_WORLDS = 1000
/** Of the whole process; a world takes less than one of it, bytes. */
const MOST_MEMORY = 4 * 2 ** 30
/** It is looked at each time that there are so many worlds more. */
const EVERY = 16
/** A world in memory that nobody asks for so long may go, ms. */
const IDLE = 3_600_000

/** What is known of the worlds there are, by their names. */
interface Population {
  worlds: ReadonlyMap<string, Pick<OpenWorld, 'name' | 'usedAt'>>
  wishes: ReadonlyMap<string, Pick<WorldWish, 'idle'>>
  /** Whether they are kept on disk, and somebody may come back to them. */
  areKept: boolean
  /** Real time, ms since the epoch. */
  now?: number
  /** Of the process, bytes. */
  memory?: () => number
}

/**
 * The worlds that go when one more is made: those that nobody has asked for as long as they were wished to stay.
 * @throws ControlError 409 when there are too many, or too much memory is taken, even without these.
 */
export function refuseMore({
  worlds,
  wishes,
  areKept,
  now = hostNow(),
  memory = process.memoryUsage.rss,
}: Population): string[] {
  const idle = [...worlds.values()]
    .filter(
      ({ name, usedAt }) => name !== DEFAULT_WORLD && now - usedAt > idleTime(wishes.get(name), areKept),
    )
    .map(({ name }) => name)
  if (worlds.size - idle.length >= MOST_WORLDS)
    throw new ControlError(409, `there are ${MOST_WORLDS} worlds already; delete some`)
  // Asking costs a tenth of what making a world does.
  const taken = worlds.size % EVERY === 0 ? memory() : 0
  if (taken > MOST_MEMORY && idle.length === 0)
    throw new ControlError(409, `the worlds take ${Math.round(taken / 2 ** 20)} MiB already; delete some`)
  return idle
}

function idleTime({ idle }: Pick<WorldWish, 'idle'> = {}, areKept: boolean): number {
  if (idle === 'never' || (idle === undefined && areKept)) return Number.POSITIVE_INFINITY
  return (idle === undefined ? undefined : parseDuration(idle)) ?? IDLE
}
