import { reply } from '../../../contract/operation.ts'
import * as contract from '../contract/objects.ts'
import { obsError, obsErrors } from '../errors.ts'
import { etagOf } from '../etags.ts'
import { isReadable, readObject, type StoredObject } from '../objects.ts'
import { type ObsCall, obsOperation } from '../obs-call.ts'
import { objectHeaders } from '../stored-headers.ts'
import { percentEncoded } from '../wire/bytes-as-text.ts'
import { checkConditions, readConditions } from '../wire/conditions.ts'
import { type ByteRange, parseRanges } from '../wire/ranges.ts'
import { existingObject } from './existing.ts'

type Wanted = Readonly<Record<string, string | undefined>>

/** Headers of an answer that a signed request may set. */
const OVERRIDES: readonly (readonly [string, string])[] = [
  ['response-content-type', 'Content-Type'],
  ['response-content-language', 'Content-Language'],
  ['response-expires', 'Expires'],
  ['response-cache-control', 'Cache-Control'],
  ['response-content-disposition', 'Content-Disposition'],
  ['response-content-encoding', 'Content-Encoding'],
]

/** Headers that the query sets. @throws CodedRefusal InvalidArgument for a request without a signature. */
function overridesOf(query: Wanted, signed: boolean): Record<string, string> {
  const set = OVERRIDES.flatMap(([name, header]): [string, string][] => {
    const value = query[name]
    return value === undefined ? [] : [[header, headerValue(value)]]
  })
  if (query.attname !== undefined)
    set.push(['Content-Disposition', `attachment;filename="${percentEncoded(query.attname, ' ()')}"`])
  if (set.length > 0 && !signed)
    throw obsError('InvalidRequest', { why: 'only a signed request sets headers of its answer' })
  return Object.fromEntries(set)
}

/** A text as a header may have it: one line of bytes. */
function headerValue(text: string): string {
  return Buffer.from(text.replaceAll(/[\r\n\0]/g, ' ')).toString('latin1')
}

/** What a read comes to: the object was not modified, or some of its bytes are to be sent. */
type Read =
  | { notModified: true; headers: Record<string, string> }
  | {
      notModified: false
      object: StoredObject
      headers: Record<string, string>
      ranges: ByteRange[] | undefined
    }

function look(call: ObsCall, url: { bucket: string; key: string }, query: Wanted): Read {
  const { dialect, headers, signed } = call
  const object = existingObject(call, url, query.versionId)
  const version = { etag: etagOf(object), modifiedAt: object.modifiedAt }
  const verdict = checkConditions(
    readConditions((name) => headers.get(name)),
    version,
  )
  if (verdict === 'failed') throw obsError('PreconditionFailed', url)
  const own = { ...objectHeaders(object, dialect), ...overridesOf(query, signed) }
  if (verdict === 'not modified') {
    const { 'Content-Type': _, ...kept } = own
    return { notModified: true, headers: kept }
  }
  const ranges = parseRanges(headers.get('range'), object.size)
  if (ranges?.length === 0)
    throw obsErrors.fail('InvalidRange', {}, { fields: { ActualObjectSize: String(object.size) } })
  return { notModified: false, object, headers: own, ranges }
}

function partHeaders({ start, end }: ByteRange, { size }: StoredObject): Record<string, string> {
  return {
    'Content-Length': String(end - start),
    'Content-Range': `bytes ${start}-${end - 1}/${size}`,
  }
}

const get = obsOperation(contract.getObject, (call, { params, query }) => {
  const read = look(call, params, query)
  if (read.notModified) return reply(304, { headers: read.headers })
  const { world } = call
  const { object, headers, ranges } = read
  const isArchived = object.storageClass === 'COLD' || object.storageClass === 'DEEP_ARCHIVE'
  if (isArchived && object.headers['x-obs-restore'] === undefined)
    throw obsError('InvalidObjectState', params)
  if (!isReadable(world, object)) throw obsError('NoSuchKey', { why: 'its bytes are not there', ...params })
  if (ranges === undefined)
    return reply(200, {
      bytes: readObject(world, object),
      headers: { ...headers, 'Content-Length': String(object.size) },
    })
  const [only] = ranges
  if (only !== undefined && ranges.length === 1)
    return reply(206, {
      bytes: readObject(world, object, only.start, only.end),
      headers: { ...headers, ...partHeaders(only, object) },
    })
  const parts = multipart(headers['Content-Type'] ?? '', object, ranges)
  const length = parts.reduce((sum, { head, range }) => sum + head.length + range.end - range.start, 0)
  return reply(206, {
    bytes: inParts(call, object, parts),
    headers: {
      ...headers,
      'Content-Type': `multipart/byteranges; boundary=${BOUNDARY}`,
      'Content-Length': String(length + END.length),
    },
  })
})

const BOUNDARY = 'obs-byteranges-3d6b6a416f9b5'
const END = `\r\n--${BOUNDARY}--\r\n`

function multipart(type: string, { size }: StoredObject, ranges: readonly ByteRange[]) {
  return ranges.map((range) => {
    const lines = [
      `\r\n--${BOUNDARY}`,
      `Content-Type: ${type}`,
      `Content-Range: bytes ${range.start}-${range.end - 1}/${size}`,
    ]
    return { range, head: `${lines.join('\r\n')}\r\n\r\n` }
  })
}

async function* inParts(
  { world }: ObsCall,
  object: StoredObject,
  parts: ReturnType<typeof multipart>,
): AsyncGenerator<Uint8Array> {
  for (const { head, range } of parts) {
    yield Buffer.from(head, 'latin1')
    yield* readObject(world, object, range.start, range.end)
  }
  yield Buffer.from(END, 'latin1')
}

const head = obsOperation(contract.headObject, (call, { params, query }) => {
  const read = look(call, params, query)
  if (read.notModified) return reply(304, { headers: read.headers })
  const { object, headers, ranges } = read
  const [only] = ranges ?? []
  if (only !== undefined && ranges?.length === 1)
    return reply(206, { headers: { ...headers, ...partHeaders(only, object) } })
  return reply(200, { headers: { ...headers, 'Content-Length': String(object.size) } })
})

export const readOperations = [get, head]
