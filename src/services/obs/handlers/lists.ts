import type { z } from 'zod'
import { ownerFields, xmlReply, xmlTime } from '../answers.ts'
import type { Bucket } from '../buckets.ts'
import * as contract from '../contract/buckets.ts'
import { obsError } from '../errors.ts'
import { etagOf } from '../etags.ts'
import { listObjects as pageOfObjects, type StoredObject } from '../objects.ts'
import { type ObsCall, obsOperation } from '../obs-call.ts'
import { percentEncoded } from '../wire/bytes-as-text.ts'
import { classOnWire } from '../wire/dialect.ts'
import { type ListQuery, listPage } from '../wire/listing.ts'
import type { Fields } from '../wire/xml.ts'
import { existingBucket } from './existing.ts'

/** Most keys of a page; a client that asks for more gets as many. */
const MOST_KEYS = 1000

/** Reads the objects with a prefix after a key, more at a time the longer it is read. */
function* objectsAfter(
  { world }: ObsCall,
  bucket: string,
  prefix: string,
  after: string,
): Generator<StoredObject> {
  let from = after
  for (let limit = 16; ; limit = Math.min(limit * 4, MOST_KEYS)) {
    const { objects, truncated } = pageOfObjects(world, bucket, { prefix, after: from, limit })
    yield* objects
    const last = objects.at(-1)
    if (!truncated || last === undefined) return
    from = last.key
  }
}

/** Writes texts of a list as the client asks for them. @throws CodedRefusal InvalidArgument for another encoding than `url` */
export function textEncoder(encodingType: string | undefined): (text: string) => string {
  if (encodingType === undefined || encodingType === '') return (text) => text
  if (encodingType.toLowerCase() !== 'url')
    throw obsError('InvalidArgument', { 'encoding-type': encodingType })
  return (text) => percentEncoded(text, '/')
}

function limitOf(maxKeys: number | undefined): number {
  return Math.min(maxKeys ?? MOST_KEYS, MOST_KEYS)
}

function contentFields(
  call: ObsCall,
  object: StoredObject,
  bucket: Bucket,
  encode: (text: string) => string,
) {
  const appendable = object.headers['x-obs-object-type'] === 'Appendable'
  return {
    Key: encode(object.key),
    LastModified: xmlTime(object.modifiedAt),
    ETag: `"${etagOf(object)}"`,
    Size: object.size,
    Owner: ownerFields(object.ownerId ?? bucket.ownerId, call.caller, call.dialect),
    StorageClass: classOnWire(call.dialect, object.storageClass),
    ...(appendable && { Type: 'APPENDABLE' }),
  }
}

type Listed = z.output<typeof contract.listObjects.declared.request>['query']

/** Reads where a page of keys begins and ends, from the fields that every list of a bucket has. */
function cutOf(query: Pick<Listed, 'prefix' | 'delimiter' | 'max-keys'>, after: string): ListQuery {
  const { prefix = '', delimiter = '' } = query
  return { prefix, delimiter, after, limit: limitOf(query['max-keys']) }
}

const list = obsOperation(contract.listObjects, (call, { params, query }) => {
  const bucket = existingBucket(call, params.bucket)
  const isSecond = query['list-type'] === '2'
  const after = isSecond ? afterOfSecond(query) : (query.marker ?? '')
  const cut = cutOf(query, after)
  const encode = textEncoder(query['encoding-type'])
  const page = listPage((from) => objectsAfter(call, bucket.name, cut.prefix, from), cut)
  const contents = page.items.map((object): Fields => {
    const fields = contentFields(call, object, bucket, encode)
    return isSecond && query['fetch-owner'] !== 'true' ? { ...fields, Owner: undefined } : fields
  })
  const markers = isSecond ? secondMarkers(query, page, encode) : firstMarkers(cut, page.next, encode)
  return xmlReply(
    'ListBucketResult',
    {
      Name: bucket.name,
      Prefix: encode(cut.prefix),
      ...markers,
      MaxKeys: cut.limit,
      Delimiter: cut.delimiter === '' ? undefined : encode(cut.delimiter),
      IsTruncated: page.next !== undefined,
      EncodingType: query['encoding-type'] || undefined,
      Contents: contents,
      CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    },
    call.dialect,
  )
})

function firstMarkers(
  { after }: ListQuery,
  next: string | undefined,
  encode: (text: string) => string,
): Fields {
  return { Marker: encode(after), NextMarker: next === undefined ? undefined : encode(next) }
}

function secondMarkers(
  query: Listed,
  { items, commonPrefixes, next }: ReturnType<typeof listPage>,
  encode: (text: string) => string,
): Fields {
  const startAfter = query['start-after']
  return {
    KeyCount: items.length + commonPrefixes.length,
    ContinuationToken: query['continuation-token'],
    NextContinuationToken: next === undefined ? undefined : Buffer.from(next).toString('base64url'),
    StartAfter: startAfter === undefined ? undefined : encode(startAfter),
  }
}

function afterOfSecond(query: Listed): string {
  const token = query['continuation-token']
  if (token === undefined) return query['start-after'] ?? ''
  if (!/^[A-Za-z0-9_-]+$/.test(token)) throw obsError('InvalidArgument', { 'continuation-token': token })
  return Buffer.from(token, 'base64url').toString()
}

const versions = obsOperation(contract.listObjectVersions, (call, { params, query }) => {
  const bucket = existingBucket(call, params.bucket)
  const after = query['key-marker'] ?? ''
  const cut = cutOf(query, after)
  const encode = textEncoder(query['encoding-type'])
  const page = listPage((from) => objectsAfter(call, bucket.name, cut.prefix, from), cut)
  return xmlReply(
    'ListVersionsResult',
    {
      Name: bucket.name,
      Prefix: encode(cut.prefix),
      KeyMarker: encode(after),
      VersionIdMarker: query['version-id-marker'] ?? '',
      NextKeyMarker: page.next === undefined ? undefined : encode(page.next),
      NextVersionIdMarker: page.next === undefined ? undefined : 'null',
      MaxKeys: cut.limit,
      Delimiter: cut.delimiter === '' ? undefined : encode(cut.delimiter),
      IsTruncated: page.next !== undefined,
      EncodingType: query['encoding-type'] || undefined,
      Version: page.items.map((object) => {
        const { Key, ...fields } = contentFields(call, object, bucket, encode)
        return { Key, VersionId: 'null', IsLatest: true, ...fields }
      }),
      CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    },
    call.dialect,
  )
})

export const listOperations = [list, versions]
