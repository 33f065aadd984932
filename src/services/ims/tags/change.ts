import type { RequestContext } from '../../../contract/call.ts'
import { fail } from '../errors.ts'
import { checkOwnImage, namedImage } from '../images/find.ts'
import { type Image, writeTags } from '../queries/images.ts'
import { checkTagQuota } from '../quotas.ts'
import type { TagRow } from '../tables.ts'
import { checkTag } from './tag.ts'

/** Longest key and value that a deletion takes, in characters; any character is allowed. */
const DELETED_KEY_LIMIT = 127
const DELETED_VALUE_LIMIT = 255

/**
 * Checks the tags of a new image and returns them trimmed; of several with one key the last counts.
 * @throws CodedRefusal IMG.0115 for a malformed tag, IMG.0116 for more tags than an image may have
 */
export function checkTags(context: RequestContext, tags: readonly TagRow[]): TagRow[] {
  const byKey = new Map(tags.map(checkTag).map((tag) => [tag.key, tag]))
  checkTagQuota(context, byKey.size)
  return [...byKey.values()]
}

/**
 * Finds an image of the caller, in any status.
 * @throws CodedRefusal IMG.0047 for a public image and for one shared with the caller.
 */
function taggable(context: RequestContext, imageId: string): Image {
  const { caller } = context
  const image = namedImage(context, imageId)
  checkOwnImage(caller, image, 'IMG.0047')
  return image
}

/**
 * Adds tags to an image of the caller. A new key comes last; a key that the image has gets the new value in its place.
 * @throws CodedRefusal IMG.0115 for a malformed tag, IMG.0116 for more tags than an image may have.
 */
export function putTags(context: RequestContext, imageId: string, tags: readonly TagRow[]): void {
  const { world } = context
  const checked = tags.map(checkTag)
  checkDifferent(checked)
  world.db.transaction(() => {
    const image = taggable(context, imageId)
    const byKey = new Map([...image.tags, ...checked].map((tag) => [tag.key, tag]))
    checkTagQuota(context, byKey.size)
    writeTags(world.db, imageId, [...byKey.values()])
  })
}

/** A tag as a deletion names it. The value is not compared. */
export interface TagToDelete {
  key: string
  value?: string | undefined
}

/** Removes tags from an image of the caller by their keys; keys that it does not have are skipped. */
export function removeTags(context: RequestContext, imageId: string, tags: readonly TagToDelete[]): void {
  const { world } = context
  for (const { key, value = '' } of tags) {
    const fits = key.length > 0 && key.length <= DELETED_KEY_LIMIT && value.length <= DELETED_VALUE_LIMIT
    if (!fits) throw fail('IMG.0115', { key, value })
  }
  checkDifferent(tags)
  const keys = new Set(tags.map(({ key }) => key))
  world.db.transaction(() => {
    const image = taggable(context, imageId)
    writeTags(
      world.db,
      imageId,
      image.tags.filter(({ key }) => !keys.has(key)),
    )
  })
}

/**
 * Removes one tag from an image of the caller.
 * @throws CodedRefusal IMG.0121 with status 404 for a key that it does not have.
 */
export function removeTag(context: RequestContext, imageId: string, key: string): void {
  const { world } = context
  world.db.transaction(() => {
    const image = taggable(context, imageId)
    const rest = image.tags.filter((tag) => tag.key !== key)
    if (rest.length === image.tags.length) throw fail('IMG.0121', { imageId, key }, { status: 404 })
    writeTags(world.db, imageId, rest)
  })
}

/** Checks that a request names every key once. @throws CodedRefusal IMG.0115 */
function checkDifferent(tags: readonly { key: string }[]): void {
  const keys = new Set(tags.map(({ key }) => key))
  if (keys.size < tags.length) throw fail('IMG.0115', { found: 'a key that comes twice' })
}
