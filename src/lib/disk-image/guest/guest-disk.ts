import { refuse } from '../bounded-file.ts'
import type { DiskFile } from '../byte-source.ts'
import type { DiskImage } from '../format.ts'
import { findDisk } from '../inspect.ts'
import type { Piece } from './pieces.ts'
import { DiskTables, type PieceReader } from './tables.ts'
import { unpack } from './unpack.ts'

/** The most bytes of a disk in one extent with data. */
const LONGEST_DATA = 2 ** 20

/** A part of a disk as a guest sees it. */
interface Extent {
  /** Place on the disk, bytes. */
  offset: number
  length: number
  /** The bytes, at most 2 MiB, which stay valid until the next extent is read; null for zeros, which have any length. */
  data: Uint8Array | null
}

/** The bytes of a disk as a guest sees them. */
export interface GuestDisk {
  image: DiskImage
  /** Bytes that a guest sees. */
  size: number
  /**
   * Reads the disk from its first byte to its last, without gaps, in flat memory.
   * @throws HeaderRefused when the tables or compressed parts of the file cannot be believed.
   */
  extents(): AsyncGenerator<Extent>
}

/**
 * Opens the disk in a file of any format that `inspectDiskImage` accepts.
 * @param name as for `inspectDiskImage`
 * @throws HeaderRefused for a file that is no disk, and for a disk that is encrypted or whose data is partly elsewhere.
 */
export function openGuestDisk(file: DiskFile, name?: string): GuestDisk {
  const { image, pieces } = findDisk(file, name)
  if (image.encrypted) refuse(`The ${image.format} disk is encrypted.`)
  if (image.backingFile !== null)
    refuse(`The ${image.format} disk holds only the differences to another file.`)
  const size = image.virtualSize
  return { image, size, extents: () => readExtents(file, size, pieces) }
}

async function* readExtents(file: DiskFile, size: number, pieces: PieceReader): AsyncGenerator<Extent> {
  const buffer = new Uint8Array(LONGEST_DATA)
  let offset = 0
  for await (const batch of pieces(new DiskTables(file))) {
    for (const piece of batch) {
      const length = Math.min(piece.length, size - offset)
      if (length > 0) yield* readPiece(file, { ...piece, length }, offset, buffer)
      offset += length
    }
  }
  if (offset < size) yield { offset, length: size - offset, data: null }
}

async function* readPiece(
  file: DiskFile,
  piece: Piece,
  offset: number,
  buffer: Uint8Array,
): AsyncGenerator<Extent> {
  const { length } = piece
  if (piece.kind === 'zero') {
    yield { offset, length, data: null }
  } else if (piece.kind === 'plain') {
    for (let done = 0; done < length; done += LONGEST_DATA) {
      const data = buffer.subarray(0, Math.min(LONGEST_DATA, length - done))
      data.fill(0, await readInside(file, data, piece.at + done))
      yield { offset: offset + done, length: data.length, data }
    }
  } else {
    const packed = new Uint8Array(piece.packedLength)
    const got = await readInside(file, packed, piece.at)
    const data = unpack(piece.kind, packed.subarray(0, got), piece.unit)
    if (data.length < length) refuse('The file has a compressed part that is shorter than its cluster.')
    yield { offset, length, data: data.subarray(0, length) }
  }
}

/** Fills `bytes` from `at` on as far as the file reaches. */
async function readInside(file: DiskFile, bytes: Uint8Array, at: number): Promise<number> {
  const length = Math.min(bytes.length, file.size - at)
  return length > 0 ? file.readInto(bytes, at, length) : 0
}
