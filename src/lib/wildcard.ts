/** Text between two stars; `loose` when it has question marks, each of which stands for any one character. */
interface Piece {
  text: string
  loose: boolean
}

function fitsAt(text: string, { text: piece, loose }: Piece, at: number): boolean {
  if (!loose) return text.startsWith(piece, at)
  for (let i = 0; i < piece.length; i++) {
    if (piece[i] !== '?' && piece[i] !== text[at + i]) return false
  }
  return true
}

/** The first place from `from` on where the piece fits and ends before `end`; -1 when there is none. */
function placeOf(text: string, piece: Piece, from: number, end: number): number {
  const last = end - piece.text.length
  if (!piece.loose) {
    const at = text.indexOf(piece.text, from)
    return at > last ? -1 : at
  }
  for (let at = from; at <= last; at++) {
    if (fitsAt(text, piece, at)) return at
  }
  return -1
}

/**
 * Compiles a pattern in which `*` is any run of characters, an empty one too, and `?` is any one character. The pieces
 * between the stars are looked for from left to right, each at the first place where it fits, and a place once taken is
 * never given up: the work is bounded by the length of the text times that of the pattern, whatever both are.
 */
export function compileWildcard(pattern: string): (text: string) => boolean {
  const [head, ...others] = pattern.split('*').map((text) => ({ text, loose: text.includes('?') }))
  const tail = others.pop()
  if (head === undefined || tail === undefined) {
    const whole = { text: pattern, loose: pattern.includes('?') }
    return (text) => text.length === pattern.length && fitsAt(text, whole, 0)
  }
  const middle = others.filter(({ text }) => text !== '')
  return (text) => {
    const end = text.length - tail.text.length
    if (end < head.text.length || !fitsAt(text, head, 0) || !fitsAt(text, tail, end)) return false
    let at = head.text.length
    for (const piece of middle) {
      const found = placeOf(text, piece, at, end)
      if (found < 0) return false
      at = found + piece.text.length
    }
    return true
  }
}
