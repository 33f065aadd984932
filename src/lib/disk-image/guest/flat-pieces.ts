import type { PieceReader } from './tables.ts'

/** Finds a disk that lies in the file as a guest sees it, from `at` on. */
export function flatPieces(at: number, size: number): PieceReader {
  return async function* ({ pieces }) {
    pieces.plain(at, size)
    yield pieces.take()
  }
}
