import type { BoundedFile } from './bounded-file.ts'
import { crc32c } from './crc32c.ts'
import type { FormatReader } from './format-reader.ts'
import type { HeaderBytes } from './header-bytes.ts'
import { believableSize, refuse, unitsFor } from './image.ts'
import { type Region, readMetadata, type VhdxMetadata } from './vhdx-metadata.ts'

// The layout is Microsoft's [MS-VHDX]; all numbers have the least significant byte first.
const KIB = 1024
const MIB = 1024 * KIB

const HEADER_PLACES = [64 * KIB, 128 * KIB]
const HEADER_LENGTH = 4 * KIB
const TABLE_PLACES = [192 * KIB, 256 * KIB]
const TABLE_LENGTH = 64 * KIB
const MOST_REGIONS = 2047

const BLOCK_TABLE = '2dc27766-f623-4200-9d64-115e9bfd4a08'
const METADATA = '8b7ca206-4790-4b9a-b8fe-575f050f886e'

/** Hyper-V disks. A log that was not replayed is left aside: it holds no change of the disk's size. */
export const vhdx: FormatReader = {
  recognises: ({ head }) => head.matches(0, 'vhdxfile'),

  read(file) {
    const header = firstSound(file, HEADER_PLACES, HEADER_LENGTH, 'head', 'header')
    if (header.u16le(66) !== 1) refuse(`The VHDX header has version ${header.u16le(66)}, which is not 1.`)
    const table = firstSound(file, TABLE_PLACES, TABLE_LENGTH, 'regi', 'region table')
    const regions = readRegions(file, table)
    const metadata = readMetadata(file, theRegion(regions, METADATA, 'metadata'))
    const virtualSize = believableSize(metadata.virtualSize, 'VHDX metadata')
    checkBlockTable(theRegion(regions, BLOCK_TABLE, 'block allocation table'), metadata)
    return { format: 'vhdx', version: 1, virtualSize, encrypted: false, backingFile: metadata.parent }
  },
}

/** Headers and region tables are kept twice, so that one survives a write that was cut short. */
function firstSound(
  file: BoundedFile,
  places: number[],
  length: number,
  magic: string,
  name: string,
): HeaderBytes {
  for (const place of places) {
    const piece = file.section(place, length, `VHDX ${name}`)
    if (piece.matches(0, magic) && piece.u32le(4) === crc32c(piece.bytes, 4)) return piece
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

function theRegion(regions: Map<string, Region>, id: string, name: string): Region {
  return regions.get(id) ?? refuse(`The VHDX region table has no region for the ${name}.`)
}

/** After each `chunk` of block entries stands one entry for a sector bitmap, which only children use. */
function checkBlockTable(table: Region, metadata: VhdxMetadata): void {
  const { virtualSize, blockSize, sectorSize, parent } = metadata
  const chunk = (2 ** 23 * sectorSize) / blockSize
  const blocks = unitsFor(virtualSize, blockSize)
  const entries =
    parent === null ? blocks + Math.floor((blocks - 1) / chunk) : unitsFor(blocks, chunk) * (chunk + 1)
  if (entries * 8 > table.length) refuse('The VHDX block allocation table is too small for its disk.')
}
