import type { RequestContext } from '../../../../contract/call.ts'
import { fail } from '../../../ims/errors.ts'
import { checkOwnImage } from '../../../ims/images/find.ts'
import { updateImage } from '../../../ims/queries/images.ts'
import { writeTags } from '../../../ims/queries/tags.ts'
import { checkTagQuota } from '../../../ims/quotas.ts'
import { GlanceError } from '../../errors.ts'
import { visibleImage } from '../rights.ts'

/** In characters; the image service's own calls take shorter ones. */
const LONGEST = 255
const CHARACTERS = /^[\p{Script=Han}A-Za-z0-9_-]+$/u

/** Adds a tag without a value to an image of the caller; one with that key stays as it is. */
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

/** Takes the tag with a key from an image of the caller, whatever its value; one that is not there is not found (404). */
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
