import { be, patched } from './byte-sources.ts'

/** The bytes with the checksum of the VHD structure at `start` (its own place is `place`) made right again. */
export function withChecksum(bytes: Uint8Array, start: number, length: number, place: number): Uint8Array {
  const sum = bytes
    .subarray(start, start + length)
    .reduce((total, byte, at) => (at >= place && at < place + 4 ? total : total + byte), 0)
  return patched(bytes, [start + place, be(4, ~sum >>> 0)])
}

/** A dynamic VHD, footer at its start and header behind it, with both checksums made right again. */
export function sealedVhd(bytes: Uint8Array): Uint8Array {
  return withChecksum(withChecksum(bytes, 0, 512, 64), 512, 1024, 36)
}
