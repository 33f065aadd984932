import { customRandom } from 'nanoid'

type Bytes = (length: number) => Uint8Array

/** 32 lower-case hex digits without dashes: the cloud's shape of job, project, user and request ids. */
export function hexId(bytes: Bytes): string {
  return customRandom('0123456789abcdef', 32, bytes)()
}

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const UPPER_CASE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** Letters and digits: tokens and secret keys are made of them. */
export function secretText(bytes: Bytes, length: number): string {
  return customRandom(LETTERS_AND_DIGITS, length, bytes)()
}

/** 20 upper-case letters and digits: the cloud's shape of access keys. */
export function accessKeyId(bytes: Bytes): string {
  return customRandom(UPPER_CASE, 20, bytes)()
}

/** The form in which OpenStack shows a request id of 32 hex digits: `req-` and a UUID. */
export function openstackRequestId(hex: string): string {
  return `req-${hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`
}

/** A version 4 UUID: the shape of image ids. */
export function uuid(bytes: Bytes): string {
  const raw = Buffer.from(bytes(16))
  raw.writeUInt8((raw.readUInt8(6) & 0x0f) | 0x40, 6)
  raw.writeUInt8((raw.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = raw.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether a text has the shape of an image id. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}
