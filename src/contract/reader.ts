import { z } from 'zod'

/**
 * What a schema reads of a value, made from it once, so that looking for unread fields costs no more than walking over
 * what was sent. A reader without fields and items reads everything below it.
 */
export interface Reader {
  fields?: ReadonlyMap<string, Reader>
  items?: Reader
}

const EVERYTHING: Reader = {}

/** An object that takes any further key reads all of them; transforms, defaults and refinements read what they wrap. */
export function readerOf(schema: z.core.$ZodType | undefined): Reader {
  if (schema instanceof z.ZodObject) {
    const { catchall } = schema.def
    if (catchall !== undefined && !(catchall instanceof z.ZodNever)) return EVERYTHING
    const fields = Object.entries(schema.shape).map(([name, field]): [string, Reader] => [
      name,
      readerOf(field),
    ])
    return { fields: new Map(fields) }
  }
  if (schema instanceof z.ZodArray) return { items: readerOf(schema.element) }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return readerOf(schema.unwrap())
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return readerOf(schema.unwrap())
  if (schema instanceof z.ZodPipe) return readerOf(schema.in)
  if (schema instanceof z.ZodUnion) return schema.options.map(readerOf).reduce(either)
  return EVERYTHING
}

/** What one of two schemas reads. */
function either(one: Reader, other: Reader): Reader {
  if (one.fields !== undefined && other.fields !== undefined) {
    const fields = new Map(one.fields)
    for (const [name, reader] of other.fields) {
      const before = fields.get(name)
      fields.set(name, before === undefined ? reader : either(before, reader))
    }
    return { fields }
  }
  if (one.items !== undefined && other.items !== undefined) return { items: either(one.items, other.items) }
  return EVERYTHING
}

/** A request is remembered with so many unread fields at most. */
const MOST_UNREAD = 32

/** The paths of fields that a value has and the reader does not read. */
export function unreadFields(reader: Reader, value: unknown, path: string, found: string[] = []): string[] {
  if (found.length >= MOST_UNREAD) return found
  if (Array.isArray(value)) {
    if (reader.items !== undefined) {
      for (const [n, item] of value.entries()) unreadFields(reader.items, item, `${path}[${n}]`, found)
    }
  } else if (typeof value === 'object' && value !== null && reader.fields !== undefined) {
    for (const [name, inner] of Object.entries(value)) {
      const field = reader.fields.get(name)
      if (field !== undefined) unreadFields(field, inner, `${path}.${name}`, found)
      else if (found.length < MOST_UNREAD) found.push(`${path}.${name}`)
    }
  }
  return found
}
