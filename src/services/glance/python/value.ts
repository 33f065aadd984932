/**
 * A JSON value as Python reads it: integers are exact whatever their length and differ from floats (`1` and `1.0`), keys
 * keep their order. Glance is written in Python, and what it answers depends on both.
 */
export type PyValue = null | boolean | string | bigint | number | PyValue[] | PyObject

/** An object of JSON; a key that comes twice has its last value. */
export type PyObject = Map<string, PyValue>

/** Whether Python takes it for true. */
export function isTruthy(value: PyValue): boolean {
  if (value instanceof Map) return value.size > 0
  if (Array.isArray(value)) return value.length > 0
  return Boolean(value)
}

/** The value as plain JSON; integers beyond what a double holds lose their last digits. */
export function toJson(value: PyValue): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(toJson)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, toJson(inner)]))
  return value
}

/** Plain JSON as Python would have read it; every whole number is an integer. */
export function fromJson(json: unknown): PyValue {
  if (typeof json === 'number') return Number.isInteger(json) ? BigInt(json) : json
  if (Array.isArray(json)) return json.map(fromJson)
  if (typeof json === 'object' && json !== null)
    return new Map(Object.entries(json).map(([key, inner]) => [key, fromJson(inner)]))
  return typeof json === 'string' || typeof json === 'boolean' ? json : null
}
