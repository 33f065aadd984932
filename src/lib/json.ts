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

/** How large a JSON text may be. */
export interface JsonLimits {
  bytes: number
  /** Elements of arrays, and fields of objects, together. */
  values: number
}

/** Renders limits for a message. */
export function describeLimits({ bytes, values }: JsonLimits): string {
  return `a JSON body has up to ${bytes / 1024} KiB and ${values} values`
}

/** Returns true for a text with more elements and fields than a limit, without parsing it. */
export function hasMoreValues(text: string, values: number): boolean {
  let left = values
  for (const code of marksOutsideOfStrings(text))
    if ((code === COMMA || code === BRACKET || code === BRACE) && --left < 0) return true
  return false
}

function nestsTooDeep(text: string): boolean {
  let depth = 0
  for (const code of marksOutsideOfStrings(text)) {
    if (code === BRACKET || code === BRACE) {
      depth += 1
      if (depth > DEEPEST) return true
    } else if (code !== COMMA) depth -= 1
  }
  return false
}

const QUOTE = '"'.charCodeAt(0)
const BACKSLASH = '\\'.charCodeAt(0)
const COMMA = ','.charCodeAt(0)
const BRACKET = '['.charCodeAt(0)
const BRACE = '{'.charCodeAt(0)
const CLOSING_BRACKET = ']'.charCodeAt(0)
const CLOSING_BRACE = '}'.charCodeAt(0)

/** Yields the code of each comma, bracket and brace that is in no string. */
function* marksOutsideOfStrings(text: string): Generator<number> {
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === BACKSLASH) at += 1
      else if (code === QUOTE) inString = false
    } else if (code === QUOTE) inString = true
    else if (
      code === COMMA ||
      code === BRACKET ||
      code === BRACE ||
      code === CLOSING_BRACKET ||
      code === CLOSING_BRACE
    )
      yield code
  }
}

/** Whether a value is a map. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
