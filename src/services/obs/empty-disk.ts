import { parseByteSize } from '../../lib/byte-size.ts'
import { blankQcow2 } from '../../lib/disk-image/write/qcow2.ts'

/** An empty disk that is made instead of being sent. */
export interface EmptyDisk {
  format: 'qcow2' | 'raw'
  /** `1GiB` */
  size: string
}

/** The smallest disk, bytes: a sector. */
const SECTOR = 512
/** The largest disks, bytes: a raw one is as large as its file, which is made in memory. */
const LARGEST = { qcow2: 64 * 2 ** 40, raw: 64 * 2 ** 20 }

/**
 * Renders the file of an empty disk.
 * @returns its bytes, or what is wrong with the size.
 * @example emptyDisk({ format: 'qcow2', size: '40GiB' }) // 256 KiB
 */
export function emptyDisk({ format, size }: EmptyDisk): { bytes: Uint8Array } | { mistake: string } {
  const bytes = parseByteSize(size)
  if (bytes === undefined || bytes < SECTOR || bytes % SECTOR !== 0)
    return { mistake: `${size} is no size of a disk; write one such as 1GiB or 512MiB` }
  if (bytes > LARGEST[format])
    return { mistake: `an empty ${format} disk has at most ${LARGEST[format] / 2 ** 20} MiB, not ${size}` }
  return { bytes: format === 'qcow2' ? blankQcow2(bytes) : new Uint8Array(bytes) }
}
