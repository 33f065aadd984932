import type { HeaderBytes } from '../bounded-file.ts'
import { refuse } from '../bounded-file.ts'
import type { PieceReader } from './tables.ts'

/** The block table of a VHD or VDI file, as its headers describe it; lengths in bytes. */
export interface BlockTable {
  virtualSize: number
  blockSize: number
  tableOffset: number
}

const UNUSED = 0xffffffff

/** Finds the blocks of a dynamic VHD. Each has a bitmap of its sectors in front of it, which only disks with a parent need. */
export function vhdPieces({ virtualSize, blockSize, tableOffset }: BlockTable): PieceReader {
  const bitmap = Math.ceil(blockSize / 512 / 8 / 512) * 512
  return async function* (tables) {
    const { pieces } = tables
    const length = Math.ceil(virtualSize / blockSize) * 4
    for await (const table of tables.windows(tableOffset, length, 'VHD block allocation table')) {
      for (let at = 0; at < table.length; at += 4) {
        const sector = table.u32be(at)
        const needed = Math.min(blockSize, virtualSize - pieces.covered)
        if (sector === UNUSED) pieces.zero(blockSize)
        else pieces.plain(sector * 512 + bitmap, needed)
      }
      yield pieces.take()
    }
  }
}

/** Marks a block of a VDI that was discarded: it is zeros. */
const DISCARDED = 0xfffffffe

/** Finds the blocks of a VDI; the table has their numbers in the order of the file. */
export function vdiPieces({
  virtualSize,
  blockSize,
  tableOffset,
  dataOffset,
}: BlockTable & { dataOffset: number }): PieceReader {
  return async function* (tables) {
    const { pieces } = tables
    const length = Math.ceil(virtualSize / blockSize) * 4
    for await (const table of tables.windows(tableOffset, length, 'VDI block map')) {
      for (let at = 0; at < table.length; at += 4) {
        const block = table.u32le(at)
        const needed = Math.min(blockSize, virtualSize - pieces.covered)
        if (block >= DISCARDED) pieces.zero(blockSize)
        else pieces.plain(dataOffset + block * blockSize, needed)
      }
      yield pieces.take()
    }
  }
}

/** The block table and the log of a VHDX file, as its headers describe them; lengths in bytes. */
export interface VhdxLayout extends BlockTable {
  /** Blocks that come before each entry of a sector bitmap. */
  chunk: number
  /** True when an interrupted write left changes in the log that the rest of the file does not have. */
  hasLog: boolean
}

const MIB = 2 ** 20
const FULLY_PRESENT = 6
const PARTIALLY_PRESENT = 7
/** Not present, undefined, zero, unmapped, unmapped as version 0.95 wrote it. */
const ZERO_STATES = [0, 1, 2, 3, 5]

/** Finds the blocks of a VHDX. */
export function vhdxPieces(layout: VhdxLayout): PieceReader {
  const { virtualSize, blockSize, tableOffset, chunk } = layout
  return async function* (tables) {
    if (layout.hasLog) refuse('The VHDX file has a log that was not replayed: it was not closed.')
    const { pieces } = tables
    const blocks = Math.ceil(virtualSize / blockSize)
    const length = (blocks + Math.floor((blocks - 1) / chunk)) * 8
    let entry = 0
    for await (const table of tables.windows(tableOffset, length, 'VHDX block allocation table')) {
      for (let at = 0; at < table.length; at += 8, entry++) {
        if (entry % (chunk + 1) === chunk) continue
        const needed = Math.min(blockSize, virtualSize - pieces.covered)
        if (stateAt(table, at) === FULLY_PRESENT) pieces.plain(placeAt(table, at), needed)
        else pieces.zero(blockSize)
      }
      yield pieces.take()
    }
  }
}

function stateAt(table: HeaderBytes, at: number): number {
  const state = table.u32le(at) & 7
  if (state === PARTIALLY_PRESENT) refuse('The VHDX file has a block that is partly in another file.')
  if (state !== FULLY_PRESENT && !ZERO_STATES.includes(state)) {
    refuse(`The VHDX file has a block in state ${state}, which does not exist.`)
  }
  return state
}

/** The upper 44 bits of an entry are the place in MiB. */
function placeAt(table: HeaderBytes, at: number): number {
  const place = table.u32le(at + 4) * 2 ** 12 + (table.u32le(at) >>> 20)
  if (place === 0) refuse('The VHDX file has a block at its own header.')
  return place * MIB
}
