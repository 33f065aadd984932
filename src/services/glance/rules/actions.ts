import type { Caller } from '../../../accounts/caller.ts'
import type { World } from '../../../simulation/world.ts'
import { updateImage } from '../../ims/queries/images.ts'
import { forbidden } from './refusals.ts'
import { checkOwner, visibleImage } from './rights.ts'
import { stamp } from './stamp.ts'

/** Keeps everybody but administrators from the bytes of an active image, and back; doing it twice changes nothing. */
export function setActive(
  world: World,
  caller: Caller,
  id: string,
  action: 'deactivate' | 'reactivate',
): void {
  const [from, to] = action === 'deactivate' ? ['active', 'deactivated'] : ['deactivated', 'active']
  world.db.transaction(() => {
    const image = visibleImage(world, caller, id)
    checkOwner(caller, image)
    if (image.status === to) return
    if (image.status !== from) throw forbidden(`Not allowed to ${action} image in status '${image.status}'`)
    updateImage(world.db, id, { status: to, updatedAt: stamp(world) })
  })
}
