/** Castagnoli's polynomial, bits reversed: what VHDX (and iSCSI, ext4, btrfs) use. */
const POLYNOMIAL = 0x82f63b78

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1
  return rest
})

/** CRC-32C of `bytes`, with the four bytes at `place`, where the sum itself stands, taken as zero. */
export function crc32c(bytes: Uint8Array, place: number): number {
  let rest = 0xffffffff
  for (let at = 0; at < bytes.length; at++) {
    const counted = at >= place && at < place + 4 ? 0 : (bytes[at] ?? 0)
    rest = (rest >>> 8) ^ (TABLE[(rest ^ counted) & 0xff] ?? 0)
  }
  return ~rest >>> 0
}
