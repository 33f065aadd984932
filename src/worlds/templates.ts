import { join } from 'node:path'
import { copyBlobs } from '../database/blobs.ts'
import type { LoadedScenario } from '../simulation/scenario/load.ts'
import type { WorldCopy } from './open-world.ts'

/**
 * Worlds that had just begun, by what they began with: a world in memory is a copy of one, and not filled once more. What
 * their fixtures do not date is as old as the first of them.
 */
export interface Beginnings {
  of(start: LoadedScenario): WorldCopy | undefined
  keep(start: LoadedScenario, world: WorldCopy): void
}

/** @param folder where their blobs lie. */
export function openBeginnings(folder: string): Beginnings {
  const kept = new WeakMap<LoadedScenario, WorldCopy>()
  let count = 0
  return {
    of: (start) => kept.get(start),
    keep(start, { database, blobs }) {
      count += 1
      const copy = { database, blobs: join(folder, String(count)) }
      copyBlobs(blobs, copy.blobs)
      kept.set(start, copy)
    },
  }
}
