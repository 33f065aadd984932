import { refuse } from './bounded-file.ts'
import { backingNameAt, believableSize, type FormatReader, isPowerOfTwo } from './format.ts'
import { qedPieces } from './guest/qed-pieces.ts'

// The layout is QEMU's docs/interop/qed_spec.txt; all numbers have the least significant byte first.
const NAME = 'QED header'
const LENGTH = 64

const HAS_BACKING_FILE = 1
/** Backing file, "tables need a check", backing file is raw: the disk is readable with each of them. */
const KNOWN_FEATURES = 7

/** Reads QEMU enhanced disks. */
export const qed: FormatReader = {
  recognises: ({ head }) => head.matches(0, 'QED\0'),

  read(file) {
    const header = file.section(0, LENGTH, NAME)
    const clusterSize = header.u32le(4)
    if (!isPowerOfTwo(clusterSize) || clusterSize < 2 ** 12 || clusterSize > 2 ** 26) {
      refuse(`The QED header has clusters of ${clusterSize} bytes, which cannot be.`)
    }
    const tableClusters = header.u32le(8)
    if (!isPowerOfTwo(tableClusters) || tableClusters > 16) {
      refuse(`The QED header has tables of ${tableClusters} clusters, which is not 1, 2, 4, 8 or 16.`)
    }
    const headerLength = header.u32le(12) * clusterSize
    if (headerLength === 0 || !file.holds(0, headerLength)) {
      refuse(`The QED header gives its own length as ${headerLength} bytes, which cannot be.`)
    }
    const features = header.u32le(16)
    if (header.u32le(20) !== 0 || (features & ~KNOWN_FEATURES) !== 0) {
      refuse('The QED header asks for features that are not known.')
    }
    const tableLength = tableClusters * clusterSize
    const l1Offset = header.u64le(40, 'L1 table offset')
    if (l1Offset % clusterSize !== 0 || l1Offset < headerLength || !file.holds(l1Offset, tableLength)) {
      refuse('The QED header has an L1 table that is not inside the file.')
    }
    const virtualSize = believableSize(header.u64le(48, 'disk size'), NAME)
    if (virtualSize % 512 !== 0)
      refuse(`The QED header has a disk of ${virtualSize} bytes, not whole sectors.`)
    if (virtualSize > (tableLength / 8) ** 2 * clusterSize) {
      refuse('The QED header has a disk larger than its tables can map.')
    }
    const place = { offset: header.u32le(56), length: header.u32le(60), end: headerLength }
    const backingFile = features & HAS_BACKING_FILE ? backingNameAt(file, NAME, place) : null
    return {
      image: { format: 'qed', version: null, virtualSize, encrypted: false, backingFile },
      pieces: qedPieces({ virtualSize, clusterSize, tableLength, l1Offset }),
    }
  },
}
