import type { ByteSource } from './byte-source.ts'

// An OVA is a tar archive (POSIX ustar or pax, GNU) of a virtual machine's description (.ovf) and its disks.
const BLOCK = 512
/** Limit on the files of an archive and the entries with their names, far above those of any virtual machine. */
const MOST_ENTRIES = 512
const DISK_NAME = /\.(vmdk|vhdx?|qcow2?|qed|vdi|raw|img)$/i
const DESCRIPTION_NAME = /\.ovf$/i

/** A disk of an OVA: its name in the archive, and its place and length in the file in bytes. */
export interface OvaDisk {
  name: string
  offset: number
  size: number
}

/**
 * Lists the disks in an OVA in the order of the archive; returns undefined for any other file and for an OVA without disks.
 *
 * @example ovaDisks(source) // [{ name: 'vm-disk1.vmdk', offset: 3072, size: 68096 }]
 */
export function ovaDisks(source: ByteSource): OvaDisk[] | undefined {
  const files = tarFiles(source)
  if (files === undefined || !files.some(({ name }) => DESCRIPTION_NAME.test(name))) return undefined
  const disks = files.filter(({ name }) => DISK_NAME.test(name))
  return disks.length === 0 ? undefined : disks
}

/** Longest name that is read from the entry in front of a file, bytes. */
const LONGEST_NAME = 64 * 1024
/** The types of entries that have the name of the next file: pax and GNU. */
const PAX = 'x'
const GNU_NAME = 'L'

/** Lists the plain files of a tar archive; returns undefined for any other file and for a truncated archive. */
function tarFiles(source: ByteSource): OvaDisk[] | undefined {
  const files: OvaDisk[] = []
  let longName: string | undefined
  let entries = 0
  for (let at = 0; at + BLOCK <= source.size; ) {
    const header = Buffer.from(source.read(at, BLOCK))
    if (header.every((byte) => byte === 0)) return files
    const size = sizeOf(header)
    if (!checksumFits(header) || size === undefined || at + BLOCK + size > source.size) return undefined
    const type = String.fromCharCode(header.readUInt8(156))
    if (type === PAX || type === GNU_NAME) {
      if (size > LONGEST_NAME) return undefined
      const bytes = Buffer.from(source.read(at + BLOCK, size))
      longName = type === PAX ? (paxPath(bytes) ?? longName) : text(bytes, 0, size)
    } else {
      if (isPlainFile(header)) files.push({ name: longName ?? shortName(header), offset: at + BLOCK, size })
      longName = undefined
    }
    entries += 1
    if (entries > MOST_ENTRIES) return undefined
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return files
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end)
}

/** The name has 100 bytes, and an archive may have the folders in front of it in another field. */
function shortName(header: Buffer): string {
  const isUstar = header.toString('latin1', 257, 263) === 'ustar\0'
  const folder = isUstar ? text(header, 345, 155) : ''
  const name = text(header, 0, 100)
  return folder === '' ? name : `${folder}/${name}`
}

/** Finds the path among records of the form `length key=value\n`, as pax writes them. */
function paxPath(records: Buffer): string | undefined {
  let path: string | undefined
  for (let at = 0; at < records.length; ) {
    const length = Number.parseInt(records.toString('latin1', at, at + 12), 10)
    if (!(length > 0)) break
    const record = records.toString('utf8', at, at + length)
    path = /^\d+ path=([^\n]*)\n?$/.exec(record)?.[1] ?? path
    at += length
  }
  return path
}

/** The type of a plain file is `0`, or NUL in archives older than POSIX. */
function isPlainFile(header: Buffer): boolean {
  return header[156] === 0x30 || header[156] === 0
}

/** Parses octal digits, or a binary number when the first bit is set, as GNU tar writes sizes of 8 GiB and more. */
function sizeOf(header: Buffer): number | undefined {
  if (header.readUInt8(124) === 0x80) return Number(header.readBigUInt64BE(128))
  const digits = text(header, 124, 12).trim()
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined
}

/** Compares the checksum with the sum of all bytes of the header, the checksum's own field taken as spaces. */
function checksumFits(header: Buffer): boolean {
  const digits = text(header, 148, 8).trim()
  if (!/^[0-7]+$/.test(digits)) return false
  const spaces = 8 * 0x20
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0 : byte), spaces)
  return sum === Number.parseInt(digits, 8)
}
