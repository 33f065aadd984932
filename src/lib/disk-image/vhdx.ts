import { type BoundedFile, type HeaderBytes, refuse } from './bounded-file.ts'
import { believableName, believableSize, type FormatReader, isPowerOfTwo, unitsFor } from './format.ts'
import { vhdxPieces } from './guest/block-pieces.ts'

// The layout is Microsoft's [MS-VHDX]; all numbers have the least significant byte first.
const KIB = 1024
const MIB = 1024 * KIB

const HEADER_PLACES = [64 * KIB, 128 * KIB]
const HEADER_LENGTH = 4 * KIB
const TABLE_PLACES = [192 * KIB, 256 * KIB]
/** Length of the region table. The metadata table has the same, in its region before the items that it lists. */
const TABLE_LENGTH = 64 * KIB
const MOST_REGIONS = 2047

const BLOCK_TABLE = '2dc27766-f623-4200-9d64-115e9bfd4a08'
const METADATA = '8b7ca206-4790-4b9a-b8fe-575f050f886e'

/** Reads Hyper-V disks. A log that was not replayed cannot change the disk's size: only reading its bytes is refused. */
export const vhdx: FormatReader = {
  recognises: ({ head }) => head.matches(0, 'vhdxfile'),

  read(file) {
    const header = firstValidCopy(file, HEADER_PLACES, HEADER_LENGTH, 'head', 'header')
    if (header.u16le(66) !== 1) refuse(`The VHDX header has version ${header.u16le(66)}, which is not 1.`)
    const table = firstValidCopy(file, TABLE_PLACES, TABLE_LENGTH, 'regi', 'region table')
    const regions = readRegions(file, table)
    const metadata = readMetadata(file, requiredRegion(regions, METADATA, 'metadata'))
    const virtualSize = believableSize(metadata.virtualSize, 'VHDX metadata')
    const blockTable = requiredRegion(regions, BLOCK_TABLE, 'block allocation table')
    checkBlockTable(blockTable, metadata)
    const { blockSize, sectorSize, parent } = metadata
    return {
      image: { format: 'vhdx', version: 1, virtualSize, encrypted: false, backingFile: parent },
      pieces: vhdxPieces({
        virtualSize,
        blockSize,
        tableOffset: blockTable.offset,
        chunk: chunkOf(blockSize, sectorSize),
        hasLog: !newestHeader(file, header).filled(48, 16, 0),
      }),
    }
  },
}

/** Returns the valid header with the higher number: the two are written in turns. */
function newestHeader(file: BoundedFile, first: HeaderBytes): HeaderBytes {
  const second = file.section(HEADER_PLACES[1] ?? 0, HEADER_LENGTH, 'VHDX header')
  const isNewer = second.u64le(8, 'number') > first.u64le(8, 'number')
  return isNewer && isCopy(second, 'head') ? second : first
}

function isCopy(piece: HeaderBytes, magic: string): boolean {
  return piece.matches(0, magic) && piece.u32le(4) === crc32c(piece.bytes, 4)
}

/** Returns the first valid copy: headers and region tables are stored twice, so that one survives an interrupted write. */
function firstValidCopy(
  file: BoundedFile,
  places: number[],
  length: number,
  magic: string,
  name: string,
): HeaderBytes {
  for (const place of places) {
    const piece = file.section(place, length, `VHDX ${name}`)
    if (isCopy(piece, magic)) return piece
  }
  refuse(`The VHDX file has no ${name} with the right signature and checksum.`)
}

function readRegions(file: BoundedFile, table: HeaderBytes): Map<string, Region> {
  const count = table.u32le(8)
  if (count > MOST_REGIONS) refuse(`The VHDX region table has ${count} entries, which is over 2047.`)
  const regions = new Map<string, Region>()
  for (let at = 16; at < 16 + count * 32; at += 32) {
    const id = table.guid(at)
    const region = { offset: table.u64le(at + 16, 'region offset'), length: table.u32le(at + 24) }
    if (id !== BLOCK_TABLE && id !== METADATA) {
      if (table.u32le(at + 28) & 1) refuse(`The VHDX file requires region {${id}}, which is not known.`)
      continue
    }
    if (regions.has(id)) refuse(`The VHDX region table has region {${id}} twice.`)
    checkRegion(file, region)
    regions.set(id, region)
  }
  return regions
}

