/** Edit distance between two short words (insert, delete, replace), ignoring case. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1]?.toLowerCase() === b[j - 1]?.toLowerCase()
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1)))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** The known name a mistyped one most likely stands for; undefined when none is near enough to suggest. */
export function nearest(word: string, names: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const name of names) {
    // Each character that one has more must be inserted, so a much longer word is never near.
    if (Math.abs(name.length - word.length) >= least) continue
    const d = distance(word, name)
    if (d < least) {
      least = d
      best = name
    }
  }
  return best
}
