import { basename } from 'node:path'
import { openByteSource } from '../lib/disk-image/file-source.ts'
import { inspectDiskImage } from '../lib/disk-image/inspect.ts'
import { SetupError } from '../lib/errors.ts'

/** A disk image on this machine. */
export interface LocalDisk {
  path: string
  /** Of the file, without what its format adds: `jammy` of `jammy.qcow2`. */
  name: string
  format: string
  /** Of the file, bytes. */
  size: number
  /** What its disk needs, GB. */
  minDisk: number
}

const GIB = 2 ** 30

/** Looks at a disk image by its bytes. @throws SetupError when it is none, or cannot be read. */
export function localDisk(path: string): LocalDisk {
  try {
    using source = openByteSource(path)
    const found = inspectDiskImage(source)
    if (!found.ok) throw new SetupError(`${path} is no disk image: ${found.reason}`)
    const { format, virtualSize } = found.image
    return {
      path,
      name: basename(path).replace(/\.(qcow2?|vmdk|vhdx?|vdi|iso|raw|img)$/i, ''),
      format,
      size: source.size,
      minDisk: Math.max(1, Math.ceil(virtualSize / GIB)),
    }
  } catch (error) {
    if (error instanceof SetupError) throw error
    throw new SetupError(`cannot read ${path}: ${error instanceof Error ? error.message : error}`)
  }
}
