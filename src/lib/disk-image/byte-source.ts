import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** Random access to the bytes of a file; reads are synchronous and may return fewer bytes at the end of the file. */
export interface ByteSource {
  /** Length of the file in bytes. */
  readonly size: number
  read(offset: number, length: number): Uint8Array
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
export function openByteSource(path: string): ByteSource & Disposable {
  return byteSourceOf(openSync(path, 'r'))
}

/** Makes the bytes of a file that is open for reading accessible. `using` closes it at the end of its block. */
export function byteSourceOf(descriptor: number): ByteSource & Disposable {
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
    [Symbol.dispose]() {
      closeSync(descriptor)
    },
  }
}
