import { type BoundedFile, type HeaderBytes, refuse } from './bounded-file.ts'
import { backingNameAt, believableSize, type FormatReader, unitsFor } from './format.ts'
import { qcow2Pieces, qcowPieces } from './guest/qcow2-pieces.ts'

// The layout is QEMU's docs/interop/qcow2.txt; all numbers have the most significant byte first.
const NAME = 'qcow2 header'
const V2_LENGTH = 72
const V3_LENGTH = 104

/** QEMU's own limits on the two tables: 32 MiB of L1 entries, 8 MiB of refcount table. */
const LARGEST_L1 = 32 * 2 ** 20
const LARGEST_REFCOUNT_TABLE = 8 * 2 ** 20

const CORRUPT = 1 << 1
const EXTERNAL_DATA = 1 << 2
const COMPRESSION_TYPE = 1 << 3
const EXTENDED_L2 = 1 << 4
/** Bits 0 to 4. Dirty (bit 0) only means that reference counts need a repair: the disk is complete. */
const KNOWN_FEATURES = 0x1f

/** Reads qcow2 in both versions: 2 (`compat=0.10`) and 3. */
export const qcow2: FormatReader = {
  recognises: ({ head }) => head.matches(0, 'QFI\xfb') && !head.matches(4, '\0\0\0\x01'),

  read(file) {
    const start = file.section(0, V2_LENGTH, NAME)
    const version = start.u32be(4)
    if (version !== 2 && version !== 3)
      refuse(`The qcow2 header has version ${version}, which is not 2 or 3.`)
    const clusterBits = start.u32be(20)
    if (clusterBits < 9 || clusterBits > 21) {
      refuse(`The qcow2 header has ${clusterBits} cluster bits, which is not in 9 to 21.`)
    }
    const clusterSize = 2 ** clusterBits
    const { features, compression } = version === 3 ? readFeatures(file, clusterSize) : VERSION_2
    const virtualSize = believableSize(start.u64be(24, 'disk size'), NAME)
    const extended = (features & EXTENDED_L2) !== 0
    checkL1Table(file, start, { virtualSize, clusterSize, extended })
    checkRefcountTable(file, start, clusterSize)
    checkSnapshots(file, start)
    const encryption = start.u32be(32)
    if (encryption > 2) refuse(`The qcow2 header has encryption method ${encryption}, which does not exist.`)
    const offset = start.u64be(8, 'backing file offset')
    const length = start.u32be(16)
    const backingFile = offset === 0 ? null : backingNameAt(file, NAME, { offset, length, end: clusterSize })
    const l1Offset = start.u64be(40, 'L1 table offset')
    return {
      image: { format: 'qcow2', version, virtualSize, encrypted: encryption !== 0, backingFile },
      pieces: qcow2Pieces({ version, virtualSize, clusterBits, l1Offset, extended, compression }),
    }
  },
}

/** What decides how the tables and clusters of a file are read. */
interface Features {
  features: number
  compression: 'deflate' | 'zstd'
}

/** Version 2 has no field for features. */
const VERSION_2: Features = { features: 0, compression: 'deflate' }

/** Reads the incompatible features of version 3; refuses those that are unknown or make the disk unreadable. */
function readFeatures(file: BoundedFile, clusterSize: number): Features {
  const header = file.section(0, V3_LENGTH, NAME)
  const length = header.u32be(100)
  if (length < V3_LENGTH || length % 8 !== 0 || length > clusterSize || !file.holds(0, length)) {
    refuse(`The qcow2 header gives its own length as ${length} bytes, which cannot be.`)
  }
  const features = header.u32be(76)
  if (header.u32be(72) !== 0 || (features & ~KNOWN_FEATURES) !== 0) {
    refuse('The qcow2 header asks for features that are not known.')
  }
  if (features & CORRUPT) refuse('The qcow2 image is marked as corrupt.')
  if (features & EXTERNAL_DATA) refuse('The qcow2 image keeps its data in another file.')
  if (features & EXTENDED_L2 && clusterSize < 2 ** 14) {
    refuse('The qcow2 header asks for subclusters in clusters under 16 KiB.')
  }
  if (header.u32be(96) > 6)
    refuse(`The qcow2 header has refcount order ${header.u32be(96)}, which is over 6.`)
  const compression = readCompression(file, length, (features & COMPRESSION_TYPE) !== 0)
  return { features, compression }
}

