import type { RequestContext } from '../../../contract/call.ts'
import { fail } from '../../ims/errors.ts'
import { checkOwnImage } from '../../ims/images/find.ts'
import { updateImage, writeTags } from '../../ims/queries/images.ts'
import { checkTagQuota } from '../../ims/quotas.ts'
import { badRequest, GlanceError, limitExceeded, MOST } from '../errors.ts'
import { stamp } from '../queries.ts'
import { checkImage, hasFourByteCharacter } from './attributes.ts'
import { checkOwner, visibleImage } from './rights.ts'

/** Adds a tag to an image of a stock Glance. A tag that it has already changes only `updated_at`. */
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

/** Removes a tag from an image of a stock Glance. @throws GlanceError 404 for a tag that it does not have. */
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

/** Longest tag, characters. The image service's own calls take shorter keys. */
const LONGEST = 255
const CHARACTERS = /^[\p{Script=Han}A-Za-z0-9_-]+$/u

/** Adds a tag without a value to an image of the cloud. A tag that has the key already stays unchanged. */
export function addCloudTag(context: RequestContext, id: string, key: string): void {
  const { world, caller } = context
  if (Array.from(key).length > LONGEST || !CHARACTERS.test(key)) throw fail('IMG.0115', { key })
  world.db.transaction(() => {
    const image = visibleImage(context, id)
    checkOwnImage(caller, image, 'IMG.0047')
    if (image.tags.some((tag) => tag.key === key)) return
    checkTagQuota(context, image.tags.length + 1)
    writeTags(world.db, id, [...image.tags, { key, value: '' }])
    updateImage(world.db, id, { updatedAt: world.clock.now() })
  })
}

/** Removes the tag with a key, whatever its value, from an image of the cloud. @throws GlanceError 404 for an unknown key. */
export function removeCloudTag(context: RequestContext, id: string, key: string): void {
  const { world, caller } = context
  world.db.transaction(() => {
    const image = visibleImage(context, id)
    checkOwnImage(caller, image, 'IMG.0047')
    const rest = image.tags.filter((tag) => tag.key !== key)
    if (rest.length === image.tags.length) throw new GlanceError(404)
    writeTags(world.db, id, rest)
    updateImage(world.db, id, { updatedAt: world.clock.now() })
  })
}
