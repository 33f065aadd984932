import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { obsError } from '../errors.ts'

/** A checksum that is computed while bytes pass. */
interface RunningSum {
  update(chunk: Uint8Array): void
  /** Base64. */
  value(): string
}

function hashSum(algorithm: string): () => RunningSum {
  return () => {
    const digest = createHash(algorithm)
    return { update: (chunk) => void digest.update(chunk), value: () => digest.digest('base64') }
  }
}

function bigEndian(value: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes.toString('base64')
}

function crc32Sum(): RunningSum {
  let sum = 0
  return {
    update(chunk) {
      sum = crc32(chunk, sum)
    },
    value: () => bigEndian(sum),
  }
}

/** The table of CRC-32C (Castagnoli), reflected polynomial 0x82F63B78. */
const CASTAGNOLI = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0x82f63b78 : sum >>> 1
  return sum
})

function crc32cSum(): RunningSum {
  let sum = 0xffffffff
  return {
    update(chunk) {
      for (const byte of chunk) sum = (CASTAGNOLI[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8)
    },
    value: () => bigEndian(sum ^ 0xffffffff),
  }
}

/** The checksums that SDKs of S3 send as `x-amz-checksum-…`, by the end of the header's name. CRC-64 is not checked. */
const SUMS: ReadonlyMap<string, () => RunningSum> = new Map([
  ['crc32', crc32Sum],
  ['crc32c', crc32cSum],
  ['sha1', hashSum('sha1')],
  ['sha256', hashSum('sha256')],
])

/** SHA-256 of no bytes. */
const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const CHECKSUM = 'x-amz-checksum-'

/** What the client says about the bytes that it sends. */
export interface Promised {
  /** Base64 of the MD5. */
  contentMd5: string | undefined
  /** Hex of the SHA-256; undefined when the payload is not signed. */
  sha256: string | undefined
  /** Values of `x-amz-checksum-…` by the end of the name. */
  checksums: ReadonlyMap<string, string>
  /** Checksums that follow the last chunk; their values are there when the body has been read. */
  trailers: ReadonlyMap<string, string>
  /** Names of the trailers, from `x-amz-trailer`. */
  expected: readonly string[]
}

/** Reads what the headers say about a body. @throws CodedRefusal InvalidDigest for an MD5 that is none. */
export function promisedBy(headers: Headers, trailers: ReadonlyMap<string, string>): Promised {
  const contentMd5 = headers.get('content-md5') ?? undefined
  if (contentMd5 !== undefined && !/^[A-Za-z0-9+/]{22}==$/.test(contentMd5)) throw obsError('InvalidDigest')
  const declared = headers.get('x-amz-content-sha256') ?? ''
  // The SDK of OBS for Java declares no bytes with every body; it is told by its date.
  const payload = declared === EMPTY_HASH && !headers.has('x-amz-date') ? '' : declared
  const checksums = new Map<string, string>()
  for (const [name, value] of headers)
    if (name.startsWith(CHECKSUM)) checksums.set(name.slice(CHECKSUM.length), value)
  return {
    contentMd5,
    sha256: /^[0-9a-f]{64}$/i.test(payload) ? payload.toLowerCase() : undefined,
    checksums,
    trailers,
    expected: (headers.get('x-amz-trailer') ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  }
}

/** True when a client sends a checksum of any kind with a body. */
export function hasChecksum({ contentMd5, checksums, expected }: Promised): boolean {
  return contentMd5 !== undefined || checksums.size > 0 || expected.some((name) => name.startsWith(CHECKSUM))
}

/**
 * Passes bytes on and checks them at the end against what the client has said about them.
 * @throws CodedRefusal BadDigest, XAmzContentSHA256Mismatch
 */
export async function* checked(
  bytes: AsyncIterable<Uint8Array>,
  { contentMd5, sha256, checksums, trailers, expected }: Promised,
): AsyncGenerator<Uint8Array> {
  const named = [...checksums.keys(), ...expected.map((name) => name.slice(CHECKSUM.length))]
  const sums = new Map<string, RunningSum>()
  for (const name of named) {
    const make = SUMS.get(name)
    if (make !== undefined) sums.set(name, make())
  }
  const md5 = contentMd5 === undefined ? undefined : createHash('md5')
  const sha = sha256 === undefined ? undefined : createHash('sha256')
  for await (const chunk of bytes) {
    md5?.update(chunk)
    sha?.update(chunk)
    for (const sum of sums.values()) sum.update(chunk)
    yield chunk
  }
  if (sha !== undefined && sha.digest('hex') !== sha256) throw obsError('XAmzContentSHA256Mismatch')
  if (md5 !== undefined && md5.digest('base64') !== contentMd5) throw obsError('BadDigest')
  for (const [name, sum] of sums) {
    const promised = checksums.get(name) ?? trailers.get(CHECKSUM + name)
    if (promised !== undefined && promised !== sum.value()) throw obsError('BadDigest', { checksum: name })
  }
}
