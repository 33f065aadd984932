import { refuse } from '../bounded-file.ts'

/** How the bytes of a part are packed: `deflate` without a header (qcow2), `zlib` with one (VMDK), or a Zstandard frame. */
export type Packing = 'deflate' | 'zlib' | 'zstd'

/** A part of a disk of which no byte is in the file: a guest reads zeros. */
interface ZeroPiece {
  kind: 'zero'
  /** Bytes that a guest sees. */
  length: number
}

/** A part of a disk whose bytes are in the file as a guest sees them, from `at` on. */
interface PlainPiece {
  kind: 'plain'
  length: number
  at: number
}

/** One packed cluster. It holds at most `unit` bytes, of which a guest sees the first `length`. */
interface PackedPiece {
  kind: Packing
  length: number
  at: number
  packedLength: number
  unit: number
}

/** A part of a disk as the tables of its file describe it. */
export type Piece = ZeroPiece | PlainPiece | PackedPiece

/** The largest cluster that is unpacked, in bytes; it is unpacked in memory as a whole. */
export const LARGEST_PACKED_UNIT = 2 * 2 ** 20

/** What the best packer makes of `length` equal bytes, in bytes. */
const SMALLEST: Readonly<Record<Packing, (length: number) => number>> = {
  deflate: (length) => length / 1032,
  zlib: (length) => length / 1032,
  zstd: () => 10,
}

/**
 * Collects the pieces of a disk in their order and joins those that continue each other. No two parts of a disk share
 * bytes of the file, so a file whose tables describe more data than it has is refused: this bounds the work that a small
 * file can cause.
 */
export class PieceList {
  /** Bytes of the disk that all pieces so far cover. */
  covered = 0
  readonly #fileSize: number
  #list: Piece[] = []
  #left: number

  constructor(fileSize: number) {
    this.#fileSize = fileSize
    this.#left = fileSize
  }

  /** Adds zeros. */
  zero(length: number): void {
    this.covered += length
    const last = this.#list.at(-1)
    if (last?.kind === 'zero') last.length += length
    else this.#list.push({ kind: 'zero', length })
  }

  /** Adds bytes of the file. The end of the file may cut them short: a guest reads zeros from there on. */
  plain(at: number, length: number): void {
    this.covered += length
    this.claim(at, Math.min(length, this.#fileSize - at))
    const last = this.#list.at(-1)
    if (last?.kind === 'plain' && last.at + last.length === at) last.length += length
    else this.#list.push({ kind: 'plain', length, at })
  }

  /** Adds a packed cluster of `unit` bytes; the end of the file may cut the room of its packed bytes short. */
  packed(kind: Packing, at: number, packedLength: number, unit: number): void {
    this.covered += unit
    this.claim(at, SMALLEST[kind](unit))
    const inFile = Math.min(packedLength, this.#fileSize - at)
    this.#list.push({ kind, length: unit, at, packedLength: inFile, unit })
  }

  /** Counts bytes of the file that a table or a part of the disk takes; refuses a place outside of the file. */
  claim(at: number, length: number): void {
    if (at >= this.#fileSize) refuse('The tables of the file describe data outside of the file.')
    this.#left -= length
    if (this.#left < 0) refuse('The tables of the file describe more data than the file has.')
  }

  /** Returns the pieces since the last call. */
  take(): Piece[] {
    const pieces = this.#list
    this.#list = []
    return pieces
  }
}
