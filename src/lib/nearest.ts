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
