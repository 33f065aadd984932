import { HeaderBytes } from './header-bytes.ts'
import { type ByteSource, refuse } from './image.ts'

/** The most one read asks of the source, in bytes: the longest table of any format (VHDX regions). */
export const LARGEST_READ = 64 * 1024

/** The most one inspection asks of the source in total, in bytes, whatever the file says of itself. */
export const LARGEST_TOTAL = 256 * 1024

const HEAD = 4096

/** A file of unknown origin: never read beyond its end, never more than the limits above. */
export class BoundedFile {
  readonly size: number
  /** The first 4 KiB, or all of a shorter file: where nearly every format has its magic and header. */
  readonly head: HeaderBytes
  readonly #source: ByteSource
  #left = LARGEST_TOTAL

  constructor(source: ByteSource) {
    this.#source = source
    this.size = source.size
    this.head = this.available(0, HEAD, 'start of the file')
  }

  /** True when `length` bytes from `offset` on are part of the file. */
  holds(offset: number, length: number): boolean {
    return offset + length <= this.size
  }

  /** Exactly these bytes; refused when the file does not have them. */
  section(offset: number, length: number, name: string): HeaderBytes {
    const found = this.available(offset, length, name)
    if (found.length < length) refuse(`The file ends before the end of its ${name}.`)
    return found
  }

  /** These bytes as far as the file has them. */
  available(offset: number, length: number, name: string): HeaderBytes {
    const wanted = Math.max(0, Math.min(length, this.size - offset))
    if (wanted === 0) return new HeaderBytes(new Uint8Array(0), name)
    if (wanted > LARGEST_READ) refuse(`The ${name} is longer than 64 KiB.`)
    if (wanted > this.#left) refuse('The headers of the file are longer than 256 KiB in total.')
    this.#left -= wanted
    return new HeaderBytes(this.#source.read(offset, wanted).subarray(0, wanted), name)
  }
}
