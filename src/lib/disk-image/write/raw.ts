import type { GuestDisk } from '../guest/guest-disk.ts'

const ZEROS = new Uint8Array(2 ** 20)

/** Writes a disk as a guest sees it. */
export async function* writeRaw(disk: GuestDisk): AsyncGenerator<Uint8Array> {
  for await (const { length, data } of disk.extents()) {
    if (data !== null) yield data.slice()
    else {
      for (let left = length; left > 0; left -= ZEROS.length) {
        yield left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS
      }
    }
  }
}
