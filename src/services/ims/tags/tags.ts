import type { RequestContext } from '../../../contract/call.ts'
import { fail } from '../errors.ts'
import { checkOwnImage, namedImage } from '../images/find.ts'
import { type Image, writeTags } from '../queries/images.ts'
import { checkTagQuota } from '../quotas.ts'
import type { TagRow } from '../tables.ts'

const CHARACTERS = /^[\p{Script=Han}A-Za-z0-9_-]*$/u
const VALUE_CHARACTERS = /^[\p{Script=Han}A-Za-z0-9_.-]*$/u

/** Longest key and value, in characters. */
const KEY_LIMIT = 36
const VALUE_LIMIT = 43

/** Trims a tag and refuses what may not be in one (IMG.0115). */
export function checkTag({ key, value }: TagRow): TagRow {
  const tag = { key: key.trim(), value: value.trim() }
  const fits = tag.key.length > 0 && tag.key.length <= KEY_LIMIT && tag.value.length <= VALUE_LIMIT
  if (!fits || !CHARACTERS.test(tag.key) || !VALUE_CHARACTERS.test(tag.value))
    throw fail('IMG.0115', { key, value })
  return tag
}

/** `key.value` of the older calls: split at the first dot; no dot is a key without a value. */
export function parseDottedTag(text: string): TagRow {
  const dot = text.indexOf('.')
  return dot < 0 ? { key: text, value: '' } : { key: text.slice(0, dot), value: text.slice(dot + 1) }
}

/** `key=value` of image bodies and filters: split at the first equals sign; none is a key without a value. */
export function parseTag(text: string): TagRow {
  const equals = text.indexOf('=')
  return equals < 0 ? { key: text, value: '' } : { key: text.slice(0, equals), value: text.slice(equals + 1) }
}

/** The form a tag has in an image body. */
export function formatTag({ key, value }: TagRow): string {
  return value === '' ? key : `${key}=${value}`
}

/** Longest key and value of a tag that is to be deleted, in characters; its characters are not looked at. */
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

/** An image whose tags the caller may change: its own, in any status (IMG.0047 for public and shared ones). */
function taggable(context: RequestContext, imageId: string): Image {
  const { caller } = context
  const image = namedImage(context, imageId)
  checkOwnImage(caller, image, 'IMG.0047')
  return image
}

/**
 * Adds tags to an image of the caller: a new key comes last, one that is there gets the new value where it stands. Refuses
 * a tag that may not be one (IMG.0115) and more tags than an image may have (IMG.0116).
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

/** What a deletion names: a key, and a value that is not compared. */
export interface TagToDelete {
  key: string
  value?: string | undefined
}

/** Takes tags from an image of the caller by their keys; keys that are not there are passed over. */
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

/** Takes one tag from an image of the caller; a key that it does not have is not found (IMG.0121 with status 404). */
export function removeTag(context: RequestContext, imageId: string, key: string): void {
  const { world } = context
  world.db.transaction(() => {
    const image = taggable(context, imageId)
    const rest = image.tags.filter((tag) => tag.key !== key)
    if (rest.length === image.tags.length) throw fail('IMG.0121', { imageId, key }, { status: 404 })
    writeTags(world.db, imageId, rest)
  })
}

/** A request names every key once. */
function checkDifferent(tags: readonly { key: string }[]): void {
  const keys = new Set(tags.map(({ key }) => key))
  if (keys.size < tags.length) throw fail('IMG.0115', { found: 'a key that comes twice' })
}
