import { nearest } from '../../lib/nearest.ts'

/** Renders a value of any type and size for a message, in at most 62 characters before JSON escapes. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'an object'
}

/** Renders the end of a message on an unknown name: the nearest known name, or `otherwise` when none is near. */
export function hintFor(meant: string | undefined, otherwise: string): string {
  return meant === undefined ? otherwise : `did you mean ${meant}?`
}

/** Returns zod's error option for a value of the wrong type: `found …; write …`. */
export function expecting(meant: string) {
  return { error: ({ input }: { input?: unknown }) => `found ${shown(input)}; write ${meant}` }
}

/** Returns zod's error option for an object: names an unknown element and the nearest known one. */
export function elementsOf(what: string, known: readonly string[]) {
  return {
    error: (issue: { code?: string; input?: unknown; keys?: unknown }): string => {
      if (issue.code !== 'unrecognized_keys') return `found ${shown(issue.input)}; write ${what} as an object`
      const keys = Array.isArray(issue.keys) ? issue.keys.map(String) : []
      const [key = ''] = keys
      // A name longer than any element is near to none; comparing it would only take time.
      const meant = key.length > 32 ? undefined : nearest(key, known)
      const others = keys.length > 1 ? ` (and ${keys.length - 1} more)` : ''
      return `${shown(key)}${others} is no element of ${what}; ${hintFor(meant, `write ${known.join(', ')}`)}`
    },
  }
}
