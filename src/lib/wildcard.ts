/** The text between two stars; `loose` is true when it contains a `?`, which matches any one character. */
interface Piece {
  text: string
  loose: boolean
}

function matchesAt(text: string, { text: piece, loose }: Piece, at: number): boolean {
  if (!loose) return text.startsWith(piece, at)
  for (let i = 0; i < piece.length; i++) {
    if (piece[i] !== '?' && piece[i] !== text[at + i]) return false
  }
  return true
}

/** Index of the first match of a piece at or after `from` that ends at or before `end`; -1 without a match. */
function indexOfPiece(text: string, piece: Piece, from: number, end: number): number {
  const last = end - piece.text.length
  if (!piece.loose) {
    const at = text.indexOf(piece.text, from)
    return at > last ? -1 : at
  }
  for (let at = from; at <= last; at++) {
    if (matchesAt(text, piece, at)) return at
  }
  return -1
}

/**
 * Compiles a pattern in which `*` matches any run of characters, including none, and `?` matches one character. Matching
 * takes the leftmost place of each piece between the stars and never backtracks, so its time is at most the length of the
 * text times the length of the pattern.
 *
 * @example compileWildcard('ims:*:get')('ims:images:get') // true
 */
export function compileWildcard(pattern: string): (text: string) => boolean {
  const [head, ...others] = pattern.split('*').map((text) => ({ text, loose: text.includes('?') }))
  const tail = others.pop()
  if (head === undefined || tail === undefined) {
    const whole = { text: pattern, loose: pattern.includes('?') }
    return (text) => text.length === pattern.length && matchesAt(text, whole, 0)
  }
  const middle = others.filter(({ text }) => text !== '')
  return (text) => {
    const end = text.length - tail.text.length
    if (end < head.text.length || !matchesAt(text, head, 0) || !matchesAt(text, tail, end)) return false
    let at = head.text.length
    for (const piece of middle) {
      const found = indexOfPiece(text, piece, at, end)
      if (found < 0) return false
      at = found + piece.text.length
    }
    return true
  }
}
