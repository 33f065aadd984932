import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { LARGEST_READ, LARGEST_TOTAL } from '../../../src/lib/disk-image/bounded-file.ts'
import type { DiskFile } from '../../../src/lib/disk-image/byte-source.ts'
import { type Inspection, inspectDiskImage } from '../../../src/lib/disk-image/inspect.ts'

const FOLDER = new URL('../../../fixtures/disk-images/', import.meta.url)

/** Bytes that replace those of a file from `offset` on. */
export type Patch = readonly [offset: number, bytes: Uint8Array]

/** The bytes of a fixture, unpacked when it is committed as .gz. */
export function fixture(name: string): Uint8Array {
  const bytes = readFileSync(new URL(name, FOLDER))
  return new Uint8Array(name.endsWith('.gz') ? gunzipSync(bytes) : bytes)
}

/** A copy with other bytes in places; it grows where a patch reaches beyond the end. */
export function patched(bytes: Uint8Array, ...patches: Patch[]): Uint8Array {
  const end = Math.max(bytes.length, ...patches.map(([offset, patch]) => offset + patch.length))
  const copy = new Uint8Array(end)
  copy.set(bytes)
  for (const [offset, patch] of patches) copy.set(patch, offset)
  return copy
}

/** A number as `length` bytes, the most significant first (`be`) or last (`le`). */
export function be(length: 1 | 2 | 4 | 8, value: number | bigint): Uint8Array {
  return le(length, value).reverse()
}

export function le(length: 1 | 2 | 4 | 8, value: number | bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true)
  return bytes.slice(0, length)
}

/** Encodes one byte per character, for magics. */
export function latin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'))
}

export function utf16(text: string, order: 'be' | 'le'): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(text, 'utf16le'))
  if (order === 'be') for (let at = 0; at < bytes.length; at += 2) bytes.subarray(at, at + 2).reverse()
  return bytes
}

/** The longest single read of data: the packed bytes of the largest cluster. */
const LARGEST_DATA_READ = 4 * 2 ** 20

/** Reads of a source, in bytes. */
export interface Reads {
  largest: number
  total: number
}

/**
 * A source that throws, and so fails the test, on a read beyond its end or over the limits. Patches replace bytes without a
 * copy of the whole. With `has` below `size`, the source returns fewer bytes than its size promises.
 */
export function guardedSource(
  bytes: Uint8Array,
  options: { size?: number; has?: number; patches?: Patch[] } = {},
): DiskFile & { reads: Reads } {
  const size = options.size ?? bytes.length
  const has = options.has ?? size
  const reads: Reads = { largest: 0, total: 0 }
  const piece = (offset: number, length: number) =>
    overlaid(bytes.subarray(offset, Math.min(offset + length, has)), offset, options.patches ?? [])
  function checkInside(offset: number, length: number): void {
    const outside = !Number.isInteger(offset) || offset < 0 || length <= 0 || offset + length > size
    if (outside) throw new RangeError(`read of ${length} bytes at ${offset} in a file of ${size}`)
  }
  return {
    size,
    reads,
    read(offset, length) {
      reads.largest = Math.max(reads.largest, length)
      reads.total += length
      checkInside(offset, length)
      if (reads.largest > LARGEST_READ || reads.total > LARGEST_TOTAL) {
        throw new RangeError(`reads of ${reads.largest} bytes at most, ${reads.total} in total`)
      }
      return piece(offset, length)
    },
    async readInto(buffer, offset, length) {
      checkInside(offset, length)
      if (length > LARGEST_DATA_READ) throw new RangeError(`read of ${length} bytes`)
      const found = piece(offset, length)
      buffer.set(found)
      return found.length
    },
  }
}

function overlaid(piece: Uint8Array, start: number, patches: Patch[]): Uint8Array {
  const result = patches.length === 0 ? piece : piece.slice()
  for (const [offset, patch] of patches) {
    const from = Math.max(offset, start)
    const to = Math.min(offset + patch.length, start + result.length)
    if (from < to) result.set(patch.subarray(from - offset, to - offset), from - start)
  }
  return result
}

/** Inspects the bytes with the patches applied; fails on a read out of bounds. */
export function inspect(bytes: Uint8Array, ...patches: Patch[]): Inspection {
  return inspectDiskImage(guardedSource(patched(bytes, ...patches)))
}

export function refused(reason: string): Inspection {
  return { ok: false, reason }
}
