import { type BoundedFile, type HeaderBytes, refuse } from './bounded-file.ts'
import { believableSize, type FormatReader, isPowerOfTwo } from './format.ts'
import { vdiPieces } from './guest/block-pieces.ts'

// The layout is VirtualBox's VDICore.h; all numbers have the least significant byte first.
const NAME = 'VDI header'
const LENGTH = 512
/** Bytes of text, signature and version before the part whose length the header gives. */
const PREAMBLE = 72
const SHORTEST_HEADER = 384

const DYNAMIC = 1
const STATIC = 2
const DIFFERENCING = 4

/** Reads VirtualBox disks. */
export const vdi: FormatReader = {
  recognises: ({ head }) => head.matches(64, '\x7f\x10\xda\xbe'),

  read(file) {
    const header = file.section(0, LENGTH, NAME)
    if (header.u32le(68) !== 0x00010001) {
      refuse(`The VDI header has version ${header.u16le(70)}.${header.u16le(68)}, which is not 1.1.`)
    }
    const type = header.u32le(76)
    if (type !== DYNAMIC && type !== STATIC && type !== DIFFERENCING) {
      refuse(`The VDI header has image type ${type}, which is not 1, 2 or 4.`)
    }
    if (header.u32le(360) !== 512)
      refuse(`The VDI header has sectors of ${header.u32le(360)} bytes, not 512.`)
    const virtualSize = believableSize(header.u64le(368, 'disk size'), NAME)
    const dataEnd = checkBlocks(file, header, virtualSize)
    if (type === STATIC && dataEnd > file.size) {
      refuse('The VDI header describes a static disk larger than the file.')
    }
    const backingFile = type === DIFFERENCING ? parentOf(header) : null
    return {
      image: { format: 'vdi', version: 1, virtualSize, encrypted: false, backingFile },
      pieces: vdiPieces({
        virtualSize,
        blockSize: header.u32le(376),
        tableOffset: header.u32le(340),
        dataOffset: header.u32le(344),
      }),
    }
  },
}

/** Checks that header, block map and data follow each other in the file; returns the place where allocated blocks end. */
function checkBlocks(file: BoundedFile, header: HeaderBytes, virtualSize: number): number {
  const headerLength = header.u32le(72)
  const mapOffset = header.u32le(340)
  const dataOffset = header.u32le(344)
  const blockSize = header.u32le(376)
  const blocks = header.u32le(384)
  const allocated = header.u32le(388)
  if (headerLength < SHORTEST_HEADER || PREAMBLE + headerLength > mapOffset) {
    refuse(`The VDI header gives its own length as ${headerLength} bytes, which cannot be.`)
  }
  if (!isPowerOfTwo(blockSize) || blockSize < 512) {
    refuse(`The VDI header has blocks of ${blockSize} bytes, which cannot be.`)
  }
  if (blocks * blockSize < virtualSize) refuse('The VDI header has a block map too small for its disk.')
  if (allocated > blocks) refuse(`The VDI header has ${allocated} of ${blocks} blocks in use.`)
  if (mapOffset + blocks * 4 > dataOffset || !file.holds(dataOffset, 0)) {
    refuse('The VDI header has a block map that is not inside the file before the data.')
  }
  return dataOffset + allocated * blockSize
}

/** A child has only the id of its parent; VirtualBox stores the path elsewhere. */
function parentOf(header: HeaderBytes): string {
  if (header.filled(440, 16, 0)) refuse('The VDI disk has a parent, but its header does not name it.')
  return `parent {${header.guid(440)}}`
}
