import type { RequestContext } from '../../../contract/call.ts'
import { type Image, updateImage } from '../../ims/queries/images.ts'
import { deleteMembersOf } from '../../ims/queries/members.ts'
import { writeTags } from '../../ims/queries/tags.ts'
import { forbidden } from './refusals.ts'
import { checkOwner } from './rights.ts'
import { stamp } from './stamp.ts'

/** Deletes an image in whatever status; only a protected one stays, for its owner and an administrator alike (403). */
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
