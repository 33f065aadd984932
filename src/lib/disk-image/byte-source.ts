import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs'
import { promisify } from 'node:util'

const readLater = promisify(read)

/** Random access to the bytes of a file; reads are synchronous and may return fewer bytes at the end of the file. */
export interface ByteSource {
  /** Length of the file in bytes. */
  readonly size: number
  read(offset: number, length: number): Uint8Array
}

/** A file whose headers are read at once, and whose data is read while other work goes on. */
export interface DiskFile extends ByteSource {
  /** Fills the first `length` bytes of `buffer`; returns how many the file had. */
  readInto(buffer: Uint8Array, offset: number, length: number): Promise<number>
}

/**
 * Presents a part of a file (in bytes) as a file of its own.
 *
 * @example inspectDiskImage(windowOf(ova, disk.offset, disk.size))
 */
export function windowOf(source: ByteSource, start: number, size: number): ByteSource {
  return {
    size,
    read(offset, length) {
      return source.read(start + offset, Math.min(length, size - offset))
    },
  }
}

/**
 * Opens a file for `inspectDiskImage`. `using` closes it at the end of its block.
 *
 * @example
 * using source = openByteSource('disk.qcow2')
 * const inspection = inspectDiskImage(source)
 */
export function openByteSource(path: string): DiskFile & Disposable {
  return byteSourceOf(openSync(path, 'r'))
}

/** Makes the bytes of a file that is open for reading accessible. `using` closes it at the end of its block. */
export function byteSourceOf(descriptor: number): DiskFile & Disposable {
  return {
    size: fstatSync(descriptor).size,
    read(offset, length) {
      const bytes = new Uint8Array(length)
      let filled = 0
      while (filled < length) {
        const got = readSync(descriptor, bytes, filled, length - filled, offset + filled)
        if (got === 0) break
        filled += got
      }
      return bytes.subarray(0, filled)
    },
    async readInto(buffer, offset, length) {
      let filled = 0
      while (filled < length) {
        const { bytesRead } = await readLater(descriptor, buffer, filled, length - filled, offset + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return filled
    },
    [Symbol.dispose]() {
      closeSync(descriptor)
    },
  }
}
