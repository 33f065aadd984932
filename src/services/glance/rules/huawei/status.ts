import type { RequestContext } from '../../../../contract/call.ts'
import { move } from '../../../../simulation/machine.ts'
import { updateImage } from '../../../ims/queries/images.ts'
import { forbidden } from '../refusals.ts'
import { checkOwner, visibleImage } from '../rights.ts'

/** Takes an image of the caller out of use, or back, along the machine of the scenario; doing it twice changes nothing. */
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
