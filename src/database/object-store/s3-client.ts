import type { IncomingMessage } from 'node:http'
import { parseHttpDate } from '../../lib/time.ts'
import type { StoreAddress } from './address.ts'
import { type Connection, openConnection, type Sent, StoreFailure } from './connection.ts'

/** The facts of an object, as the server's headers have them. */
export interface S3Object {
  /** Bytes. */
  size: number
  /** Without quotation marks; the MD5 of the bytes in hex unless they were uploaded in parts. */
  etag: string
  /** Ms since the epoch. */
  modifiedAt: number
  /** As S3 calls it; null for the usual class. */
  storageClass: string | null
}

/** An answer to the request for the bytes of an object; `same` when the server still has those of the ETag that was sent. */
type S3Bytes =
  | { found: 'object'; object: S3Object; bytes: AsyncIterable<Uint8Array>; discard(): void }
  | { found: 'same' | 'no bucket' | 'no object' }

/** The bytes of an upload; `end` is exclusive. */
export type ReadPart = (start: number, end: number) => AsyncIterable<Uint8Array>

/** The calls of an S3-compatible server that an emulator makes. Each throws a StoreFailure when the server does not carry it out. */
export interface S3Client {
  /** Checks that an S3 server answers and knows the keys. */
  check(): Promise<void>
  hasBucket(bucket: string): Promise<boolean>
  head(bucket: string, key: string): Promise<S3Object | undefined>
  get(bucket: string, key: string, etag?: string): Promise<S3Bytes>
  /** Uploads `size` bytes as they are read. The object appears when all have arrived, in place of an earlier one. */
  put(bucket: string, key: string, size: number, read: ReadPart): Promise<void>
  /** Ends all requests under way; they throw CutOff. */
  close(): void
}

/** Limits of a client, which tests shorten. */
interface S3Limits {
  /** Real ms without a byte in either direction, after which a request is given up. */
  silenceMs?: number
  /** Largest upload in one request, and the size of the parts of a larger one, bytes. */
  largestPut?: number
  partSize?: number
}

const SILENCE_MS = 30_000
const GIB = 2 ** 30
/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html 5 GiB in one request, 10,000 parts of 5 MiB or more. */
const LARGEST_PUT = 5 * GIB
const PART_SIZE = GIB

/** Errors of keys that may not list all buckets, but may be allowed to use some. */
const NOT_ALLOWED: ReadonlySet<string | undefined> = new Set(['AccessDenied', 'AllAccessDisabled'])

/** Opens a client for a server, with path-style addresses and signatures of version 4. */
export function openS3Client(
  address: StoreAddress,
  { silenceMs = SILENCE_MS, largestPut = LARGEST_PUT, partSize = PART_SIZE }: S3Limits = {},
): S3Client {
  const { endpoint } = address
  const connection = openConnection(address, silenceMs)
  const { call, bytesOf, textOf, refusalOf } = connection
  return {
    async check() {
      const response = await call('GET', '/')
      if (response.statusCode === 200) {
        if ((await textOf(response)).includes('ListAllMyBucketsResult')) return
        throw new StoreFailure(`the server at ${endpoint} is no object store that speaks S3`)
      }
      const { code, failure } = await refusalOf(response, 'GET /')
      if (!NOT_ALLOWED.has(code)) throw failure
    },
    async hasBucket(bucket) {
      const path = pathOf(bucket)
      if (path === undefined) return false
      const response = await call('HEAD', path)
      const { statusCode } = response
      const { failure } = await refusalOf(response, `HEAD ${path}`)
      if (statusCode === 200) return true
      if (statusCode === 404 || statusCode === 400) return false
      throw failure
    },
    async head(bucket, key) {
      const path = pathOf(bucket, key)
      if (path === undefined) return undefined
      const response = await call('HEAD', path)
      const { statusCode } = response
      const { failure } = await refusalOf(response, `HEAD ${path}`)
      if (statusCode === 200) return objectOf(response)
      if (statusCode === 404) return undefined
      throw failure
    },
    async get(bucket, key, etag) {
      const path = pathOf(bucket, key)
      if (path === undefined) return { found: pathOf(bucket) === undefined ? 'no bucket' : 'no object' }
      const headers = etag === undefined ? {} : { 'If-None-Match': `"${etag}"` }
      const response = await call('GET', path, { headers })
      if (response.statusCode === 200) {
        const discard = () => void response.destroy()
        return { found: 'object', object: objectOf(response), bytes: bytesOf(response), discard }
      }
      const { status, code, failure } = await refusalOf(response, `GET ${path}`)
      if (status === 304) return { found: 'same' }
      if (code === 'NoSuchBucket' || code === 'InvalidBucketName') return { found: 'no bucket' }
      if (status === 404) return { found: 'no object' }
      throw failure
    },
    async put(bucket, key, size, read) {
      const path = pathOf(bucket, key)
      if (path === undefined) throw new StoreFailure('no object store takes . or .. as a part of a key')
      if (size > largestPut) await putInParts(connection, { path, size, read, partSize })
      else await carryOut(connection, 'PUT', path, { size, body: read(0, size), headers: OCTETS })
    },
    close: connection.close,
  }
}

