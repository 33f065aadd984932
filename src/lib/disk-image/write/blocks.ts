import { createHash } from 'node:crypto'
import { isZero } from '../../sparse-file.ts'
import type { GuestDisk } from '../guest/guest-disk.ts'

/** A part of a disk, of which at least one byte is not zero. The last one is filled up with zeros. */
interface Block {
  index: number
  bytes: Uint8Array
}

/** Reads the blocks of a disk that are not all zeros, in their order; the others are left out. */
export async function* readBlocks(disk: GuestDisk, blockSize: number): AsyncGenerator<Block> {
  let current: Block | undefined
  for await (const { index, within, part } of parts(disk, blockSize)) {
    if (current?.index !== index) {
      if (current) yield current
      current = { index, bytes: new Uint8Array(blockSize) }
    }
    current.bytes.set(part, within)
  }
  if (current) yield current
}

/** Splits the data of a disk at the borders of blocks, and drops what is all zeros. */
async function* parts(disk: GuestDisk, blockSize: number) {
  for await (const { offset, length, data } of disk.extents()) {
    if (data === null) continue
    for (let at = 0; at < length; ) {
      const within = (offset + at) % blockSize
      const part = data.subarray(at, at + Math.min(length - at, blockSize - within))
      if (!isZero(part)) yield { index: Math.floor((offset + at) / blockSize), within, part }
      at += part.length
    }
  }
}

/** Blocks that one page of a map tells of. */
const PAGE = 32 * 1024

/** Tells which blocks of a disk are stored, one bit each; pages without a stored block take no memory. */
export class BlockMap {
  readonly blockSize: number
  /** All blocks of the disk. */
  readonly blocks: number
  /** How many of them are stored. */
  stored = 0
  readonly #pages = new Map<number, Uint8Array>()

  constructor(size: number, blockSize: number) {
    this.blockSize = blockSize
    this.blocks = Math.ceil(size / blockSize)
  }

  add(index: number): void {
    const number = Math.floor(index / PAGE)
    const page = this.#pages.get(number) ?? new Uint8Array(PAGE / 8)
    this.#pages.set(number, page)
    const place = (index % PAGE) >> 3
    page[place] = (page[place] ?? 0) | (1 << (index & 7))
    this.stored += 1
  }

  has(index: number): boolean {
    const page = this.#pages.get(Math.floor(index / PAGE))
    return page !== undefined && (((page[(index % PAGE) >> 3] ?? 0) >> (index & 7)) & 1) === 1
  }

  /** Returns true when one of the blocks from `start` up to `end` is stored. */
  hasAny(start: number, end: number): boolean {
    for (let index = start; index < end; ) {
      if (!this.#pages.has(Math.floor(index / PAGE))) index = (Math.floor(index / PAGE) + 1) * PAGE
      else if (this.has(index)) return true
      else index += 1
    }
    return false
  }

  /** 16 bytes that follow from the size of the disk and its stored blocks, for the ids that formats ask for. */
  id(): Buffer {
    const digest = createHash('sha256').update(`${this.blocks} blocks of ${this.blockSize} bytes`)
    for (const [number, page] of [...this.#pages].sort(([a], [b]) => a - b))
      digest.update(`${number}`).update(page)
    return digest.digest().subarray(0, 16)
  }
}

/** Finds the blocks of a disk that are not all zeros, which takes reading it once. */
export async function mapBlocks(disk: GuestDisk, blockSize: number): Promise<BlockMap> {
  const map = new BlockMap(disk.size, blockSize)
  let last = -1
  for await (const { index } of parts(disk, blockSize)) {
    if (index !== last) map.add(index)
    last = index
  }
  return map
}

const CHANGED = 'the file of a disk changed while it was converted'

/**
 * Reads the blocks that a map has, in its order.
 * @throws Error when the file of the disk has changed since it was mapped: tables that were written already would lie.
 */
export async function* mappedBlocks(disk: GuestDisk, map: BlockMap): AsyncGenerator<Uint8Array> {
  let found = 0
  for await (const { index, bytes } of readBlocks(disk, map.blockSize)) {
    if (!map.has(index)) throw new Error(CHANGED)
    found += 1
    yield bytes
  }
  if (found !== map.stored) throw new Error(CHANGED)
}
