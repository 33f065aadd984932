import type { PyValue } from '../python/value.ts'
import { badRequest } from './refusals.ts'

/** Glance keeps no characters beyond the first 65,536, which some of its databases cannot hold. */
export function hasFourByteCharacter(text: string): boolean {
  return /[\u{10000}-\u{10ffff}]/u.test(text)
}

/** Refuses such characters in names and values, in order (400). */
export function checkCharacters(fields: Iterable<readonly [string, PyValue]>): void {
  for (const [name, value] of fields) {
    if (hasFourByteCharacter(name)) throw badRequest("Property names can't contain 4 byte unicode.")
    if (typeof value === 'string' && hasFourByteCharacter(value))
      throw badRequest(`${titleCase(name)} can't contain 4 byte unicode characters.`)
  }
}

/** `os_distro` becomes `Os_Distro`: Python begins a word after everything that is no letter. */
function titleCase(text: string): string {
  return text
    .toLowerCase()
    .replace(/(^|[^\p{L}])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase())
}

/** A half of such a character on its own, which Python cannot write out again. */
export function hasLoneSurrogate(value: PyValue): boolean {
  if (typeof value === 'string') return !value.isWellFormed()
  if (Array.isArray(value)) return value.some(hasLoneSurrogate)
  if (value instanceof Map)
    return [...value].some(([key, inner]) => !key.isWellFormed() || hasLoneSurrogate(inner))
  return false
}
