import type { RequestContext } from '../../../contract/call.ts'
import { move } from '../../../simulation/scenario/machine.ts'
import { type Image, updateImage, writeTags } from '../../ims/queries/images.ts'
import { deleteMembersOf } from '../../ims/queries/members.ts'
import { conflict, forbidden } from '../errors.ts'
import { stamp } from '../queries.ts'
import { checkOwner, visibleImage } from './rights.ts'
import { isStore } from './stores.ts'

/**
 * Deactivates an active image of a stock Glance, so that only administrators can download it, or reactivates it. Repeating
 * the action changes nothing.
 */
export function setStockActive(
  context: RequestContext,
  id: string,
  action: 'deactivate' | 'reactivate',
): void {
  const { world, caller } = context
  const [from, to] = action === 'deactivate' ? ['active', 'deactivated'] : ['deactivated', 'active']
  world.db.transaction(() => {
    const image = visibleImage(context, id)
    checkOwner(caller, image)
    if (image.status === to) return
    if (image.status !== from) throw forbidden(`Not allowed to ${action} image in status '${image.status}'`)
    updateImage(world.db, id, { status: to, updatedAt: stamp(world) })
  })
}

/** Deactivates or reactivates an image of the cloud, along the state machine of the scenario. Repeating it changes nothing. */
export function setCloudActive(
  context: RequestContext,
  id: string,
  action: 'deactivate' | 'reactivate',
): void {
  const { world, caller } = context
  world.db.transaction(() => {
    const image = visibleImage(context, id)
    checkOwner(caller, image)
    const wanted = action === 'deactivate' ? 'deactivated' : 'active'
    if (image.status === wanted) return
    const status = move(world.scenario.machine, image.status, action)
    if (status === undefined) throw forbidden(`Not allowed to ${action} image in status '${image.status}'`)
    updateImage(world.db, id, { status, updatedAt: world.clock.now() })
  })
}

/** Deletes an image of a stock Glance in any status. A protected image is refused, to administrators too (403). */
export function deleteStockImage(context: RequestContext, image: Image): void {
  const { world, caller } = context
  checkOwner(caller, image)
  if (image.protected) throw forbidden(`Image ${image.id} is protected and cannot be deleted.`)
  world.db.transaction(() => {
    const now = stamp(world)
    deleteMembersOf(world.db, image.id)
    writeTags(world.db, image.id, [])
    updateImage(world.db, image.id, { status: 'deleted', deletedAt: now, updatedAt: now, blobId: null })
  })
  if (image.blobId !== null) world.blobs.remove(image.blobId)
}

/** Refuses to delete bytes from a store: there is one, and it is the only one that has them. */
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
