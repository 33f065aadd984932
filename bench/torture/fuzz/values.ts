import type { Random } from '../random.ts'
import { define, isObject, type Json } from './json.ts'

/** Values that exist in the world under test, by the names of parameters and fields. */
export type Known = ReadonlyMap<string, readonly Json[]>

/** Makes a value that looks valid for a JSON schema. Its patterns and formats are met when something known is. */
export function valueFor(random: Random, schema: Json, known: Known, name = '', depth = 0): Json {
  const items = known.get(name)
  if (items !== undefined && random.chance(0.7)) return random.pick(items)
  if (!isObject(schema) || depth > 8) return random.pick(['a', 1, true, null, {}])
  const { const: constant, enum: values, anyOf, oneOf, allOf, examples } = schema
  if (constant !== undefined) return constant
  if (Array.isArray(values) && values.length > 0) return random.pick(values)
  if (Array.isArray(examples) && examples.length > 0 && random.chance(0.5)) return random.pick(examples)
  for (const choice of [anyOf, oneOf])
    if (Array.isArray(choice) && choice.length > 0)
      return valueFor(random, random.pick(choice), known, name, depth + 1)
  if (Array.isArray(allOf)) return merged(random, allOf, known, name, depth)
  const type = Array.isArray(schema.type) ? random.pick(schema.type) : schema.type
  switch (type) {
    case 'object':
      return objectFor(random, schema, known, depth)
    case 'array': {
      const length = random.pick([0, 1, 1, 2, 3])
      return Array.from({ length }, () => valueFor(random, schema.items ?? true, known, name, depth + 1))
    }
    case 'string':
      return textFor(random, schema, name)
    case 'integer':
    case 'number': {
      const from = typeof schema.minimum === 'number' ? Math.max(schema.minimum, -1e6) : 0
      const to = typeof schema.maximum === 'number' ? Math.min(schema.maximum, 1e6) : 1000
      return random.between(Math.ceil(from), Math.max(Math.ceil(from), Math.floor(to)))
    }
    case 'boolean':
      return random.chance(0.5)
    case 'null':
      return null
    default:
      return isObject(schema.properties ?? null)
        ? objectFor(random, schema, known, depth)
        : random.pick(['a', 1, true, {}, []])
  }
}

function merged(random: Random, schemas: readonly Json[], known: Known, name: string, depth: number): Json {
  const parts = schemas.map((part) => valueFor(random, part, known, name, depth + 1))
  const [first = null] = parts
  return parts.every(isObject) ? Object.assign({}, ...parts) : first
}

function objectFor(random: Random, schema: { [key: string]: Json }, known: Known, depth: number): Json {
  const { properties = {}, required, additionalProperties } = schema
  const object: Json = {}
  const needed = Array.isArray(required) ? required : []
  const share = random.pick([0.05, 0.3, 1])
  if (isObject(properties))
    for (const [key, property] of Object.entries(properties))
      if (needed.includes(key) || random.chance(share))
        define(object, key, valueFor(random, property, known, key, depth + 1))
  if (isObject(additionalProperties) && random.chance(0.5))
    define(object, `key${random.below(5)}`, valueFor(random, additionalProperties, known, '', depth + 1))
  return object
}

function textFor(
  random: Random,
  { format, minLength, pattern }: { [key: string]: Json },
  name: string,
): string {
  if (format === 'date-time' || /_at$|since|time|^to$/.test(name)) return '2026-01-01T00:00:00Z'
  if (/uuid|8\}-/.test(`${String(format)}${String(pattern)}`)) return '2229b893-06bf-4f53-985a-a40a1e66c035'
  if (/duration|^by$|life|idle|latency|after|before/.test(name)) return random.pick(['1s', '3m', '1h30m'])
  if (name === 'image_url' || name === 'bucket_url')
    return random.pick(['images:tiny.qcow2', 'images:out.qcow2', 'nowhere:x'])
  const text = random.pick(['a', 'name', 'linux', 'x-1', 'Ubuntu 22.04 server 64bit', '100', 'private'])
  return typeof minLength === 'number' ? text.padEnd(Math.min(minLength, 100), 'a') : text
}
