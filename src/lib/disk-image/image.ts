/** Random access to a file's bytes; reads are synchronous and may return fewer bytes at the end of the file. */
export interface ByteSource {
  /** Length of the file in bytes. */
  readonly size: number
  read(offset: number, length: number): Uint8Array
}

export type DiskFormat = 'qcow2' | 'qcow' | 'qed' | 'vmdk' | 'vhd' | 'vhdx' | 'vdi' | 'iso' | 'raw'

/** What the header of a virtual disk file says of the disk in it. */
export interface DiskImage {
  format: DiskFormat
  /** The format's own version where its header has one (qcow2: 2 or 3); null for QED, ISO and raw. */
  version: number | null
  /** Bytes a guest sees, which is not the size of the file. */
  virtualSize: number
  encrypted: boolean
  /** The disk this one holds only the differences to, as the header names it. */
  backingFile: string | null
}

/** The answer on one file; `reason` is one English sentence on what was found instead of a disk image. */
export type Inspection = { ok: true; image: DiskImage } | { ok: false; reason: string }

/** The largest disk VHDX can describe, and more than any cloud offers as one volume. */
const LARGEST_DISK = 64 * 2 ** 40

/** Why a header cannot be believed. Stays inside this folder: `inspectDiskImage` turns it into a reason. */
export class HeaderRefused extends Error {}

/** Ends the reading of a header; `reason` is the sentence the caller of `inspectDiskImage` gets. */
export function refuse(reason: string): never {
  throw new HeaderRefused(reason)
}

/** The size of the disk as a header gives it, once it is one that a disk can have. */
export function believableSize(virtualSize: number, header: string): number {
  if (virtualSize <= 0) refuse(`The ${header} describes a disk of 0 bytes.`)
  if (virtualSize > LARGEST_DISK) refuse(`The ${header} describes a disk larger than 64 TiB.`)
  return virtualSize
}

/** The number of whole `unit`s that hold `amount`. */
export function unitsFor(amount: number, unit: number): number {
  return Math.ceil(amount / unit)
}

/** True for 1, 2, 4, 8 ... up to 2^31. */
export function isPowerOfTwo(value: number): boolean {
  return value > 0 && Number.isInteger(Math.log2(value))
}
