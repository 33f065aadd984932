/**
 * The deepest nesting of arrays and objects that is parsed: far more than any declared body has, and little enough for code
 * that walks a value by recursion.
 */
const DEEPEST = 256

/**
 * Parses JSON; returns undefined for invalid input and for a text that nests too deep. No valid JSON text parses to
 * undefined, so they cannot be confused with a value.
 *
 * @example jsonIn('{"a":1}') // { a: 1 }
 * @example jsonIn('{"a":') // undefined
 */
export function jsonIn(text: string): unknown {
  if (nestsTooDeep(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Counts brackets outside of strings. */
function nestsTooDeep(text: string): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (inString) {
      if (character === '\\') at += 1
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '[' || character === '{') {
      depth += 1
      if (depth > DEEPEST) return true
    } else if (character === ']' || character === '}') depth -= 1
  }
  return false
}
