/**
 * Parses JSON; returns undefined for invalid input. No valid JSON text parses to undefined, so the two cannot be confused.
 *
 * @example jsonIn('{"a":1}') // { a: 1 }
 * @example jsonIn('{"a":') // undefined
 */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
