import { createHash } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { chunkMemory } from '../chunk-memory.ts'
import { openByteSource } from './byte-source.ts'
import { type GuestDisk, openGuestDisk } from './guest/guest-disk.ts'
import { isZero } from './write/blocks.ts'
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
  const output = await open(target, 'wx')
  let size = 0
  try {
    for await (const chunk of writeDisk(disk, format)) {
      signal?.throwIfAborted()
      digest.update(chunk)
      // Chunks of zeros are not written, so that nothing else would let other work go on.
      if (isZero(chunk)) await setImmediate()
      else await writeAll(output, chunk, size)
      size += chunk.length
      collectChunks(chunk)
    }
    await output.truncate(size)
  } catch (error) {
    await rm(target, { force: true })
    throw error
  } finally {
    await output.close()
  }
  return { size, md5: digest.digest('hex') }
}

async function writeAll(output: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await output.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}
