import { headerTime } from './answers.ts'
import { obsError } from './errors.ts'
import { etagOf } from './etags.ts'
import type { StoredObject } from './objects.ts'
import { classOnWire, type Dialect, dialectHeader, PREFIX, parseClass } from './wire/dialect.ts'

/** Headers of HTTP that are stored with an object and answered with it. */
const PLAIN: readonly string[] = [
  'content-language',
  'content-encoding',
  'content-disposition',
  'cache-control',
  'expires',
]
/** Headers of the service that are stored too, without prefix. They are stored as `x-obs-…` whatever the dialect. */
const OWN: readonly string[] = [
  'website-redirect-location',
  'expires',
  'server-side-encryption',
  'server-side-encryption-kms-key-id',
  'server-side-encryption-customer-algorithm',
  'server-side-encryption-customer-key-md5',
]
/** Longest metadata of an object together, bytes. */
const LONGEST_METADATA = 8192

type Texts = Record<string, string>

/** The fields of an object that the headers of a request say. */
export interface HeaderFields {
  contentType: string | null
  headers: Texts
  metadata: Texts
}

/** Reads what is stored with an object from the headers of a request. @throws CodedRefusal MetadataTooLarge */
export function storedFields(headers: Headers, dialect: Dialect): HeaderFields {
  const plain = PLAIN.flatMap((name): [string, string][] => {
    const value = headers.get(name)
    const kept = name === 'content-encoding' && value !== null ? withoutChunks(value) : value
    return kept === null || kept === '' ? [] : [[name, kept]]
  })
  const own = OWN.flatMap((name): [string, string][] => {
    const value = dialectHeader(headers, dialect, name)
    return value === undefined ? [] : [[`x-obs-${name}`, value.replace(/^aws:kms$/, 'kms')]]
  })
  return {
    contentType: headers.get('content-type'),
    headers: Object.fromEntries([...plain, ...own]),
    metadata: metadataOf(headers, dialect),
  }
}

/** `aws-chunked` says how the body travels, and is no encoding of the object. */
function withoutChunks(encoding: string): string {
  const kept = encoding.split(',').map((each) => each.trim())
  return kept.filter((each) => each.toLowerCase() !== 'aws-chunked').join(', ')
}

function metadataOf(headers: Headers, dialect: Dialect): Texts {
  const prefix = `${PREFIX[dialect]}meta-`
  const found = [...headers].flatMap(([name, value]): [string, string][] =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
  )
  const size = found.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  if (size > LONGEST_METADATA) throw obsError('MetadataTooLarge', { size })
  return Object.fromEntries(found)
}

/** The class that a request asks for; undefined when it does not say. @throws CodedRefusal InvalidArgument */
export function classIn(headers: Headers, dialect: Dialect): string | undefined {
  const named = dialectHeader(headers, dialect, 'storage-class')
  if (named === undefined) return undefined
  const storageClass = parseClass(named)
  if (storageClass === undefined) throw obsError('InvalidArgument', { 'storage-class': named })
  return storageClass
}

/** The type of an object that was put without one. */
const DEFAULT_TYPE = 'binary/octet-stream'

/** The headers of an object in an answer to GET and HEAD, without those about the length. */
export function objectHeaders(object: StoredObject, dialect: Dialect): Texts {
  const prefix = PREFIX[dialect]
  const { storageClass, tags, metadata, headers } = object
  return {
    'Content-Type': object.contentType ?? DEFAULT_TYPE,
    ETag: `"${etagOf(object)}"`,
    'Last-Modified': headerTime(object.modifiedAt),
    'Accept-Ranges': 'bytes',
    ...ownHeaders(headers, dialect),
    ...(storageClass !== 'STANDARD' && { [`${prefix}storage-class`]: classOnWire(dialect, storageClass) }),
    ...(tags.length > 0 && { [`${prefix}tagging-count`]: String(tags.length) }),
    ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`${prefix}meta-${name}`, value])),
  }
}

/** The stored headers in a dialect. */
function ownHeaders(headers: Readonly<Texts>, dialect: Dialect): Texts {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (!name.startsWith('x-obs-')) return [name, value]
      const isKms = dialect === 's3' && name === 'x-obs-server-side-encryption' && value === 'kms'
      return [PREFIX[dialect] + name.slice('x-obs-'.length), isKms ? 'aws:kms' : value]
    }),
  )
}

/** The headers of the answer to a request that has put an object: how it is encrypted. */
export function encryptionHeaders(headers: Readonly<Texts>, dialect: Dialect): Texts {
  const about = Object.entries(headers).filter(([name]) => name.startsWith('x-obs-server-side-encryption'))
  return ownHeaders(Object.fromEntries(about), dialect)
}
