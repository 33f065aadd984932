/**
 * A JSON value as Python's `json` module parses it. Integers are exact at any length and differ from floats (`1` and
 * `1.0`), and objects keep the order of their keys. Glance is written in Python, and its answers depend on both.
 */
export type PyValue = null | boolean | string | bigint | number | PyValue[] | PyObject

/** A JSON object; a key that occurs twice has its last value. */
export type PyObject = Map<string, PyValue>

/** Plain JSON, as `JSON.stringify` takes it. */
export type Json = null | boolean | string | number | Json[] | { [key: string]: Json }

/** Evaluates a value as Python's `bool()` does: empty texts, lists and objects are false. */
export function isTruthy(value: PyValue): boolean {
  if (value instanceof Map) return value.size > 0
  if (Array.isArray(value)) return value.length > 0
  return Boolean(value)
}

/** Converts a value to plain JSON. Integers beyond 2^53 lose their last digits. */
export function toJson(value: PyValue): Json {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(toJson)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, toJson(inner)]))
  return value
}

/** Converts plain JSON to the value that Python would have parsed; every whole number is an integer. */
export function fromJson(json: unknown): PyValue {
  if (typeof json === 'number') return Number.isInteger(json) ? BigInt(json) : json
  if (Array.isArray(json)) return json.map(fromJson)
  if (typeof json === 'object' && json !== null)
    return new Map(Object.entries(json).map(([key, inner]) => [key, fromJson(inner)]))
  return typeof json === 'string' || typeof json === 'boolean' ? json : null
}

/**
 * Parses a text as Python's `int()` does, which accepts a sign, surrounding blanks and single underscores between digits.
 * Returns undefined for any other text.
 * @example parseInteger(' 1_000 ') // 1000n
 */
export function parseInteger(text: string): bigint | undefined {
  const trimmed = text.trim()
  return /^[+-]?\d+(?:_\d+)*$/.test(trimmed) ? BigInt(trimmed.replace(/[_+]/g, '')) : undefined
}
