import { type BoundedFile, refuse } from './bounded-file.ts'
import { believableSize, type FormatReader } from './format.ts'
import type { DiskTables, PieceReader } from './guest/tables.ts'

// Huawei's ZVHD and ZVHD2 have no public description. Files under these names are a container of this emulator; all numbers have
// the most significant byte first:
//
//   header   512 bytes: "IMSZVHD\0", version (4 bytes: 1 ZVHD, 2 ZVHD2), block size (4), size of the disk (8), zeros
//   record   16 bytes for each block that is not all zeros, in the order of the disk: number of the block (8), length of its
//            bytes in the file (4), kind (4: 1 plain, 2 a Zstandard frame); its bytes follow
//   end      a record with the number of records before it, length 0 and kind 0; nothing follows
//
// The last block is filled up with zeros to a whole one.

export type ZvhdFormat = 'zvhd' | 'zvhd2'

export const MAGIC = 'IMSZVHD\0'
export const HEADER_LENGTH = 512
export const RECORD_LENGTH = 16
export const VERSION: Readonly<Record<ZvhdFormat, number>> = { zvhd: 1, zvhd2: 2 }
/** Blocks of ZVHD are those of VHD; ZVHD2, which is read while it is loaded, has smaller ones. */
export const BLOCK_SIZE: Readonly<Record<ZvhdFormat, number>> = { zvhd: 2 * 2 ** 20, zvhd2: 256 * 1024 }
export const KIND = { end: 0, plain: 1, zstd: 2 } as const

/** Records between two batches of pieces. */
const BATCH = 256
const NAME = 'ZVHD header'

/** Reads the container of this emulator under the names of both formats. */
export const zvhd: FormatReader = {
  recognises: ({ head }) => head.matches(0, MAGIC),

  read(file) {
    const header = file.section(0, HEADER_LENGTH, NAME)
    const version = header.u32be(8)
    if (version !== VERSION.zvhd && version !== VERSION.zvhd2) {
      refuse(`The ZVHD header has version ${version}, which is not 1 or 2.`)
    }
    const format = version === VERSION.zvhd ? 'zvhd' : 'zvhd2'
    const blockSize = header.u32be(12)
    if (blockSize !== BLOCK_SIZE[format]) {
      refuse(`The ZVHD header has blocks of ${blockSize} bytes, which cannot be.`)
    }
    const virtualSize = believableSize(header.u64be(16, 'disk size'), NAME)
    checkEnd(file)
    return {
      image: { format, version, virtualSize, encrypted: false, backingFile: null },
      pieces: zvhdPieces({ virtualSize, blockSize }),
    }
  },
}

function checkEnd(file: BoundedFile): void {
  const start = file.size - RECORD_LENGTH
  const end = start < HEADER_LENGTH ? undefined : file.section(start, RECORD_LENGTH, 'ZVHD end')
  if (!end?.filled(8, 8, 0)) refuse('The ZVHD file ends without its last record: it is not complete.')
}

function zvhdPieces(layout: { virtualSize: number; blockSize: number }): PieceReader {
  return async function* (tables) {
    const { pieces, fileSize } = tables
    let at = HEADER_LENGTH
    for (let records = 0; ; records++) {
      const next = await addRecord(tables, layout, at, records)
      if (next === undefined) break
      at = next
      if (records % BATCH === 0) yield pieces.take()
    }
    if (at + RECORD_LENGTH !== fileSize) refuse('The ZVHD file goes on behind its last record.')
    yield pieces.take()
  }
}

/** Adds the block of the record at `at`; returns the place of the next record, and undefined for the end. */
async function addRecord(
  tables: DiskTables,
  { virtualSize, blockSize }: { virtualSize: number; blockSize: number },
  at: number,
  before: number,
): Promise<number | undefined> {
  const { pieces } = tables
  const record = await tables.section(at, RECORD_LENGTH, 'ZVHD record')
  const index = record.u64be(0, 'number')
  const length = record.u32be(8)
  const kind = record.u32be(12)
  if (kind === KIND.end) {
    if (index !== before || length !== 0) refuse('The ZVHD file lacks some of its records.')
    return undefined
  }
  const start = index * blockSize
  if (start < pieces.covered || start >= virtualSize) refuse('The ZVHD file has a block at a wrong place.')
  if (start > pieces.covered) pieces.zero(start - pieces.covered)
  const data = at + RECORD_LENGTH
  if (kind === KIND.plain && length === blockSize) pieces.plain(data, length)
  else if (kind === KIND.zstd && length > 0 && length < blockSize) {
    pieces.packed('zstd', data, length, blockSize)
  } else refuse(`The ZVHD file has a block of kind ${kind} with ${length} bytes, which cannot be.`)
  return data + length
}
