import { type DocumentReader, documentReader, type Edition, mediaType } from '../contract/glance-contract.ts'
import { badRequest, forbidden, glanceWouldFail } from '../errors.ts'
import { isTruthy, type PyObject, type PyValue } from '../python/json.ts'
import { str } from '../python/repr.ts'
import { checkImage, isReserved } from './attributes.ts'

/** One operation of a patch. */
export interface Change {
  op: Op
  /** The parts of the JSON pointer. */
  path: readonly [string, ...string[]]
  /** Undefined for `remove`. */
  value: PyValue | undefined
  /** True in the older form, whose `add` does not replace. */
  older: boolean
}

type Op = 'add' | 'remove' | 'replace'
const OPS: readonly Op[] = ['add', 'remove', 'replace']

/** The media type of the older form, whose operations have the path under their own name: `{"replace": "/name", …}`. */
export const OLDER_PATCH = 'application/openstack-images-v2.0-json-patch'
export const PATCH = 'application/openstack-images-v2.1-json-patch'

const READ_ONLY: ReadonlySet<string> = new Set(
  `created_at updated_at status checksum size virtual_size direct_url self file schema id os_hash_algo
   os_hash_value`.split(/\s+/),
)

/** The document of a patch in the newer form; a request with the older media type has the older form. */
export function patchDocument(edition: Edition): DocumentReader<Change[]> {
  const path = { type: 'string', pattern: '^/', description: 'A JSON pointer to an attribute: `/name`' }
  return documentReader({
    published: {
      type: 'array',
      items: {
        type: 'object',
        anyOf: [
          { properties: { op: { const: 'remove' }, path }, required: ['op', 'path'] },
          {
            properties: {
              op: { enum: ['add', 'replace'] },
              path,
              value: { description: 'A value that fits the schema of the attribute' },
            },
            required: ['op', 'path', 'value'],
          },
        ],
      },
    },
    read: (body, headers) => readPatch(body, mediaType(headers) === OLDER_PATCH, edition),
  })
}

/** Reads a patch, each operation completely before the next, as Glance does before it looks at the image. */
function readPatch(document: PyValue, older: boolean, edition: Edition): Change[] {
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

/** Splits a JSON pointer. Glance strips every leading slash and the blanks around each part. */
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

/** Refuses a pointer of more than one part, except to a place in the list of locations (400). */
function checkDepth(op: Op, path: readonly [string, ...string[]]): void {
  const deeper = path[0] === 'locations' && op !== 'replace'
  if (path.length === (deeper ? 2 : 1)) return
  throw badRequest(`Invalid JSON pointer for this resource: '/${path.join('/')}'`)
}

/** Tells if a change empties the list of locations. */
export function emptiesLocations({ value }: Change): boolean {
  return value !== undefined && !isTruthy(value)
}
