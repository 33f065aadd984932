import { HeaderRefused } from '../bounded-file.ts'
import type { DiskFile } from '../byte-source.ts'
import { findDisk } from '../inspect.ts'
import { openGuestDisk } from './guest-disk.ts'
import { DiskTables } from './tables.ts'

/**
 * Follows the tables of a disk without reading its data.
 * @param name as for `inspectDiskImage`
 * @returns what is wrong with the disk, an English sentence; undefined for one whose bytes can be found.
 */
export async function findFlaw(file: DiskFile, name?: string): Promise<string | undefined> {
  try {
    openGuestDisk(file, name)
    for await (const _ of findDisk(file, name).pieces(new DiskTables(file)));
    return undefined
  } catch (error) {
    if (error instanceof HeaderRefused) return error.message
    throw error
  }
}
