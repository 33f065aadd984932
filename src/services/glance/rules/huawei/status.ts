import type { Caller } from '../../../../accounts/caller.ts'
import { move } from '../../../../simulation/machine.ts'
import type { World } from '../../../../simulation/world.ts'
import { updateImage } from '../../../ims/queries/images.ts'
import { forbidden } from '../refusals.ts'
import { checkOwner, visibleImage } from '../rights.ts'

/** Takes an image of the caller out of use, or back, along the machine of the scenario; doing it twice changes nothing. */
export function setCloudActive(
  world: World,
  caller: Caller,
  id: string,
  action: 'deactivate' | 'reactivate',
): void {
  world.db.transaction(() => {
    const image = visibleImage(world, caller, id)
    checkOwner(caller, image)
    const wanted = action === 'deactivate' ? 'deactivated' : 'active'
    if (image.status === wanted) return
    const status = move(world.scenario.machine, image.status, action)
    if (status === undefined) throw forbidden(`Not allowed to ${action} image in status '${image.status}'`)
    updateImage(world.db, id, { status, updatedAt: world.clock.now() })
  })
}
