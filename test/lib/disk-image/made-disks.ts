import type { GuestDisk } from '../../../src/lib/disk-image/guest/guest-disk.ts'
import { openGuestDisk } from '../../../src/lib/disk-image/guest/guest-disk.ts'
import { guardedSource } from './byte-sources.ts'

/** A raw disk in memory. */
export function diskOf(bytes: Uint8Array): GuestDisk {
  return openGuestDisk(guardedSource(bytes), 'disk.raw')
}

/** A disk of any size with data in places, in their order, and zeros everywhere else. */
export function sparseDisk(
  size: number,
  data: readonly (readonly [offset: number, bytes: Uint8Array])[],
): GuestDisk {
  return {
    image: { format: 'raw', version: null, virtualSize: size, encrypted: false, backingFile: null },
    size,
    async *extents() {
      let end = 0
      for (const [offset, bytes] of data) {
        if (offset > end) yield { offset: end, length: offset - end, data: null }
        yield { offset, length: bytes.length, data: bytes }
        end = offset + bytes.length
      }
      if (end < size) yield { offset: end, length: size - end, data: null }
    },
  }
}

/** The bytes of a file that is written in parts. */
export async function collect(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const part of parts) all.push(part)
  return new Uint8Array(Buffer.concat(all))
}
