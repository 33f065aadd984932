import { type HeaderBytes, refuse } from '../bounded-file.ts'
import type { PieceReader } from './tables.ts'

/** What the header of a QED file says about its tables; lengths in bytes. */
export interface QedLayout {
  virtualSize: number
  clusterSize: number
  tableLength: number
  l1Offset: number
}

/** The place of a cluster that is all zeros. */
const ZERO_CLUSTER = 1

/** Finds the clusters of a QED disk. Its L1 table and its L2 tables have the same length. */
export function qedPieces({ virtualSize, clusterSize, tableLength, l1Offset }: QedLayout): PieceReader {
  const covers = (tableLength / 8) * clusterSize
  const placeAt = (table: HeaderBytes, at: number) => {
    const offset = table.u32le(at + 4) * 2 ** 32 + table.u32le(at)
    if (offset > ZERO_CLUSTER && offset % clusterSize !== 0) {
      refuse('The QED file has a table or cluster at a place that does not start a cluster.')
    }
    return offset
  }
  return async function* (tables) {
    const { pieces } = tables
    const l1Length = Math.ceil(virtualSize / covers) * 8
    for await (const l1 of tables.windows(l1Offset, l1Length, 'QED L1 table')) {
      for (let at = 0; at < l1.length; at += 8) {
        const l2Offset = placeAt(l1, at)
        if (l2Offset === 0) {
          pieces.zero(covers)
          continue
        }
        for await (const l2 of tables.windows(l2Offset, tableLength, 'QED L2 table')) {
          for (let entry = 0; entry < l2.length && pieces.covered < virtualSize; entry += 8) {
            const offset = placeAt(l2, entry)
            if (offset <= ZERO_CLUSTER) pieces.zero(clusterSize)
            else pieces.plain(offset, clusterSize)
          }
          yield pieces.take()
        }
      }
      yield pieces.take()
    }
  }
}
