import type { BlockMap } from './blocks.ts'

/** Bytes of a table that are made at once. */
const WINDOW = 64 * 1024

/** How a table lists blocks. */
export interface TableForm {
  /** Bytes of one entry. */
  width: 4 | 8
  order: 'big-endian' | 'little-endian'
  /** All entries, also those behind the last block. */
  entries: number
  /** The entry of the stored block that has `rank` stored blocks before it. */
  stored: (rank: number) => number | bigint
  /** The entry of a block that is not stored; 0 when it is left out. */
  absent?: number
}

/** Makes the table of the blocks from `first` on, which have `rank` stored blocks before them, in windows of up to 64 KiB. */
export function* makeTable(
  map: BlockMap,
  form: TableForm,
  first = 0,
  rank = 0,
): Generator<Uint8Array, number> {
  const { width, order, entries, stored, absent = 0 } = form
  let place = rank
  for (let start = 0; start < entries; start += WINDOW / width) {
    const count = Math.min(WINDOW / width, entries - start)
    const bytes = new Uint8Array(count * width)
    const view = new DataView(bytes.buffer)
    for (let entry = 0; entry < count; entry++) {
      const index = first + start + entry
      const isStored = index < map.blocks && map.has(index)
      const value = isStored ? stored(place++) : absent
      if (width === 4) view.setUint32(entry * 4, Number(value), order === 'little-endian')
      else view.setBigUint64(entry * 8, BigInt(value), order === 'little-endian')
    }
    yield bytes
  }
  return place
}

/** Makes the zeros that fill up `length` bytes to a multiple of `unit`. */
export function padding(length: number, unit: number): Uint8Array[] {
  const rest = length % unit
  return rest === 0 ? [] : [new Uint8Array(unit - rest)]
}
