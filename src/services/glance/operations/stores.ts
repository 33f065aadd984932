import type { World } from '../../../simulation/world.ts'
import { ALL_STORES } from '../rules/stores.ts'
import { STORE } from '../rules/view.ts'

/** Worlds whose stores have been used since the start or the last look at the health of the server. */
const used = new WeakSet<World>()

/**
 * Glance counts its own two stores among all others once it has used any, and forgets them when its health is asked for:
 * the recorded header of a new image shows it.
 */
export function useStores(world: World): void {
  used.add(world)
}

export function forgetStores(world: World): void {
  used.delete(world)
}

export function knownStores(world: World): string {
  return used.has(world) ? ALL_STORES : STORE
}
