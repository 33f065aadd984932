import { HeaderRefused } from '../../../lib/disk-image/bounded-file.ts'
import { openByteSource } from '../../../lib/disk-image/byte-source.ts'
import { findFlaw } from '../../../lib/disk-image/guest/check.ts'
import { openGuestDisk } from '../../../lib/disk-image/guest/guest-disk.ts'
import { readPartitions } from '../../../lib/disk-image/guest/partitions.ts'
import type { World } from '../../../simulation/world.ts'
import type { FileDisk } from './objects.ts'

/** What the bytes of a disk tell when they have arrived. */
export interface StoredDisk {
  /** What is wrong with the tables of its file, an English sentence. */
  flaw?: string | undefined
  /** True when UEFI can start from the disk, and a BIOS cannot. */
  needsUefi: boolean
}

/** The name of bytes that were accepted as an image: whatever has no header is a raw disk. */
export const ACCEPTED = 'disk.raw'

/** Follows the tables of a disk in a blob, and reads its partition table. */
export async function examineDisk(world: World, blobId: string, disk: FileDisk): Promise<StoredDisk> {
  const { format, virtualSize, encrypted, backingFile } = disk
  const isReadable = virtualSize !== null && !encrypted && backingFile === null
  if (!isReadable || format === 'iso') return { needsUefi: false }
  using file = openByteSource(world.blobs.path(blobId))
  const flaw = await findFlaw(file, ACCEPTED)
  if (flaw !== undefined) return { flaw, needsUefi: false }
  try {
    const table = await readPartitions(openGuestDisk(file, ACCEPTED))
    return { needsUefi: table?.hasEfiSystemPartition === true && !table.startsFromBios }
  } catch (error) {
    if (error instanceof HeaderRefused) return { flaw: error.message, needsUefi: false }
    throw error
  }
}
