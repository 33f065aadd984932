import { fail } from '../errors.ts'
import type { TagRow } from '../tables.ts'

const CHARACTERS = /^[\p{Script=Han}A-Za-z0-9_-]*$/u
const VALUE_CHARACTERS = /^[\p{Script=Han}A-Za-z0-9_.-]*$/u

/** Longest key and value, in characters. */
const KEY_LIMIT = 36
const VALUE_LIMIT = 43

/**
 * Trims a tag and checks its length and its characters. @throws CodedRefusal IMG.0115
 * @see https://support.huaweicloud.com/intl/en-us/api-ims/ims_03_0902.html Image Tag Format
 */
export function checkTag({ key, value }: TagRow): TagRow {
  const tag = { key: key.trim(), value: value.trim() }
  const fits = tag.key.length > 0 && tag.key.length <= KEY_LIMIT && tag.value.length <= VALUE_LIMIT
  if (!fits || !CHARACTERS.test(tag.key) || !VALUE_CHARACTERS.test(tag.value))
    throw fail('IMG.0115', { key, value })
  return tag
}

/** Parses `key.value` of the older calls. The first dot divides it; without a dot the value is empty. */
export function parseDottedTag(text: string): TagRow {
  const dot = text.indexOf('.')
  return dot < 0 ? { key: text, value: '' } : { key: text.slice(0, dot), value: text.slice(dot + 1) }
}

/** Parses `key=value` of image bodies and filters. The first equals sign divides it; without one the value is empty. */
export function parseTag(text: string): TagRow {
  const equals = text.indexOf('=')
  return equals < 0 ? { key: text, value: '' } : { key: text.slice(0, equals), value: text.slice(equals + 1) }
}

/** Renders a tag as it stands in the body of an image: `key=value`, or the key alone. */
export function formatTag({ key, value }: TagRow): string {
  return value === '' ? key : `${key}=${value}`
}
