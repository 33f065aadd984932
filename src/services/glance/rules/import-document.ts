import { isIP } from 'node:net'
import { documentReader } from '../contract/glance-contract.ts'
import { badRequest, conflict, glanceWouldFail } from '../errors.ts'
import type { PyObject, PyValue } from '../python/json.ts'
import { repr, str } from '../python/repr.ts'
import { isStore, STORE, STORES } from './stores.ts'

export const IMPORT_METHODS = ['glance-direct', 'web-download', 'copy-image'] as const
export type ImportMethod = (typeof IMPORT_METHODS)[number]

/** The body of an import call. */
export interface ImportRequest {
  body: PyObject
  method: ImportMethod
  uri: PyValue
  allStores: boolean
}

/** The document of an import call. Stores and addresses are checked after the image. */
export const newImport = documentReader({
  published: {
    type: 'object',
    required: ['method'],
    properties: {
      method: {
        type: 'object',
        required: ['name'],
        anyOf: [
          { properties: { name: { enum: ['glance-direct', 'copy-image'] } } },
          { properties: { name: { const: 'web-download' }, uri: { type: 'string' } }, required: ['uri'] },
        ],
      },
      stores: {
        description: 'Names of stores',
        anyOf: [
          { type: 'array', items: { enum: STORES } },
          { type: 'object', propertyNames: { enum: STORES } },
          { type: 'string', maxLength: 0 },
        ],
      },
      all_stores: { type: 'boolean' },
      all_stores_must_succeed: { type: 'boolean' },
      url: { description: 'An http address has to be one from which Glance would fetch' },
    },
  },
  read: readImport,
  check(request) {
    storesOf(request, null)
    checkUris(request)
  },
})

function readImport(body: PyValue): ImportRequest {
  if (!(body instanceof Map)) throw glanceWouldFail('an import that is a list')
  const method = body.get('method')
  if (method === undefined) throw badRequest("Import request requires a 'method' field.")
  if (!(method instanceof Map)) throw glanceWouldFail('a method that is no object')
  const name = method.get('name')
  if (name === undefined) throw badRequest("Import request requires a 'name' field.")
  const known = IMPORT_METHODS.find((candidate) => candidate === name)
  if (known === undefined) throw badRequest(`Unknown import method name '${str(name)}'.`)
  for (const field of ['all_stores_must_succeed', 'all_stores']) {
    if (body.has(field) && typeof body.get(field) !== 'boolean')
      throw badRequest(`'${field}' must be boolean value only`)
  }
  return { body, method: known, uri: method.get('uri') ?? null, allStores: body.get('all_stores') === true }
}

/**
 * The stores that a request names in its body or in the header `x-image-meta-store`. A text in the body counts letter by
 * letter, as Glance iterates over it.
 * @throws GlanceError 409 for an unknown store, 400 for contradictory parameters.
 */
export function storesOf({ body, allStores }: ImportRequest, header: string | null): string[] {
  const named = body.get('stores')
  if (allStores) {
    if (named !== undefined || header !== null)
      throw badRequest(
        "All_stores parameter can't be used with x-image-meta-store header or stores parameter",
      )
    return [STORE]
  }
  if (named !== undefined && header !== null)
    throw badRequest("Stores parameter and x-image-meta-store header can't be both specified")
  const wanted = named === undefined ? [header ?? STORE] : listed(named)
  const unknown = wanted.find((store) => !(typeof store === 'string' && isStore(store)))
  if (unknown !== undefined) throw conflict(`Store for identifier ${str(unknown)} not found`)
  return wanted.map(str)
}

function listed(named: PyValue): PyValue[] {
  if (Array.isArray(named)) return named
  if (typeof named === 'string') return Array.from(named)
  if (named instanceof Map) return [...named.keys()]
  throw glanceWouldFail(`stores that are ${repr(named)}`)
}

/** Refuses addresses from which Glance would not fetch (400). */
export function checkUris({ body, method, uri }: ImportRequest): void {
  const url = body.get('url') ?? null
  if (typeof url === 'string' && /^https?:/i.test(url) && !passesFilter(url))
    throw badRequest(`URI for add location does not pass filtering: ${url}`)
  if (method !== 'web-download') return
  if (uri !== null && typeof uri !== 'string') throw glanceWouldFail('an address that is no text')
  if (!passesFilter(uri)) throw badRequest(`URI for web-download does not pass filtering: ${str(uri)}`)
}

/** Ports of web servers; an address without a port has the default one. */
const PORTS: ReadonlySet<string> = new Set(['', '80', '443'])

/**
 * Tells if Glance would fetch from an address: one of a web server that is not on its own machine. The emulator resolves
 * no names, so only an IP address passes as a host.
 */
export function passesFilter(uri: string | null): boolean {
  const match = /^(https?):\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?(?:[/?#]|$)/i.exec(uri ?? '')
  if (match === null) return false
  const [, , bracketed = '', port = ''] = match
  const host = bracketed.replace(/^\[|\]$/g, '')
  return PORTS.has(port) && isIP(host) !== 0 && !isLocalAddress(host)
}

/** Tells if an address is loopback, link-local or unspecified; IPv4 addresses mapped into IPv6 count too. */
function isLocalAddress(address: string): boolean {
  const mapped = /^::(?:ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  return /^(?:127\.|169\.254\.|0\.)/.test(mapped) || /^(?:::1?$|fe[89ab][0-9a-f]:)/i.test(mapped)
}
