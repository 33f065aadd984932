import { HeaderBytes, refuse } from '../bounded-file.ts'
import type { DiskFile } from '../byte-source.ts'
import { type Piece, PieceList } from './pieces.ts'

/** Bytes of a table that are in memory at once; a multiple of every length of an entry. */
const WINDOW = 64 * 1024

/** The tables of a disk file, read window by window, and the list of pieces that is made of them. */
export class DiskTables {
  readonly pieces: PieceList
  readonly fileSize: number
  readonly #file: DiskFile

  constructor(file: DiskFile) {
    this.#file = file
    this.fileSize = file.size
    this.pieces = new PieceList(file.size)
  }

  /** Reads a table from `at` on in windows of up to 64 KiB; refuses one that is not inside the file. */
  async *windows(at: number, length: number, name: string): AsyncGenerator<HeaderBytes> {
    if (at + length > this.#file.size) refuse(`The file has a ${name} that is not inside the file.`)
    this.pieces.claim(at, length)
    for (let start = 0; start < length; start += WINDOW) {
      yield await this.section(at + start, Math.min(WINDOW, length - start), name)
    }
  }

  /** Reads up to 64 KiB; refuses a file that ends before them. */
  async section(at: number, length: number, name: string): Promise<HeaderBytes> {
    const bytes = new Uint8Array(length)
    const isInside = at + length <= this.#file.size
    const got = isInside ? await this.#file.readInto(bytes, at, length) : 0
    if (got < length) refuse(`The file ends before the end of its ${name}.`)
    return new HeaderBytes(bytes, name)
  }
}

/** Lists the pieces of a disk from its first byte on, in batches. It may end early: the rest of the disk is zeros. */
export type PieceReader = (tables: DiskTables) => AsyncGenerator<Piece[]>
