import { type BoundedFile, type HeaderBytes, refuse } from './bounded-file.ts'
import { believableName, believableSize, type FormatReader, isPowerOfTwo } from './format.ts'
import { vhdPieces } from './guest/block-pieces.ts'
import { flatPieces } from './guest/flat-pieces.ts'
import type { PieceReader } from './guest/tables.ts'

// The layout is Microsoft's "Virtual Hard Disk Image Format Specification" 1.0; all numbers have the
// most significant byte first.
const FOOTER = 'VHD footer'
const FOOTER_LENGTH = 512
const HEADER = 'VHD dynamic disk header'
const HEADER_LENGTH = 1024
const MAGIC = 'conectix'
const VERSION_1_0 = 0x00010000

const FIXED = 2
const DYNAMIC = 3
const DIFFERENCING = 4

/** 0xff000000 sectors, just under 2 TiB: what the block allocation table can address. */
const LARGEST_VHD = 0xff000000 * 512
/** Sectors of the largest geometry that the footer can hold; a disk with this geometry may be larger. */
const LARGEST_GEOMETRY = 65535 * 16 * 255

/** Reads Virtual PC, Hyper-V and Azure disks. A fixed one has only a footer; the others have a copy of it at the start. */
export const vhd: FormatReader = {
  recognises: (file) => file.head.matches(0, MAGIC) || lastSector(file)?.matches(0, MAGIC) === true,

  read(file) {
    const atStart = file.head.matches(0, MAGIC)
    const footer = atStart ? file.section(0, FOOTER_LENGTH, FOOTER) : lastSector(file)
    if (!footer) refuse('The file ends before the end of its VHD footer.')
    checkSum(footer, 64)
    if (footer.u32be(12) !== VERSION_1_0) refuse('The VHD footer is not of version 1.0.')
    const virtualSize = believableSize(visibleSize(footer), FOOTER)
    if (virtualSize > LARGEST_VHD) refuse('The VHD footer describes a disk larger than 2040 GiB.')
    const { backingFile, pieces } = readKind(file, footer, { atStart, virtualSize })
    return { image: { format: 'vhd', version: 1, virtualSize, encrypted: false, backingFile }, pieces }
  },
}

function lastSector(file: BoundedFile): HeaderBytes | undefined {
  if (file.size < FOOTER_LENGTH) return undefined
  return file.section(file.size - FOOTER_LENGTH, FOOTER_LENGTH, FOOTER)
}

/** Returns the footer's current size, or the size of the geometry for disks of Virtual PC and QEMU's default, as their guests see it. */
function visibleSize(footer: HeaderBytes): number {
  const currentSize = footer.u64be(48, 'current size')
  const byGeometry = footer.matches(28, 'vpc ') || footer.matches(28, 'qemu')
  const sectors = footer.u16be(56) * footer.u8(58) * footer.u8(59)
  return byGeometry && sectors > 0 && sectors !== LARGEST_GEOMETRY ? sectors * 512 : currentSize
}

/** Checks the structures of the disk's type; finds its bytes, and the parent of a differencing disk. */
function readKind(
  file: BoundedFile,
  footer: HeaderBytes,
  disk: { atStart: boolean; virtualSize: number },
): { backingFile: string | null; pieces: PieceReader } {
  const type = footer.u32be(60)
  if (type === FIXED && !disk.atStart) {
    if (!file.holds(disk.virtualSize, FOOTER_LENGTH)) {
      refuse('The VHD footer describes a fixed disk larger than the file.')
    }
    return { backingFile: null, pieces: flatPieces(0, disk.virtualSize) }
  }
  if ((type === DYNAMIC || type === DIFFERENCING) && disk.atStart) {
    const header = dynamicHeader(file, footer, disk.virtualSize)
    const isDifferencing = type === DIFFERENCING
    return {
      backingFile: isDifferencing ? believableName(header.utf16(64, 512, 'big-endian'), HEADER) : null,
      pieces: vhdPieces({
        virtualSize: disk.virtualSize,
        blockSize: header.u32be(32),
        tableOffset: header.u64be(16, 'table offset'),
      }),
    }
  }
  if (type === FIXED) refuse('The VHD footer is that of a fixed disk, but stands at the start of the file.')
  if (type === DYNAMIC || type === DIFFERENCING) {
    refuse('The VHD footer is that of a dynamic disk, but has no copy at the start of the file.')
  }
  refuse(`The VHD footer has disk type ${type}, which is not 2, 3 or 4.`)
}

function dynamicHeader(file: BoundedFile, footer: HeaderBytes, virtualSize: number): HeaderBytes {
  const header = file.section(footer.u64be(16, 'data offset'), HEADER_LENGTH, HEADER)
  if (!header.matches(0, 'cxsparse')) refuse('The VHD file has no dynamic disk header where its footer says.')
  checkSum(header, 36)
  if (header.u32be(24) !== VERSION_1_0) refuse('The VHD dynamic disk header is not of version 1.0.')
  const entries = header.u32be(28)
  const blockSize = header.u32be(32)
  if (!isPowerOfTwo(blockSize) || blockSize < 512) {
    refuse(`The VHD dynamic disk header has blocks of ${blockSize} bytes, which cannot be.`)
  }
  if (entries * blockSize < virtualSize) refuse('The VHD block allocation table is too small for its disk.')
  if (!file.holds(header.u64be(16, 'table offset'), entries * 4)) {
    refuse('The VHD block allocation table is not inside the file.')
  }
  return header
}

/** The checksum of both structures is the complement of the sum of all their other bytes. */
function checkSum(piece: HeaderBytes, place: number): void {
  const sum = piece.bytes.reduce(
    (total, byte, at) => (at >= place && at < place + 4 ? total : total + byte),
    0,
  )
  if (piece.u32be(place) !== ~sum >>> 0) refuse(`The checksum of the ${piece.name} does not match.`)
}
