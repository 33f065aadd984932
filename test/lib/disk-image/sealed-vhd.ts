import { be, patched } from './byte-sources.ts'

/** Corrects the checksum, at `start + place`, of the VHD structure at `start`. */
export function withChecksum(bytes: Uint8Array, start: number, length: number, place: number): Uint8Array {
  const sum = bytes
    .subarray(start, start + length)
    .reduce((total, byte, at) => (at >= place && at < place + 4 ? total : total + byte), 0)
  return patched(bytes, [start + place, be(4, ~sum >>> 0)])
}

/** Corrects both checksums of a dynamic VHD, whose footer is at the start with the header behind it. */
export function sealedVhd(bytes: Uint8Array): Uint8Array {
  return withChecksum(withChecksum(bytes, 0, 512, 64), 512, 1024, 36)
}
