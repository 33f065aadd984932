import { str } from '../python/repr.ts'
import { isTruthy, type PyObject, type PyValue } from '../python/value.ts'
import { isReserved } from './attributes.ts'
import type { Edition } from './edition.ts'
import { badRequest, forbidden, glanceWouldFail } from './refusals.ts'
import { checkImage } from './schema.ts'

/** One change of an image, with its path taken apart. */
export interface Change {
  op: Op
  path: readonly [string, ...string[]]
  value: PyValue | undefined
  /** The older form has an `add` that does not replace. */
  older: boolean
}

type Op = 'add' | 'remove' | 'replace'
const OPS: readonly Op[] = ['add', 'remove', 'replace']

/** The media type of the older form, which holds the path under the name of the operation. */
export const OLDER_PATCH = 'application/openstack-images-v2.0-json-patch'
export const PATCH = 'application/openstack-images-v2.1-json-patch'

const READ_ONLY: ReadonlySet<string> = new Set(
  `created_at updated_at status checksum size virtual_size direct_url self file schema id os_hash_algo
   os_hash_value`.split(/\s+/),
)

/** Reads a patch, each operation completely before the next, as Glance does before it looks at the image. */
export function readPatch(document: PyValue, older: boolean, edition: Edition): Change[] {
  if (!Array.isArray(document)) throw badRequest('Request body must be a JSON array of operation objects.')
  return document.map((operation) => readOperation(operation, older, edition))
}

function readOperation(operation: PyValue, older: boolean, edition: Edition): Change {
  if (!(operation instanceof Map)) throw badRequest('Operations must be JSON objects.')
  const { op, pointer } = older ? olderForm(operation) : newerForm(operation)
  const path = readPointer(pointer)
  checkDepth(op, path)
  const value = op === 'remove' ? undefined : operation.get('value')
  if (op !== 'remove' && value === undefined)
    throw badRequest(`Operation "${op}" requires a member named "value".`)
  const [name] = path
  if (READ_ONLY.has(name)) throw forbidden(`Attribute '${name}' is read-only.`)
  if (isReserved(name)) throw forbidden(`Attribute '${name}' is reserved.`)
  if (value !== undefined) {
    const checked = name === 'locations' && op === 'add' ? [value] : value
    checkImage(edition, new Map([[name, checked]]))
  }
  return { op, path, value, older }
}

function newerForm(operation: PyObject): { op: Op; pointer: PyValue } {
  const named = operation.get('op') ?? null
  const list = OPS.join(', ')
  if (named === null)
    throw badRequest(`Unable to find \`op\` in JSON Schema change. It must be one of the following: ${list}.`)
  const op = OPS.find((known) => known === named)
  if (op === undefined)
    throw badRequest(`Invalid operation: \`${str(named)}\`. It must be one of the following: ${list}.`)
  const pointer = operation.get('path')
  if (pointer === undefined) throw badRequest("Unable to find 'path' in JSON Schema change")
  return { op, pointer }
}

function olderForm(operation: PyObject): { op: Op; pointer: PyValue } {
  const found = OPS.filter((op) => operation.has(op))
  const [op] = found
  if (op === undefined || found.length > 1) {
    const many = found.length > 1 ? 'only' : 'exactly'
    throw badRequest(`Operation objects must contain ${many} one member named "add", "remove", or "replace".`)
  }
  return { op, pointer: operation.get(op) ?? null }
}

/** Takes a JSON pointer apart: Glance strips every leading slash and the blanks around each part. */
function readPointer(pointer: PyValue): readonly [string, ...string[]] {
  if (typeof pointer !== 'string') throw glanceWouldFail('a path that is no text')
  if (!pointer.startsWith('/')) throw badRequest(`Pointer \`${pointer}\` does not start with "/".`)
  if (/\/\s*?\//.test(pointer.slice(1))) throw badRequest(`Pointer \`${pointer}\` contains adjacent "/".`)
  if (pointer.length > 1 && pointer.endsWith('/')) throw badRequest(`Pointer \`${pointer}\` end with "/".`)
  if (/~(?![01])/.test(pointer))
    throw badRequest(`Pointer \`${pointer}\` contains "~" not part of a recognized escape sequence.`)
  const [first = '', ...rest] = pointer
    .replace(/^\/+/, '')
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~').trim())
  return [first, ...rest]
}

/** Only a place in the list of locations lies deeper than the image itself. */
function checkDepth(op: Op, path: readonly [string, ...string[]]): void {
  const deeper = path[0] === 'locations' && op !== 'replace'
  if (path.length === (deeper ? 2 : 1)) return
  throw badRequest(`Invalid JSON pointer for this resource: '/${path.join('/')}'`)
}

/** Whether a patch wants the list of locations emptied. */
export function emptiesLocations({ value }: Change): boolean {
  return value !== undefined && !isTruthy(value)
}
