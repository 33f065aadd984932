import { refuse } from './image.ts'

/** Up to 64 KiB of a file with the reads that headers need. Offsets count from the start of this piece;
 *  `name` is how messages call it, for example "qcow2 header". */
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

  /** A 64-bit number; one that a JavaScript number cannot hold exactly is refused under the `field`'s name. */
  u64be(offset: number, field: string): number {
    return this.#exact(this.u32be(offset), this.u32be(offset + 4), field)
  }

  /** As `u64be`, least significant byte first. */
  u64le(offset: number, field: string): number {
    return this.#exact(this.u32le(offset + 4), this.u32le(offset), field)
  }

  /** True when the bytes at `offset` are those of `magic`, one character a byte; false beyond the end. */
  matches(offset: number, magic: string): boolean {
    if (offset + magic.length > this.length) return false
    for (let at = 0; at < magic.length; at++) {
      if (this.bytes[offset + at] !== magic.charCodeAt(at)) return false
    }
    return true
  }

  /** True when all `length` bytes from `offset` on have this `value`. */
  filled(offset: number, length: number, value: number): boolean {
    return this.bytes.subarray(offset, offset + length).every((byte) => byte === value)
  }

  /** A piece of this piece; refused when it does not lie inside. */
  within(offset: number, length: number, name: string): HeaderBytes {
    if (offset + length > this.length) refuse(`The ${name} lies outside the ${this.name}.`)
    return new HeaderBytes(this.bytes.subarray(offset, offset + length), name)
  }

  /** UTF-8 text up to the first NUL; bytes that are none become U+FFFD. */
  text(offset: number, length: number): string {
    const field = this.bytes.subarray(offset, offset + length)
    const end = field.indexOf(0)
    return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end))
  }

  /** UTF-16 text up to the first NUL. */
  utf16(offset: number, length: number, order: 'big-endian' | 'little-endian'): string {
    let text = ''
    for (let at = offset; at + 1 < offset + length; at += 2) {
      const unit = order === 'big-endian' ? this.u16be(at) : this.u16le(at)
      if (unit === 0) break
      text += String.fromCharCode(unit)
    }
    return text
  }

  /** A GUID as Microsoft and VirtualBox store it: first three groups least significant byte first. */
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
