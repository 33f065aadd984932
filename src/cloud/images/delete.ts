import { move } from '../../engine/machine.ts'
import { moveImage } from '../../engine/settle.ts'
import type { World } from '../../engine/world.ts'
import { CloudError } from '../../kernel/errors.ts'
import type { Image } from '../../store/images.ts'
import { runningJobOf } from '../../store/jobs.ts'
import type { Caller } from '../identity/caller.ts'

/**
 * Deletes an image the way IMS allows it: not a public one (IMG.0094), not somebody else's (IMG.0092), not a protected one
 * (IMG.0028), not one that a job is still making (IMG.0090). One that only waits for its upload may go.
 */
export function deleteImage(world: World, caller: Caller, image: Image): void {
  const { id } = image
  if (image.visibility === 'public') throw new CloudError('IMG.0094', { id })
  if (image.owner !== caller.projectId) throw new CloudError('IMG.0092', { id })
  if (image.protected) throw new CloudError('IMG.0028', { id })
  const beingMade = image.status === 'queued' && runningJobOf(world.db, id) !== undefined
  if (beingMade || move(world.scenario.machine, image.status, 'delete') === undefined) {
    throw new CloudError('IMG.0090', { id, status: image.status })
  }
  world.db.transaction(() => moveImage(world, id, ['delete'], world.clock.now()))
}
