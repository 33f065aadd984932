import { readSetting, writeSetting } from '../../../database/settings.ts'
import type { World } from '../../../simulation/world.ts'

const LAST = 'glance stamp'
/** A microsecond, in milliseconds. */
const TICK = 0.001

/**
 * Now, for the times of an image, in ms with a fraction: Glance keeps microseconds, and no two of its changes happen in
 * the same one. So lists have the order in which images were made, under a clock that stands too.
 */
export function stamp(world: World): number {
  const last = readSetting(world.db, LAST)
  const now = Math.max(world.clock.now(), typeof last === 'number' ? last + TICK : 0)
  writeSetting(world.db, LAST, now)
  return now
}
