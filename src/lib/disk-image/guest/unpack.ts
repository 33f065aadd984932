import { constants, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { refuse } from '../bounded-file.ts'
import type { Packing } from './pieces.ts'

const ZSTD_MAGIC = 0xfd2fb528
/** The longest look back of a Zstandard frame, as a power of 2: 8 MiB, which is also what unpacking it takes in memory. */
const LONGEST_ZSTD_WINDOW = 23

/**
 * Unpacks one cluster. Bytes behind the packed ones are ignored: a table gives their room in sectors.
 * @param unit the most bytes that the cluster holds.
 * @throws HeaderRefused for bytes that cannot be unpacked, and for those that unpack to more than `unit`.
 */
export function unpack(packing: Packing, bytes: Uint8Array, unit: number): Uint8Array {
  try {
    const limit = { maxOutputLength: unit, chunkSize: unit }
    if (packing === 'deflate') return inflateRawSync(bytes, limit)
    if (packing === 'zlib') return inflateSync(bytes, limit)
    const frame = bytes.subarray(0, zstdFrameLength(bytes))
    return zstdDecompressSync(frame, {
      ...limit,
      params: { [constants.ZSTD_d_windowLogMax]: LONGEST_ZSTD_WINDOW },
    })
  } catch {
    refuse('The file has a compressed part that cannot be unpacked.')
  }
}

/** Computes the length of a Zstandard frame (RFC 8878), which no field gives: it is followed by whatever fills its sector. */
function zstdFrameLength(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0, true) !== ZSTD_MAGIC) throw new RangeError('no Zstandard frame')
  const descriptor = view.getUint8(4)
  const isSingleSegment = (descriptor & 0x20) !== 0
  const dictionaryId = [0, 1, 2, 4][descriptor & 3] ?? 0
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0
  let at = 5 + (isSingleSegment ? 0 : 1) + dictionaryId + contentSize
  for (let isLast = false; !isLast; ) {
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
    isLast = (header & 1) !== 0
    const isRun = ((header >> 1) & 3) === 1
    at += 3 + (isRun ? 1 : header >> 3)
  }
  const checksum = descriptor & 4 ? 4 : 0
  return at + checksum
}
