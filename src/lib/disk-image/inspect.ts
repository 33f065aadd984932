import { BoundedFile, HeaderRefused } from './bounded-file.ts'
import type { ByteSource } from './byte-source.ts'
import type { DiskImage, FormatReader } from './format.ts'
import { iso } from './iso.ts'
import { qcow, qcow2 } from './qcow.ts'
import { qed } from './qed.ts'
import { raw } from './raw.ts'
import { vdi } from './vdi.ts'
import { vhd } from './vhd.ts'
import { vhdx } from './vhdx.ts'
import { vmdk } from './vmdk.ts'

export type { ByteSource } from './byte-source.ts'
export type { DiskFormat, DiskImage } from './format.ts'

/** The result for one file; `reason` is one English sentence on what was found instead of a disk image. */
export type Inspection = { ok: true; image: DiskImage } | { ok: false; reason: string }

/** In order of precedence: headers at the start of the file, then the footer of a VHD, then the ISO's sector 16. */
const READERS: FormatReader[] = [qcow2, qcow, qed, vmdk, vhdx, vdi, vhd, iso]

/**
 * Detects the format of a disk image from its bytes alone, never from its name, and reads its header. A header that
 * contradicts itself or the file is refused. Reads at most 256 KiB, at most 64 KiB at once; throws only what `source.read`
 * throws.
 *
 * @example
 * using source = openByteSource('disk.qcow2')
 * inspectDiskImage(source) // { ok: true, image: { format: 'qcow2', version: 3, virtualSize: 1073741824, … } }
 */
export function inspectDiskImage(source: ByteSource): Inspection {
  if (source.size === 0) return { ok: false, reason: 'The file is empty.' }
  try {
    const file = new BoundedFile(source)
    const reader = READERS.find(({ recognises }) => recognises(file)) ?? raw
    return { ok: true, image: reader.read(file) }
  } catch (error) {
    if (error instanceof HeaderRefused) return { ok: false, reason: error.message }
    throw error
  }
}
