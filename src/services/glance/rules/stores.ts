import type { World } from '../../../simulation/world.ts'
import { badRequest } from '../errors.ts'

/** The only store for the bytes of images. */
export const STORE = 'fs'
/** Stores that Glance keeps for itself; a request can name them. */
const OWN_STORES = ['os_glance_staging_store', 'os_glance_tasks_store']
export const STORES = [STORE, ...OWN_STORES]

export function isStore(name: string): boolean {
  return STORES.includes(name)
}

/** Refuses an unknown store (400). */
export function checkStore(name: string): void {
  if (!isStore(name)) throw badRequest(`Store for identifier ${name} not found`)
}

/** Worlds in which Glance has used a store since its start or the last health check. */
const used = new WeakSet<World>()

/**
 * Records that Glance has used a store. From then on the header `OpenStack-image-store-ids` of a new image lists Glance's
 * own stores too, until the health of the server is asked for: recordings show it.
 */
export function useStores(world: World): void {
  used.add(world)
}

export function forgetStores(world: World): void {
  used.delete(world)
}

/** The value of `OpenStack-image-store-ids`. */
export function knownStores(world: World): string {
  return used.has(world) ? STORES.join(',') : STORE
}