/** 0 is deflate, the only one before the field existed; 1 is Zstandard and sets the feature bit. */
function readCompression(
  file: BoundedFile,
  headerLength: number,
  announced: boolean,
): Features['compression'] {
  const type = headerLength > V3_LENGTH ? file.section(V3_LENGTH, 1, NAME).u8(0) : 0
  if (type > 1) refuse(`The qcow2 header has compression type ${type}, which does not exist.`)
  if (announced !== (type !== 0))
    refuse('The qcow2 header contradicts itself on how clusters are compressed.')
  return type === 0 ? 'deflate' : 'zstd'
}

function checkL1Table(
  file: BoundedFile,
  header: HeaderBytes,
  disk: { virtualSize: number; clusterSize: number; extended: boolean },
): void {
  const entries = header.u32be(36)
  const offset = header.u64be(40, 'L1 table offset')
  const l2Entries = disk.clusterSize / (disk.extended ? 16 : 8)
  if (entries < unitsFor(disk.virtualSize, disk.clusterSize * l2Entries)) {
    refuse('The qcow2 header has an L1 table too small for its disk.')
  }
  if (entries * 8 > LARGEST_L1) refuse('The qcow2 header has an L1 table over 32 MiB.')
  if (offset === 0 || offset % disk.clusterSize !== 0 || !file.holds(offset, entries * 8)) {
    refuse('The qcow2 header has an L1 table that is not inside the file.')
  }
}

function checkRefcountTable(file: BoundedFile, header: HeaderBytes, clusterSize: number): void {
  const offset = header.u64be(48, 'refcount table offset')
  const length = header.u32be(56) * clusterSize
  if (length === 0 || length > LARGEST_REFCOUNT_TABLE) {
    refuse(`The qcow2 header has a refcount table of ${length} bytes, which cannot be.`)
  }
  if (offset === 0 || offset % clusterSize !== 0 || !file.holds(offset, length)) {
    refuse('The qcow2 header has a refcount table that is not inside the file.')
  }
}

/** A snapshot's entry has at least 40 bytes. */
function checkSnapshots(file: BoundedFile, header: HeaderBytes): void {
  const count = header.u32be(60)
  const offset = header.u64be(64, 'snapshot table offset')
  if (count > 65536) refuse(`The qcow2 header has ${count} snapshots, which is over 65536.`)
  if (count > 0 && !file.holds(offset, count * 40)) {
    refuse('The qcow2 header has a snapshot table that is not inside the file.')
  }
}

// The header of version 1 is that of QEMU's block/qcow.c; all numbers have the most significant byte first.
const V1_NAME = 'qcow header'
const V1_LENGTH = 48

/** Reads qcow version 1, the format before qcow2, with the same magic and another header. */
export const qcow: FormatReader = {
  recognises: ({ head }) => head.matches(0, 'QFI\xfb\0\0\0\x01'),

  read(file) {
    const header = file.section(0, V1_LENGTH, V1_NAME)
    const virtualSize = believableSize(header.u64be(24, 'disk size'), V1_NAME)
    const clusterBits = header.u8(32)
    if (clusterBits < 9 || clusterBits > 16) {
      refuse(`The qcow header has ${clusterBits} cluster bits, which is not in 9 to 16.`)
    }
    const l2Bits = header.u8(33)
    if (l2Bits < 6 || l2Bits > 13) refuse(`The qcow header has ${l2Bits} L2 bits, which is not in 6 to 13.`)
    const encryption = header.u32be(36)
    if (encryption > 1) refuse(`The qcow header has encryption method ${encryption}, which does not exist.`)
    const l1Offset = header.u64be(40, 'L1 table offset')
    const l1Entries = unitsFor(virtualSize, 2 ** (clusterBits + l2Bits))
    if (l1Offset < V1_LENGTH || !file.holds(l1Offset, l1Entries * 8)) {
      refuse('The qcow header has an L1 table that is not inside the file.')
    }
    const offset = header.u64be(8, 'backing file offset')
    const length = header.u32be(16)
    // QEMU writes the name before the L1 table, whose place nothing fixes: the end of the file is the only limit.
    const backingFile = offset === 0 ? null : backingNameAt(file, V1_NAME, { offset, length, end: file.size })
    return {
      image: { format: 'qcow', version: 1, virtualSize, encrypted: encryption === 1, backingFile },
      pieces: qcowPieces({ virtualSize, clusterBits, l2Bits, l1Offset }),
    }
  },
}
