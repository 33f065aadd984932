/** Edit distance of two short words, ignoring case. An edit inserts, deletes or replaces a character, or swaps two neighbours. */
function distance(a: string, b: string): number {
  const one = a.toLowerCase()
  const other = b.toLowerCase()
  let before: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, i) => i)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)
      const swapped =
        i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
          ? (before[j - 2] ?? 0) + 1
          : replaced
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced, swapped))
    }
    before = row
    row = next
  }
  return row[other.length] ?? 0
}

/** Characters; nobody mistypes a longer name, and comparing takes the product of both lengths. */
const LONGEST_NAME = 64
/** Names that are compared at most: the time does not depend on a client's list. */
const MOST_NAMES = 1000

/**
 * Finds the known name that a mistyped one most likely stands for. Returns undefined when every name is more edits away than
 * a third of the word's length (at least 2). The first name wins a tie. A word over 64 characters has no nearest name, and of
 * many names only the first 1000 are compared.
 *
 * @example nearest('ubunut', ['centos', 'ubuntu']) // 'ubuntu'
 */
export function nearest(word: string, names: Iterable<string>): string | undefined {
  if (word.length > LONGEST_NAME) return undefined
  let best: string | undefined
  let compared = 0
  let least = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const name of names) {
    // The edit distance is at least the difference of the lengths.
    if (name.length > LONGEST_NAME || Math.abs(name.length - word.length) >= least) continue
    compared += 1
    if (compared > MOST_NAMES) break
    const d = distance(word, name)
    if (d < least) {
      least = d
      best = name
    }
  }
  return best
}

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
