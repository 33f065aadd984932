import { createHash } from 'node:crypto'
import { chunkMemory } from '../chunk-memory.ts'
import { writeSparseFile } from '../sparse-file.ts'
import { openByteSource } from './byte-source.ts'
import { type GuestDisk, openGuestDisk } from './guest/guest-disk.ts'
import { writeQcow2 } from './write/qcow2.ts'
import { writeRaw } from './write/raw.ts'
import { writeVhd } from './write/vhd.ts'
import { writeVmdk } from './write/vmdk.ts'
import { writeZvhd } from './write/zvhd.ts'

type Writer = (disk: GuestDisk) => AsyncGenerator<Uint8Array>

const WRITERS = {
  raw: writeRaw,
  qcow2: writeQcow2,
  vhd: writeVhd,
  vmdk: writeVmdk,
  zvhd: (disk) => writeZvhd(disk, 'zvhd'),
  zvhd2: (disk) => writeZvhd(disk, 'zvhd2'),
} as const satisfies Record<string, Writer>

/** The formats that a disk can be converted to. */
export type WrittenFormat = keyof typeof WRITERS

/**
 * Makes the bytes of a file with the same disk in another format, from its first byte to its last, in flat memory. The same
 * disk gives the same bytes: ids follow from it, and no time is written.
 * @throws HeaderRefused when the disk cannot be read, or is too large for the format.
 */
export function writeDisk(disk: GuestDisk, format: WrittenFormat): AsyncGenerator<Uint8Array> {
  return WRITERS[format](disk)
}

/**
 * Converts the disk in a file. Zeros of the new file take no room where the file system can leave them out. A conversion that
 * fails or is aborted leaves no file. A target that exists is an error: it may be the source.
 * @returns the length of the new file, and its MD5 in hex.
 * @throws HeaderRefused as `writeDisk`
 */
export async function convertDisk(
  source: string,
  format: WrittenFormat,
  target: string,
  signal?: AbortSignal,
): Promise<{ size: number; md5: string }> {
  using file = openByteSource(source)
  const disk = openGuestDisk(file, source)
  const digest = createHash('md5')
  const collectChunks = chunkMemory()
  let size = 0
  async function* measured(): AsyncGenerator<Uint8Array> {
    for await (const chunk of writeDisk(disk, format)) {
      signal?.throwIfAborted()
      digest.update(chunk)
      size += chunk.length
      yield chunk
      collectChunks(chunk)
    }
  }
  await writeSparseFile(target, measured())
  return { size, md5: digest.digest('hex') }
}