function checkRegion(file: BoundedFile, { offset, length }: Region): void {
  if (offset < MIB || offset % MIB !== 0 || length === 0 || length % MIB !== 0) {
    refuse('The VHDX region table has a region that is not made of whole MiB.')
  }
  if (!file.holds(offset, length)) refuse('The VHDX region table has a region that is not inside the file.')
}

function requiredRegion(regions: Map<string, Region>, id: string, name: string): Region {
  return regions.get(id) ?? refuse(`The VHDX region table has no region for the ${name}.`)
}

/** The number of block entries after which an entry for a sector bitmap follows. */
function chunkOf(blockSize: number, sectorSize: number): number {
  return (2 ** 23 * sectorSize) / blockSize
}

/** Each chunk of block entries is followed by one entry for a sector bitmap, which only disks with a parent use. */
function checkBlockTable(table: Region, metadata: VhdxMetadata): void {
  const { virtualSize, blockSize, sectorSize, parent } = metadata
  const chunk = chunkOf(blockSize, sectorSize)
  const blocks = unitsFor(virtualSize, blockSize)
  const entries =
    parent === null ? blocks + Math.floor((blocks - 1) / chunk) : unitsFor(blocks, chunk) * (chunk + 1)
  if (entries * 8 > table.length) refuse('The VHDX block allocation table is too small for its disk.')
}

const METADATA_NAME = 'VHDX metadata table'
const ENTRY_LENGTH = 32
const MOST_ENTRIES = 2047
/** Bytes of the longest locator; real ones have up to six paths of a few hundred characters. */
const LONGEST_LOCATOR = 32 * KIB

const FILE_PARAMETERS = 'caa16737-fa36-4d43-b3b6-33f0aa44e76b'
const DISK_SIZE = '2fa54224-cd1b-4876-b211-5dbed83bf4b8'
const LOGICAL_SECTOR_SIZE = '8141bf1d-a96f-4709-ba47-f233a8faab5f'
const PHYSICAL_SECTOR_SIZE = 'cda348c7-445d-4471-9cc9-e9885251c556'
const DISK_ID = 'beca12ab-b2e6-4523-93ef-c309e000c746'
const PARENT_LOCATOR = 'a8d35f2d-b30b-454d-abf7-d3d84834ab0c'
const KNOWN = [FILE_PARAMETERS, DISK_SIZE, LOGICAL_SECTOR_SIZE, PHYSICAL_SECTOR_SIZE, DISK_ID, PARENT_LOCATOR]

/** The only type of locator: key and value strings for a parent that is a VHDX too. */
const VHDX_LOCATOR = 'b04aefb7-d19e-4a81-b789-25b8e9445913'
/** Keys with the path of a parent, in the order in which Microsoft's document says to try them. */
const PATH_KEYS = ['relative_path', 'volume_path', 'absolute_win32_path']

const HAS_PARENT = 2
const USER_ITEM = 1
const REQUIRED_ITEM = 4

/** A part of the file that the region table lists; place and length in bytes. */
interface Region {
  offset: number
  length: number
}

/** The disk as the metadata region describes it; sizes in bytes. */
interface VhdxMetadata {
  blockSize: number
  sectorSize: number
  virtualSize: number
  parent: string | null
}

/** Place of an item, counted from the start of the region. */
interface Item {
  offset: number
  length: number
}

