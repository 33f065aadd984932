import type { RequestContext } from '../../../contract/call.ts'
import { updateImage } from '../../ims/queries/images.ts'
import { writeTags } from '../../ims/queries/tags.ts'
import { GlanceError } from '../errors.ts'
import { badRequest, limitExceeded, MOST } from './refusals.ts'
import { checkOwner, visibleImage } from './rights.ts'
import { checkImage } from './schema.ts'
import { stamp } from './stamp.ts'
import { hasFourByteCharacter } from './unicode.ts'

/** Adds a tag to an image; one that is there changes nothing but the time. */
export function addStockTag(context: RequestContext, id: string, tag: string): void {
  const { world, caller } = context
  checkImage('stock', new Map([['tags', [tag]]]))
  world.db.transaction(() => {
    const image = visibleImage(context, id, `Image ${id} not found.`)
    checkOwner(caller, image, `Not allowed to update tags for image ${id}.`)
    const present = image.tags.some(({ key }) => key === tag)
    if (!present && image.tags.length >= MOST) {
      const reason = limitExceeded('allowed image tags', image.tags.length + 1)
      throw new GlanceError(413, `Image tag limit exceeded for image ${id}: ${reason}:`)
    }
    if (hasFourByteCharacter(tag)) throw badRequest("Param values can't contain 4 byte unicode.")
    if (!present) writeTags(world.db, id, [...image.tags, { key: tag, value: '' }])
    updateImage(world.db, id, { updatedAt: stamp(world) })
  })
}

/** Takes a tag from an image that has it (404 otherwise). */
export function removeStockTag(context: RequestContext, id: string, tag: string): void {
  const { world, caller } = context
  world.db.transaction(() => {
    const image = visibleImage(context, id, `Image ${id} not found.`)
    checkOwner(caller, image, `Not allowed to delete tags for image ${id}.`)
    const rest = image.tags.filter(({ key }) => key !== tag)
    if (rest.length === image.tags.length) throw new GlanceError(404)
    writeTags(world.db, id, rest)
    updateImage(world.db, id, { updatedAt: stamp(world) })
  })
}
