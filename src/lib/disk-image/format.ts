import { type BoundedFile, refuse } from './bounded-file.ts'
import type { PieceReader } from './guest/tables.ts'

export type DiskFormat =
  | 'qcow2'
  | 'qcow'
  | 'qed'
  | 'vmdk'
  | 'vhd'
  | 'vhdx'
  | 'vdi'
  | 'zvhd'
  | 'zvhd2'
  | 'iso'
  | 'raw'

/** A virtual disk as the header of its file describes it. */
export interface DiskImage {
  format: DiskFormat
  /** The format's own version where its header has one (qcow2: 2 or 3); null for QED, ISO and raw. */
  version: number | null
  /** Bytes that a guest sees; the size of the file is another number. */
  virtualSize: number
  encrypted: boolean
  /** Name of the disk to which this one holds only the differences, as the header has it; null when there is none. */
  backingFile: string | null
}

/** A disk whose header was read; `pieces` finds its bytes in the file. */
export interface FoundDisk {
  image: DiskImage
  pieces: PieceReader
}

/** Recognises one format by its magic alone, and reads its header. */
export interface FormatReader {
  recognises(file: BoundedFile): boolean
  /** @throws HeaderRefused when the header contradicts itself, the file or the format. */
  read(file: BoundedFile): FoundDisk
}

/** The largest disk VHDX can describe, and more than any cloud offers as one volume. */
const LARGEST_DISK = 64 * 2 ** 40

/** Returns the disk size that a header gives, in bytes; refuses one that no disk can have. */
export function believableSize(virtualSize: number, header: string): number {
  if (virtualSize <= 0) refuse(`The ${header} describes a disk of 0 bytes.`)
  if (virtualSize > LARGEST_DISK) refuse(`The ${header} describes a disk larger than 64 TiB.`)
  return virtualSize
}

/** Returns how many whole units are needed to hold `amount`. */
export function unitsFor(amount: number, unit: number): number {
  return Math.ceil(amount / unit)
}

/** Returns true for 1, 2, 4, 8 ... up to 2^31. */
export function isPowerOfTwo(value: number): boolean {
  return value > 0 && Number.isInteger(Math.log2(value))
}

/** The longest backing file name that QEMU reads, in bytes; the same limit serves every format here. */
const LONGEST_NAME = 1023

/** Returns the name that a header gives for its backing file; refuses an empty or too long one. */
export function believableName(name: string | undefined, header: string): string {
  if (!name) refuse(`The ${header} says there is a backing file, but does not name it.`)
  if (name.length > LONGEST_NAME) refuse(`The ${header} has a backing file name over 1023 characters.`)
  return name
}

/** Reads the backing file name of a QEMU format, which is in the header's own clusters, before byte `end`. */
export function backingNameAt(
  file: BoundedFile,
  header: string,
  place: { offset: number; length: number; end: number },
): string {
  const { offset, length, end } = place
  if (length === 0 || length > LONGEST_NAME) {
    refuse(`The ${header} has a backing file name of ${length} bytes, which is not in 1 to 1023.`)
  }
  if (offset + length > end) refuse(`The ${header} has a backing file name that reaches beyond byte ${end}.`)
  return believableName(file.section(offset, length, 'backing file name').text(0, length), header)
}