/** Reads the table of the metadata region and the items that describe the disk. */
function readMetadata(file: BoundedFile, region: Region): VhdxMetadata {
  const items = readItems(file, region)
  const start = region.offset
  const read = (id: string, length: number, name: string): HeaderBytes => {
    const item = items.get(id)
    if (item?.length !== length) refuse(`The ${METADATA_NAME} has no ${name} of ${length} bytes.`)
    return file.section(start + item.offset, length, `VHDX ${name}`)
  }
  const parameters = read(FILE_PARAMETERS, 8, 'file parameters')
  const blockSize = parameters.u32le(0)
  if (!isPowerOfTwo(blockSize) || blockSize < MIB || blockSize > 256 * MIB) {
    refuse(`The VHDX metadata has blocks of ${blockSize} bytes, which cannot be.`)
  }
  const sectorSize = read(LOGICAL_SECTOR_SIZE, 4, 'logical sector size').u32le(0)
  if (sectorSize !== 512 && sectorSize !== 4096) {
    refuse(`The VHDX metadata has sectors of ${sectorSize} bytes, which is not 512 or 4096.`)
  }
  const virtualSize = read(DISK_SIZE, 8, 'disk size').u64le(0, 'size')
  if (virtualSize % sectorSize !== 0) {
    refuse(`The VHDX metadata has a disk of ${virtualSize} bytes, not whole sectors.`)
  }
  const parent = parameters.u32le(4) & HAS_PARENT ? readParent(file, start, items.get(PARENT_LOCATOR)) : null
  return { blockSize, sectorSize, virtualSize, parent }
}

function readItems(file: BoundedFile, region: Region): Map<string, Item> {
  const top = file.section(region.offset, ENTRY_LENGTH, METADATA_NAME)
  if (!top.matches(0, 'metadata')) refuse('The VHDX file has no metadata table where its region table says.')
  const count = top.u16le(10)
  if (count > MOST_ENTRIES) refuse(`The ${METADATA_NAME} has ${count} entries, which is over 2047.`)
  const table = file.section(region.offset + ENTRY_LENGTH, count * ENTRY_LENGTH, METADATA_NAME)
  const items = new Map<string, Item>()
  for (let at = 0; at < table.length; at += ENTRY_LENGTH) {
    const id = table.guid(at)
    const flags = table.u32le(at + 24)
    if (flags & USER_ITEM || !KNOWN.includes(id)) {
      if (flags & REQUIRED_ITEM) refuse(`The VHDX file requires metadata {${id}}, which is not known.`)
      continue
    }
    if (items.has(id)) refuse(`The ${METADATA_NAME} has item {${id}} twice.`)
    const item = { offset: table.u32le(at + 16), length: table.u32le(at + 20) }
    if (item.offset < TABLE_LENGTH || item.offset + item.length > region.length) {
      refuse(`The ${METADATA_NAME} has item {${id}} outside the part of its region that is for items.`)
    }
    items.set(id, item)
  }
  return items
}

function readParent(file: BoundedFile, start: number, item: Item | undefined): string {
  if (!item) refuse('The VHDX disk has a parent, but no parent locator.')
  if (item.length < 20 || item.length > LONGEST_LOCATOR) {
    refuse(`The VHDX parent locator has ${item.length} bytes, which is not in 20 to 32768.`)
  }
  const locator = file.section(start + item.offset, item.length, 'VHDX parent locator')
  if (locator.guid(0) !== VHDX_LOCATOR) refuse('The VHDX parent locator is of a type that is not known.')
  const pairs = locator.within(20, locator.u16le(18) * 12, 'VHDX list of parent locations')
  const values = new Map<string, string>()
  for (let at = 0; at < pairs.length; at += 12) {
    const key = locator.within(pairs.u32le(at), pairs.u16le(at + 8), 'key of a VHDX parent location')
    const value = locator.within(pairs.u32le(at + 4), pairs.u16le(at + 10), 'VHDX parent location')
    values.set(key.utf16(0, key.length, 'little-endian'), value.utf16(0, value.length, 'little-endian'))
  }
  const path = PATH_KEYS.map((key) => values.get(key)).find((value) => value)
  return believableName(path, 'VHDX parent locator')
}

/** Castagnoli's polynomial, bits reversed, as VHDX (and iSCSI, ext4, btrfs) use it. */
const POLYNOMIAL = 0x82f63b78

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1
  return rest
})

/** Computes the CRC-32C of `bytes` with the four bytes at `place`, where the checksum itself is stored, taken as zero. */
export function crc32c(bytes: Uint8Array, place: number): number {
  let rest = 0xffffffff
  for (let at = 0; at < bytes.length; at++) {
    const counted = at >= place && at < place + 4 ? 0 : (bytes[at] ?? 0)
    rest = (rest >>> 8) ^ (TABLE[(rest ^ counted) & 0xff] ?? 0)
  }
  return ~rest >>> 0
}
