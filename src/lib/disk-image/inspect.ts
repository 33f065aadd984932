import { BoundedFile } from './bounded-file.ts'
import type { FormatReader } from './format-reader.ts'
import { type ByteSource, HeaderRefused, type Inspection } from './image.ts'
import { iso } from './iso.ts'
import { qcow } from './qcow.ts'
import { qcow2 } from './qcow2.ts'
import { qed } from './qed.ts'
import { raw } from './raw.ts'
import { vdi } from './vdi.ts'
import { vhd } from './vhd.ts'
import { vhdx } from './vhdx.ts'
import { vmdk } from './vmdk.ts'

export type { ByteSource, DiskFormat, DiskImage, Inspection } from './image.ts'

/** Headers at the start come first, then the footer of a VHD, then the ISO's sector 16. */
const READERS: FormatReader[] = [qcow2, qcow, qed, vmdk, vhdx, vdi, vhd, iso]

/** Tells what disk a file holds by its bytes alone, never by a name, and believes no header that contradicts
 *  itself or the file. Reads at most 256 KiB, at most 64 KiB at once. Throws only what `source.read` throws. */
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
