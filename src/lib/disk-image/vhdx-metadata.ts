import { believableName } from './backing-name.ts'
import type { BoundedFile } from './bounded-file.ts'
import type { HeaderBytes } from './header-bytes.ts'
import { isPowerOfTwo, refuse } from './image.ts'

const NAME = 'VHDX metadata table'
const KIB = 1024
const MIB = 1024 * KIB

/** The table takes the first 64 KiB of its region; the items it lists follow. */
const TABLE_LENGTH = 64 * KIB
const ENTRY_LENGTH = 32
const MOST_ENTRIES = 2047
/** Longer than any locator seen: six paths of a few hundred characters. */
const LONGEST_LOCATOR = 32 * KIB

const FILE_PARAMETERS = 'caa16737-fa36-4d43-b3b6-33f0aa44e76b'
const DISK_SIZE = '2fa54224-cd1b-4876-b211-5dbed83bf4b8'
const LOGICAL_SECTOR_SIZE = '8141bf1d-a96f-4709-ba47-f233a8faab5f'
const PHYSICAL_SECTOR_SIZE = 'cda348c7-445d-4471-9cc9-e9885251c556'
const DISK_ID = 'beca12ab-b2e6-4523-93ef-c309e000c746'
const PARENT_LOCATOR = 'a8d35f2d-b30b-454d-abf7-d3d84834ab0c'
const KNOWN = [FILE_PARAMETERS, DISK_SIZE, LOGICAL_SECTOR_SIZE, PHYSICAL_SECTOR_SIZE, DISK_ID, PARENT_LOCATOR]

/** The only type of locator there is: key and value strings for a parent that is a VHDX too. */
const VHDX_LOCATOR = 'b04aefb7-d19e-4a81-b789-25b8e9445913'
/** Where a parent may be, in the order Microsoft's document says to look. */
const PATH_KEYS = ['relative_path', 'volume_path', 'absolute_win32_path']

const HAS_PARENT = 2
const USER_ITEM = 1
const REQUIRED_ITEM = 4

/** A part of the file that the region table lists, in bytes. */
export interface Region {
  offset: number
  length: number
}

/** What the metadata region says of the disk; sizes in bytes. */
export interface VhdxMetadata {
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

/** Reads the metadata region, of which only the table and the items in use are looked at. */
export function readMetadata(file: BoundedFile, region: Region): VhdxMetadata {
  const items = readItems(file, region)
  const start = region.offset
  const read = (id: string, length: number, name: string): HeaderBytes => {
    const item = items.get(id)
    if (item?.length !== length) refuse(`The ${NAME} has no ${name} of ${length} bytes.`)
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
  const top = file.section(region.offset, ENTRY_LENGTH, NAME)
  if (!top.matches(0, 'metadata')) refuse('The VHDX file has no metadata table where its region table says.')
  const count = top.u16le(10)
  if (count > MOST_ENTRIES) refuse(`The ${NAME} has ${count} entries, which is over 2047.`)
  const table = file.section(region.offset + ENTRY_LENGTH, count * ENTRY_LENGTH, NAME)
  const items = new Map<string, Item>()
  for (let at = 0; at < table.length; at += ENTRY_LENGTH) {
    const id = table.guid(at)
    const flags = table.u32le(at + 24)
    if (flags & USER_ITEM || !KNOWN.includes(id)) {
      if (flags & REQUIRED_ITEM) refuse(`The VHDX file requires metadata {${id}}, which is not known.`)
      continue
    }
    if (items.has(id)) refuse(`The ${NAME} has item {${id}} twice.`)
    const item = { offset: table.u32le(at + 16), length: table.u32le(at + 20) }
    if (item.offset < TABLE_LENGTH || item.offset + item.length > region.length) {
      refuse(`The ${NAME} has item {${id}} outside the part of its region that is for items.`)
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
