import type { Contract, RawRequest } from '../contract/operation.ts'
import { type Reader, readerOf, unreadFields } from '../contract/reader.ts'

const readers = new WeakMap<Contract, { query: Reader; body: Reader }>()

/** Reads no query at all. */
const NOTHING: Reader = { fields: new Map() }

function readersOf(operation: Contract): { query: Reader; body: Reader } {
  const known = readers.get(operation)
  if (known !== undefined) return known
  const { query, body } = operation.request.shape
  const made = { query: query === undefined ? NOTHING : readerOf(query), body: readerOf(body) }
  readers.set(operation, made)
  return made
}

/** The parts of a request that its operation declares nowhere; `body` alone when it declares none and one was sent. */
export function unreadParts(operation: Contract, raw: RawRequest, headers: Headers): string[] {
  const { query, body } = readersOf(operation)
  const found = unreadFields(query, raw.query, 'query')
  for (const name of operation.ignores ?? []) if (name in raw.query) found.push(`query.${name}`)
  if (operation.takes === 'json') return unreadFields(body, raw.body, 'body', found)
  // Two bytes are the empty object that some clients send with everything.
  const sent = operation.takes === 'none' && Number(headers.get('content-length') ?? 0) > 2
  return sent ? [...found, 'body'] : found
}
