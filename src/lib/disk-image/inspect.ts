import { BoundedFile, HeaderRefused, refuse } from './bounded-file.ts'
import type { ByteSource } from './byte-source.ts'
import type { DiskImage, FormatReader, FoundDisk } from './format.ts'
import { iso } from './iso.ts'
import { qcow, qcow2 } from './qcow.ts'
import { qed } from './qed.ts'
import { calledRaw, raw } from './raw.ts'
import { vdi } from './vdi.ts'
import { vhd } from './vhd.ts'
import { vhdx } from './vhdx.ts'
import { vmdk } from './vmdk.ts'
import { zvhd } from './zvhd.ts'

export type { ByteSource } from './byte-source.ts'
export type { DiskFormat, DiskImage } from './format.ts'

/** The result for one file; `reason` is one English sentence on what was found instead of a disk image. */
export type Inspection = { ok: true; image: DiskImage } | { ok: false; reason: string }

/** In order of precedence: headers at the start of the file, then the footer of a VHD, then the ISO's sector 16. */
const READERS: FormatReader[] = [qcow2, qcow, qed, vmdk, vhdx, vdi, zvhd, vhd, iso]

/**
 * Detects the format of a disk image from its bytes, and reads its header. A header that
 * contradicts itself or the file is refused. Reads at most 256 KiB, at most 64 KiB at once; throws only what `source.read`
 * throws.
 * @param name the name of the file: one called .raw or .img may have any content, if it has no other format.
 *
 * @example
 * using source = openByteSource('disk.qcow2')
 * inspectDiskImage(source) // { ok: true, image: { format: 'qcow2', version: 3, virtualSize: 1073741824, … } }
 */
export function inspectDiskImage(source: ByteSource, name?: string): Inspection {
  try {
    return { ok: true, image: findDisk(source, name).image }
  } catch (error) {
    if (error instanceof HeaderRefused) return { ok: false, reason: error.message }
    throw error
  }
}

/**
 * Detects the format of a disk image and reads its header.
 * @param name as for `inspectDiskImage`
 * @throws HeaderRefused
 */
export function findDisk(source: ByteSource, name = ''): FoundDisk {
  if (source.size === 0) refuse('The file is empty.')
  const file = new BoundedFile(source)
  const reader = readerOf(file) ?? (/\.(raw|img)$/i.test(name) ? calledRaw : raw)
  return reader.read(file)
}

/** Returns true for a file that begins (a VHD: ends) as one of the formats does, whether or not the rest of it can be believed. */
export function hasKnownHeader(source: ByteSource): boolean {
  return source.size > 0 && readerOf(new BoundedFile(source)) !== undefined
}

function readerOf(file: BoundedFile): FormatReader | undefined {
  return READERS.find(({ recognises }) => recognises(file))
}
