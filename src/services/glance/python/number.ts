/** Reads a text as Python's `int()` does: a sign, blanks around it and single underscores between digits are taken. */
export function parseInteger(text: string): bigint | undefined {
  const trimmed = text.trim()
  return /^[+-]?\d+(?:_\d+)*$/.test(trimmed) ? BigInt(trimmed.replace(/[_+]/g, '')) : undefined
}
