import type { ByteSource } from './byte-source.ts'

/** Thrown when a header cannot be believed; `inspectDiskImage` catches it and reports the message as the reason. */
export class HeaderRefused extends Error {}

/** Ends the reading of a header; `reason` is the sentence that the caller of `inspectDiskImage` gets. */
export function refuse(reason: string): never {
  throw new HeaderRefused(reason)
}

/** The longest single read, in bytes: the longest table of any format (VHDX regions). */
export const LARGEST_READ = 64 * 1024

/** The most that one inspection reads in total, in bytes, whatever the headers claim. */
export const LARGEST_TOTAL = 256 * 1024

const HEAD = 4096

/** A file of unknown origin, of which no byte beyond its end and never more than the limits above is read. */
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

  /** Returns true when `length` bytes from `offset` on are part of the file. */
  holds(offset: number, length: number): boolean {
    return offset + length <= this.size
  }

  /** Reads exactly these bytes; refuses a file that ends before them. */
  section(offset: number, length: number, name: string): HeaderBytes {
    const found = this.available(offset, length, name)
    if (found.length < length) refuse(`The file ends before the end of its ${name}.`)
    return found
  }

  /** Reads these bytes, fewer when the file ends before. */
  available(offset: number, length: number, name: string): HeaderBytes {
    const wanted = Math.max(0, Math.min(length, this.size - offset))
    if (wanted === 0) return new HeaderBytes(new Uint8Array(0), name)
    if (wanted > LARGEST_READ) refuse(`The ${name} is longer than 64 KiB.`)
    if (wanted > this.#left) refuse('The headers of the file are longer than 256 KiB in total.')
    this.#left -= wanted
    return new HeaderBytes(this.#source.read(offset, wanted).subarray(0, wanted), name)
  }
}

/**
 * Up to 64 KiB of a file with the reads that headers need. Offsets count from the start of this piece; `name` is its name
 * in messages, for example "qcow2 header".
 */
export class HeaderBytes {
  readonly bytes: Uint8Array
  readonly length: number
  readonly name: string
  readonly #view: DataView

  constructor(bytes: Uint8Array, name: string) {
    this.bytes = bytes
    this.length = bytes.length
    this.name = name
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  u8(offset: number): number {
    return this.#view.getUint8(offset)
  }

  u16be(offset: number): number {
    return this.#view.getUint16(offset)
  }

  u16le(offset: number): number {
    return this.#view.getUint16(offset, true)
  }

  u32be(offset: number): number {
    return this.#view.getUint32(offset)
  }

  u32le(offset: number): number {
    return this.#view.getUint32(offset, true)
  }

  /** Reads a 64-bit number; refuses one over 2^53, which a JavaScript number cannot hold exactly, naming the `field`. */
  u64be(offset: number, field: string): number {
    return this.#exact(this.u32be(offset), this.u32be(offset + 4), field)
  }

  /** Reads a 64-bit number like `u64be`, least significant byte first. */
  u64le(offset: number, field: string): number {
    return this.#exact(this.u32le(offset + 4), this.u32le(offset), field)
  }

  /** Returns true when the bytes at `offset` are those of `magic`, one character a byte; false beyond the end. */
  matches(offset: number, magic: string): boolean {
    if (offset + magic.length > this.length) return false
    for (let at = 0; at < magic.length; at++) {
      if (this.bytes[offset + at] !== magic.charCodeAt(at)) return false
    }
    return true
  }

  /** Returns true when all `length` bytes from `offset` on have this `value`. */
  filled(offset: number, length: number, value: number): boolean {
    return this.bytes.subarray(offset, offset + length).every((byte) => byte === value)
  }

  /** Returns a part of this piece; refuses one that does not lie inside. */
  within(offset: number, length: number, name: string): HeaderBytes {
    if (offset + length > this.length) refuse(`The ${name} lies outside the ${this.name}.`)
    return new HeaderBytes(this.bytes.subarray(offset, offset + length), name)
  }

  /** Decodes UTF-8 text up to the first NUL; invalid bytes become U+FFFD. */
  text(offset: number, length: number): string {
    const field = this.bytes.subarray(offset, offset + length)
    const end = field.indexOf(0)
    return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end))
  }

  /** Decodes UTF-16 text up to the first NUL. */
  utf16(offset: number, length: number, order: 'big-endian' | 'little-endian'): string {
    let text = ''
    for (let at = offset; at + 1 < offset + length; at += 2) {
      const unit = order === 'big-endian' ? this.u16be(at) : this.u16le(at)
      if (unit === 0) break
      text += String.fromCharCode(unit)
    }
    return text
  }

  /** Renders a GUID as Microsoft and VirtualBox store it: the first three groups least significant byte first. */
  guid(offset: number): string {
    const group = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
    const tail = Buffer.from(this.bytes.subarray(offset + 8, offset + 16)).toString('hex')
    return [
      group(this.u32le(offset), 8),
      group(this.u16le(offset + 4), 4),
      group(this.u16le(offset + 6), 4),
      tail.slice(0, 4),
      tail.slice(4),
    ].join('-')
  }

  #exact(high: number, low: number, field: string): number {
    const value = high * 2 ** 32 + low
    if (!Number.isSafeInteger(value)) refuse(`The ${field} in the ${this.name} is over 2^53.`)
    return value
  }
}
