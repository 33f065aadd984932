import { refuse } from '../bounded-file.ts'
import type { GuestDisk } from '../guest/guest-disk.ts'
import { type BlockMap, mapBlocks, mappedBlocks } from './blocks.ts'
import { makeTable } from './table.ts'

// The layout is Microsoft's "Virtual Hard Disk Image Format Specification" 1.0: a copy of the footer, the header of a dynamic
// disk, the block allocation table, the blocks with a bitmap of their sectors in front of each, and the footer.
const SECTOR = 512
const HEADER_LENGTH = 1024
const TABLE_OFFSET = SECTOR + HEADER_LENGTH
const BLOCK = 2 * 2 ** 20
const BITMAP = BLOCK / SECTOR / 8
const VERSION_1_0 = 0x00010000
const DYNAMIC = 3
const UNUSED = 0xffffffff
/** 0xff000000 sectors: what the block allocation table can address. */
const LARGEST_VHD = 0xff000000 * SECTOR

/** Writes a dynamic VHD, without the blocks that are all zeros. A disk that is not whole sectors is filled up with zeros. */
export async function* writeVhd(disk: GuestDisk): AsyncGenerator<Uint8Array> {
  const size = Math.ceil(disk.size / SECTOR) * SECTOR
  if (size > LARGEST_VHD) refuse('The disk is larger than the 2040 GiB that a VHD holds.')
  const map = await mapBlocks(disk, BLOCK)
  const footer = makeFooter(size, map)
  yield footer
  yield makeHeader(map)
  const entries = Math.ceil((map.blocks * 4) / SECTOR) * (SECTOR / 4)
  const firstBlock = (TABLE_OFFSET + entries * 4) / SECTOR
  const stored = (rank: number) => firstBlock + (rank * (BITMAP + BLOCK)) / SECTOR
  yield* makeTable(map, { width: 4, order: 'big-endian', entries, stored, absent: UNUSED })
  const bitmap = new Uint8Array(BITMAP).fill(0xff)
  for await (const block of mappedBlocks(disk, map)) {
    yield bitmap
    yield block
  }
  yield footer
}

function makeFooter(size: number, map: BlockMap): Uint8Array {
  const footer = Buffer.alloc(SECTOR)
  const { cylinders, heads, sectors } = geometryOf(size / SECTOR)
  footer.write('conectix', 0)
  footer.writeUInt32BE(2, 8)
  footer.writeUInt32BE(VERSION_1_0, 12)
  footer.writeBigUInt64BE(BigInt(SECTOR), 16)
  // Readers take the size from the field, not from the geometry, of disks by this creator.
  footer.write('win ', 28)
  footer.writeUInt32BE(0x00060001, 32)
  footer.write('Wi2k', 36)
  footer.writeBigUInt64BE(BigInt(size), 40)
  footer.writeBigUInt64BE(BigInt(size), 48)
  footer.writeUInt16BE(cylinders, 56)
  footer.writeUInt8(heads, 58)
  footer.writeUInt8(sectors, 59)
  footer.writeUInt32BE(DYNAMIC, 60)
  map.id().copy(footer, 68)
  return withChecksum(footer, 64)
}

function makeHeader(map: BlockMap): Uint8Array {
  const header = Buffer.alloc(HEADER_LENGTH)
  header.write('cxsparse', 0)
  header.fill(0xff, 8, 16)
  header.writeBigUInt64BE(BigInt(TABLE_OFFSET), 16)
  header.writeUInt32BE(VERSION_1_0, 24)
  header.writeUInt32BE(map.blocks, 28)
  header.writeUInt32BE(BLOCK, 32)
  return withChecksum(header, 36)
}

/** The checksum is the complement of the sum of all other bytes. */
function withChecksum(piece: Buffer, place: number): Uint8Array {
  const sum = piece.reduce((total, byte) => total + byte, 0)
  piece.writeUInt32BE(~sum >>> 0, place)
  return piece
}

/** Computes cylinders, heads and sectors as the appendix of the specification does. */
function geometryOf(total: number): { cylinders: number; heads: number; sectors: number } {
  const all = Math.min(total, 65535 * 16 * 255)
  if (all >= 65535 * 16 * 63) return { cylinders: Math.floor(all / 255 / 16), heads: 16, sectors: 255 }
  let sectors = 17
  let tracks = Math.floor(all / sectors)
  let heads = Math.max(4, Math.floor((tracks + 1023) / 1024))
  if (tracks >= heads * 1024 || heads > 16) {
    sectors = 31
    heads = 16
    tracks = Math.floor(all / sectors)
  }
  if (tracks >= heads * 1024) {
    sectors = 63
    heads = 16
    tracks = Math.floor(all / sectors)
  }
  return { cylinders: Math.floor(tracks / heads), heads, sectors }
}