const OCTETS = { 'Content-Type': 'application/octet-stream' }

/** Makes a call whose answer has the status 200 and, perhaps, a short text. @throws StoreFailure */
async function carryOut(
  { call, textOf, refusalOf }: Connection,
  method: string,
  path: string,
  sent?: Sent,
): Promise<{ text: string; etag: string }> {
  const response = await call(method, path, sent)
  if (response.statusCode !== 200)
    throw (await refusalOf(response, `${method} ${path.replace(/\?.*/, '')}`)).failure
  return { text: await textOf(response), etag: response.headers.etag ?? '' }
}

interface LargeUpload {
  path: string
  size: number
  read: ReadPart
  partSize: number
}

/** Uploads an object in parts, one after the other. A failure removes the parts that have arrived. */
async function putInParts(
  connection: Connection,
  { path, size, read, partSize }: LargeUpload,
): Promise<void> {
  const begun = await carryOut(connection, 'POST', `${path}?uploads=`, { headers: OCTETS })
  const id = /<UploadId>([^<]+)<\/UploadId>/.exec(begun.text)?.[1]
  if (id === undefined) throw new StoreFailure(`the object store named no upload of ${path}`)
  const upload = `uploadId=${encodeURIComponent(unescaped(id))}`
  try {
    const parts: string[] = []
    for (let start = 0; start < size; start += partSize) {
      const end = Math.min(start + partSize, size)
      const number = parts.length + 1
      const sent = { size: end - start, body: read(start, end) }
      const { etag } = await carryOut(connection, 'PUT', `${path}?partNumber=${number}&${upload}`, sent)
      parts.push(`<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`)
    }
    const list = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`)
    const joined = await carryOut(connection, 'POST', `${path}?${upload}`, {
      size: list.length,
      body: [list],
    })
    // The status is sent before the parts are joined, so an error may come after it.
    if (joined.text.includes('<Error>'))
      throw new StoreFailure(`the object store could not join the parts of ${path}`)
  } catch (error) {
    await connection.call('DELETE', `${path}?${upload}`).then(
      (response) => response.resume(),
      () => {},
    )
    throw error
  }
}

/**
 * The path of a bucket or of an object; undefined for a name that a URL cannot hold: `..` would lead out of the bucket, so no
 * request is made for it.
 */
function pathOf(bucket: string, key?: string): string | undefined {
  const parts = key === undefined ? [bucket] : [bucket, ...key.split('/')]
  if (bucket === '' || key === '' || parts.some((part) => part === '.' || part === '..')) return undefined
  if (!parts.every((part) => part.isWellFormed())) return undefined
  return `/${parts.map(encoded).join('/')}`
}

/** Encodes a part of a path as signatures do, so that servers need not encode it again. */
function encoded(part: string): string {
  return encodeURIComponent(part).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function objectOf({ headers }: IncomingMessage): S3Object {
  const storageClass = headers['x-amz-storage-class']
  return {
    size: Number(headers['content-length'] ?? 0),
    etag: (headers.etag ?? '').replace(/^W\/|"/g, ''),
    modifiedAt: parseHttpDate(headers['last-modified'] ?? '') ?? 0,
    storageClass: typeof storageClass === 'string' ? storageClass : null,
  }
}

/** Replaces the entities of XML. */
function unescaped(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
