import { createHash } from 'node:crypto'
import { customRandom } from 'nanoid'

/**
 * Returns the byte stream of the `n`-th draw for a purpose. The bytes depend on seed, purpose and `n` alone, so they are
 * the same on every machine, and a new purpose never changes the draws of the others.
 *
 * @example hexId(drawBytes(42, 'image', 1))
 */
export function drawBytes(seed: number, purpose: string, n: number): (length: number) => Uint8Array {
  let pool = Buffer.alloc(0)
  let block = 0
  return (length) => {
    while (pool.length < length) {
      const digest = createHash('sha256').update(`${seed}\n${purpose}\n${n}\n${block++}`).digest()
      pool = Buffer.concat([pool, digest])
    }
    const bytes = pool.subarray(0, length)
    pool = pool.subarray(length)
    return bytes
  }
}

/** Draws a number in [0, 1) with 48 bits of randomness. */
export function unitInterval(bytes: (length: number) => Uint8Array): number {
  return Buffer.from(bytes(6)).readUIntBE(0, 6) / 2 ** 48
}

/** Returns the next `length` random bytes, e.g. from {@link drawBytes} in `random.ts`. */
type Bytes = (length: number) => Uint8Array

/** Draws 32 lower-case hex digits without dashes, the cloud's format of job, project, user and request ids. */
export function hexId(bytes: Bytes): string {
  return customRandom('0123456789abcdef', 32, bytes)()
}

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const UPPER_CASE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** Draws letters and digits, the characters of tokens and secret keys. */
export function secretText(bytes: Bytes, length: number): string {
  return customRandom(LETTERS_AND_DIGITS, length, bytes)()
}

/** Draws 20 upper-case letters and digits, the cloud's format of access key ids. */
export function accessKeyId(bytes: Bytes): string {
  return customRandom(UPPER_CASE, 20, bytes)()
}

/**
 * Renders a request id of 32 hex digits as OpenStack does: `req-` and a UUID.
 *
 * @example openstackRequestId('0123456789abcdef0123456789abcdef') // 'req-01234567-89ab-cdef-0123-456789abcdef'
 */
export function openstackRequestId(hex: string): string {
  return `req-${hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`
}

/** Draws a version 4 UUID, the format of image ids. */
export function uuid(bytes: Bytes): string {
  const raw = Buffer.from(bytes(16))
  raw.writeUInt8((raw.readUInt8(6) & 0x0f) | 0x40, 6)
  raw.writeUInt8((raw.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = raw.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Milliseconds between the start of the Gregorian calendar, from which UUIDs count, and the epoch. */
const GREGORIAN = 12_219_292_800_000

/**
 * Draws a version 1 UUID of an instant (ms since the epoch). Its node is random and marked as no hardware address.
 *
 * @example timeUuid(drawBytes(42, 'trace', 1), 1_472_148_708_232)
 */
export function timeUuid(bytes: Bytes, ms: number): string {
  const ticks = BigInt.asUintN(60, BigInt(ms + GREGORIAN) * 10_000n)
  const time = ticks.toString(16).padStart(15, '0')
  const rest = Buffer.from(bytes(8))
  rest.writeUInt8((rest.readUInt8(0) & 0x3f) | 0x80, 0)
  rest.writeUInt8(rest.readUInt8(2) | 0x01, 2)
  const hex = rest.toString('hex')
  return [time.slice(7), time.slice(3, 7), `1${time.slice(0, 3)}`, hex.slice(0, 4), hex.slice(4)].join('-')
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Returns true for a UUID of any version, in lower or upper case. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}
