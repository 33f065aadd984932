import { nearest } from '../../lib/nearest.ts'

/** A value in a message: short, whatever it is. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'an object'
}

/** The end of a message about an unknown word: the one that is nearest, or what to do when none is near. */
export function hintFor(meant: string | undefined, otherwise: string): string {
  return meant === undefined ? otherwise : `did you mean ${meant}?`
}

/** Says what was found and what is meant, for a value of the wrong type. */
export function expecting(meant: string) {
  return { error: ({ input }: { input?: unknown }) => `found ${shown(input)}; write ${meant}` }
}

/** The same for an object; an element that it does not have is named, with the one that is nearest. */
export function elementsOf(what: string, known: readonly string[]) {
  return {
    error: (issue: { code?: string; input?: unknown; keys?: unknown }): string => {
      if (issue.code !== 'unrecognized_keys') return `found ${shown(issue.input)}; write ${what} as an object`
      const keys = Array.isArray(issue.keys) ? issue.keys.map(String) : []
      const [key = ''] = keys
      // Names longer than any element are not compared letter by letter: it would only take time.
      const meant = key.length > 32 ? undefined : nearest(key, known)
      const others = keys.length > 1 ? ` (and ${keys.length - 1} more)` : ''
      return `${shown(key)}${others} is no element of ${what}; ${hintFor(meant, `write ${known.join(', ')}`)}`
    },
  }
}
