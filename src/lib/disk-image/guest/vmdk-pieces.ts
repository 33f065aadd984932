import { refuse } from '../bounded-file.ts'
import { LARGEST_PACKED_UNIT } from './pieces.ts'
import type { DiskTables, PieceReader } from './tables.ts'

/** What the header of a VMDK file says about its tables; lengths in bytes. */
export interface VmdkLayout {
  virtualSize: number
  grainSize: number
  tableEntries: number
  directoryOffset: number
  /** True when grains are compressed, each behind its marker. */
  compressed: boolean
  /** True when a grain at sector 1 means zeros. */
  zeroGrains: boolean
}

const SECTOR = 512
const ZERO_GRAIN = 1
/** Sector of the disk (8 bytes) and length of the packed bytes (4). */
const MARKER = 12

/** Finds the grains of a VMDK: the directory has the places of tables, which have those of the grains. */
export function vmdkPieces(layout: VmdkLayout): PieceReader {
  const { virtualSize, grainSize, tableEntries, directoryOffset } = layout
  const covers = grainSize * tableEntries
  return async function* (tables) {
    if (layout.compressed && grainSize > LARGEST_PACKED_UNIT) {
      refuse('The VMDK file has compressed grains over 2 MiB.')
    }
    const { pieces } = tables
    const length = Math.ceil(virtualSize / covers) * 4
    for await (const directory of tables.windows(directoryOffset, length, 'VMDK grain directory')) {
      for (let at = 0; at < directory.length; at += 4) {
        const sector = directory.u32le(at)
        if (sector === 0) {
          pieces.zero(covers)
          continue
        }
        for await (const table of tables.windows(sector * SECTOR, tableEntries * 4, 'VMDK grain table')) {
          for (let entry = 0; entry < table.length && pieces.covered < virtualSize; entry += 4) {
            await addGrain(tables, layout, table.u32le(entry))
          }
          yield pieces.take()
        }
      }
      yield pieces.take()
    }
  }
}

async function addGrain(tables: DiskTables, layout: VmdkLayout, sector: number): Promise<void> {
  const { pieces } = tables
  const { grainSize, virtualSize } = layout
  const at = sector * SECTOR
  const needed = Math.min(grainSize, virtualSize - pieces.covered)
  if (sector === 0 || (sector === ZERO_GRAIN && layout.zeroGrains)) pieces.zero(grainSize)
  else if (layout.compressed) await addCompressed(tables, layout, at)
  else pieces.plain(at, needed)
}

async function addCompressed(tables: DiskTables, { grainSize }: VmdkLayout, at: number): Promise<void> {
  const { pieces } = tables
  const marker = await tables.section(at, MARKER, 'VMDK grain marker')
  const lba = marker.u32le(4) * 2 ** 32 + marker.u32le(0)
  const length = marker.u32le(8)
  if (lba * SECTOR !== pieces.covered) refuse('The VMDK file has a grain that belongs to another place.')
  if (length === 0 || length > 2 * grainSize) {
    refuse(`The VMDK file has a grain of ${length} compressed bytes, which cannot be.`)
  }
  pieces.packed('zlib', at + MARKER, length, grainSize)
}
