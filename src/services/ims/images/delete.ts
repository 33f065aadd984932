import type { RequestContext } from '../../../contract/call.ts'
import { runningJobOf } from '../../../simulation/queries/jobs.ts'
import { move } from '../../../simulation/scenario/machine.ts'
import type { World } from '../../../simulation/world.ts'
import { deleteBackup, findBackup } from '../../cbr/queries.ts'
import { fail } from '../errors.ts'
import { type Image, imagesOfBackup } from '../queries/images.ts'
import { moveImage } from './states.ts'

/**
 * Deletes an image of the caller. An image that only waits for its upload may be deleted. A whole image is deleted with the
 * images of its data disks and, with `withBackup`, with its backup.
 * @throws CodedRefusal IMG.0093 for an image of the market, IMG.0094 for a public one, IMG.0092 for one of another project,
 * IMG.0028 for a protected one, IMG.0090 for one that a job is making, IMG.0176 for a backup that is not available.
 */
export function deleteImage(context: RequestContext, image: Image, withBackup = false): void {
  const { world, caller } = context
  const { id } = image
  if (image.imageType === 'market') throw fail('IMG.0093', { id })
  if (image.visibility === 'public') throw fail('IMG.0094', { id })
  if (image.owner !== caller.projectId) throw fail('IMG.0092', { id })
  if (image.protected) throw fail('IMG.0028', { id })
  const beingMade = image.status === 'queued' && runningJobOf(world.db, id) !== undefined
  if (beingMade || move(world.scenario.machine, image.status, 'delete') === undefined) {
    throw fail('IMG.0090', { id, status: image.status })
  }
  world.db.transaction(() => {
    if (image.attributes.__whole_image === 'true') deleteCompanions(world, image, withBackup)
    moveImage(world, id, ['delete'], world.clock.now())
  })
}

function deleteCompanions(world: World, image: Image, withBackup: boolean): void {
  const backupId = image.attributes.__backup_id ?? ''
  const backup = findBackup(world.db, backupId)
  if (withBackup && backup !== undefined) {
    if (backup.status !== 'available') throw fail('IMG.0176', { backup: backupId, status: backup.status })
    deleteBackup(world.db, backupId)
  }
  for (const { id } of imagesOfBackup(world.db, backupId, image.owner ?? ''))
    moveImage(world, id, ['delete'], world.clock.now())
}
