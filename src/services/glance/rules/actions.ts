import type { RequestContext } from '../../../contract/call.ts'
import { updateImage } from '../../ims/queries/images.ts'
import { forbidden } from './refusals.ts'
import { checkOwner, visibleImage } from './rights.ts'
import { stamp } from './stamp.ts'

/** Keeps everybody but administrators from the bytes of an active image, and back; doing it twice changes nothing. */
export function setActive(context: RequestContext, id: string, action: 'deactivate' | 'reactivate'): void {
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
