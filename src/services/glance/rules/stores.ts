import type { RequestContext } from '../../../contract/call.ts'
import { badRequest, conflict, forbidden } from './refusals.ts'
import { checkOwner, visibleImage } from './rights.ts'
import { STORE } from './view.ts'

/** Stores that Glance keeps for itself; their names are known like that of the real one. */
const OWN_STORES = ['os_glance_staging_store', 'os_glance_tasks_store']
const STORES = [STORE, ...OWN_STORES]

export const ALL_STORES = STORES.join(',')

export function isStore(name: string): boolean {
  return STORES.includes(name)
}

/** Refuses bytes for a store that there is not (400). */
export function checkStore(name: string): void {
  if (!isStore(name)) throw badRequest(`Store for identifier ${name} not found`)
}

/** Always refused: bytes are not taken from the only store that has them. */
export function removeFromStore(context: RequestContext, store: string, id: string): never {
  const { caller } = context
  if (!isStore(store)) throw conflict(`The selected store ${store} is not available on this node.`)
  const image = visibleImage(context, id, `Failed to find image ${id}`)
  checkOwner(caller, image)
  if (image.status !== 'active')
    throw conflict("It's not allowed to remove image data from store if image status is not 'active'")
  throw forbidden(
    'Cannot delete image data from the only store containing it. Consider deleting the image instead.',
  )
}
