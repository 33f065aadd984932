import { refuse } from '../bounded-file.ts'
import type { GuestDisk } from '../guest/guest-disk.ts'
import { type BlockMap, mapBlocks, mappedBlocks } from './blocks.ts'
import { makeTable, padding } from './table.ts'

// The layout is VMware's "Virtual Disk Format 5.0", monolithicSparse: header, descriptor, two copies of the grain directory with
// its tables, and the grains.
const SECTOR = 512
const GRAIN = 64 * 1024
const TABLE_ENTRIES = 512
const TABLE_SECTORS = (TABLE_ENTRIES * 4) / SECTOR
const DESCRIPTOR_SECTORS = 20
/** Tests for changed line ends, and a second copy of the directory. */
const FLAGS = 3
/** Sectors that the 32 bits of a table's entry can name. */
const MOST_SECTORS = 2 ** 32

/** Writes a VMDK in one file, without the grains that are all zeros. A disk that is not whole sectors is filled up with zeros. */
export async function* writeVmdk(disk: GuestDisk): AsyncGenerator<Uint8Array> {
  const map = await mapBlocks(disk, GRAIN)
  const capacity = Math.ceil(disk.size / SECTOR)
  const tables = Math.max(1, Math.ceil(map.blocks / TABLE_ENTRIES))
  const directorySectors = Math.ceil((tables * 4) / SECTOR)
  const copySectors = directorySectors + tables * TABLE_SECTORS
  const redundant = 1 + DESCRIPTOR_SECTORS
  const directory = redundant + copySectors
  const grainSectors = GRAIN / SECTOR
  const overhead = Math.ceil((directory + copySectors) / grainSectors) * grainSectors
  if (overhead + map.stored * grainSectors > MOST_SECTORS)
    refuse('The disk has more than the 2 TiB of data that a VMDK holds.')
  yield makeHeader({ capacity, redundant, directory, overhead })
  yield makeDescriptor(capacity, map)
  for (const start of [redundant, directory]) {
    yield makeDirectory(start + directorySectors, tables)
    yield* makeTable(map, {
      width: 4,
      order: 'little-endian',
      entries: tables * TABLE_ENTRIES,
      stored: (rank) => overhead + rank * grainSectors,
    })
  }
  yield* padding((directory + copySectors) * SECTOR, GRAIN)
  yield* mappedBlocks(disk, map)
}

/** Places in the file, and the length of the disk, in sectors. */
interface Places {
  capacity: number
  redundant: number
  directory: number
  overhead: number
}

function makeHeader({ capacity, redundant, directory, overhead }: Places): Uint8Array {
  const header = Buffer.alloc(SECTOR)
  header.write('KDMV', 0)
  header.writeUInt32LE(1, 4)
  header.writeUInt32LE(FLAGS, 8)
  header.writeBigUInt64LE(BigInt(capacity), 12)
  header.writeBigUInt64LE(BigInt(GRAIN / SECTOR), 20)
  header.writeBigUInt64LE(1n, 28)
  header.writeBigUInt64LE(BigInt(DESCRIPTOR_SECTORS), 36)
  header.writeUInt32LE(TABLE_ENTRIES, 44)
  header.writeBigUInt64LE(BigInt(redundant), 48)
  header.writeBigUInt64LE(BigInt(directory), 56)
  header.writeBigUInt64LE(BigInt(overhead), 64)
  header.write('\n \r\n', 73)
  return header
}

function makeDescriptor(capacity: number, map: BlockMap): Uint8Array {
  const contentId = map.id().readUInt32BE(0) >>> 1
  const lines = [
    '# Disk DescriptorFile',
    'version=1',
    `CID=${contentId.toString(16).padStart(8, '0')}`,
    'parentCID=ffffffff',
    'createType="monolithicSparse"',
    '',
    '# Extent description',
    `RW ${capacity} SPARSE "disk.vmdk"`,
    '',
    '# The Disk Data Base',
    '#DDB',
    '',
    'ddb.virtualHWVersion = "4"',
    `ddb.geometry.cylinders = "${Math.min(Math.floor(capacity / 63 / 16), 16383)}"`,
    'ddb.geometry.heads = "16"',
    'ddb.geometry.sectors = "63"',
    'ddb.adapterType = "ide"',
    '',
  ]
  const descriptor = Buffer.alloc(DESCRIPTOR_SECTORS * SECTOR)
  descriptor.write(lines.join('\n'), 0)
  return descriptor
}

/** The tables follow their directory. */
function makeDirectory(firstTable: number, tables: number): Uint8Array {
  const directory = Buffer.alloc(Math.ceil((tables * 4) / SECTOR) * SECTOR)
  for (let table = 0; table < tables; table++) {
    directory.writeUInt32LE(firstTable + table * TABLE_SECTORS, table * 4)
  }
  return directory
}
