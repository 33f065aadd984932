import type { DiskFile } from '../../../src/lib/disk-image/byte-source.ts'
import { type GuestDisk, openGuestDisk } from '../../../src/lib/disk-image/guest/guest-disk.ts'

/** The most bytes with data in one extent. */
const LONGEST_DATA = 2 * 2 ** 20

/** Reads all extents of a disk, of which none may leave a gap, and calls `see` with each. Returns the length of all. */
export async function readAll(
  disk: GuestDisk,
  see?: (offset: number, data: Uint8Array) => void,
): Promise<number> {
  let end = 0
  for await (const { offset, length, data } of disk.extents()) {
    const fits = data === null || (data.length === length && length <= LONGEST_DATA)
    if (offset !== end || length <= 0 || !fits) throw new Error(`an extent of ${length} bytes at ${offset}`)
    if (data !== null) see?.(offset, data)
    end += length
  }
  return end
}

/** Reads the bytes of the disk in a file as a guest sees them. */
export async function guestBytes(file: DiskFile, name?: string): Promise<Uint8Array> {
  const disk = openGuestDisk(file, name)
  const bytes = new Uint8Array(disk.size)
  const end = await readAll(disk, (offset, data) => bytes.set(data, offset))
  if (end !== disk.size) throw new Error(`${end} bytes of a disk of ${disk.size}`)
  return bytes
}
