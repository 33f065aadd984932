import { z } from 'zod'
import type { Contract, RawRequest } from './operation.ts'

/**
 * The fields that a schema reads of a value, computed from it once, so that finding unread fields costs no more than a walk
 * over what was sent. A reader without fields and items reads everything below it.
 */
interface Reader {
  fields?: ReadonlyMap<string, Reader>
  items?: Reader
}

const EVERYTHING: Reader = {}
const NOTHING: Reader = { fields: new Map() }

/** An object with open keys reads all of them; transforms, defaults and refinements read what they wrap. */
function readerOf(schema: z.core.$ZodType | undefined): Reader {
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

/** The fields that one of two schemas reads. */
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

/** The journal lists at most this many unread fields of a request. */
export const MOST_UNREAD = 32

function unreadFields(reader: Reader, value: unknown, path: string, found: string[] = []): string[] {
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

const readers = new WeakMap<Contract, { query: Reader; body: Reader }>()

function readersOf(contract: Contract): { query: Reader; body: Reader } {
  const known = readers.get(contract)
  if (known !== undefined) return known
  const { query, body } = contract.request.shape
  const made = { query: query === undefined ? NOTHING : readerOf(query), body: readerOf(body) }
  readers.set(contract, made)
  return made
}

/**
 * The fields of a request that its contract does not declare; `body` alone when it declares no body and one was sent.
 * @example unreadParts(listImages, raw, headers) // ['query.colour']
 */
export function unreadParts(contract: Contract, raw: RawRequest, headers: Headers): string[] {
  const { query, body } = readersOf(contract)
  const found = unreadFields(query, raw.query, 'query')
  for (const name of contract.ignores ?? []) if (name in raw.query) found.push(`query.${name}`)
  if (contract.takes === 'json') return unreadFields(body, raw.body, 'body', found)
  // Some clients send the two bytes of an empty object with every request.
  const sent = contract.takes === 'none' && Number(headers.get('content-length') ?? 0) > 2
  return sent ? [...found, 'body'] : found
}
