import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { ByteSource } from './image.ts'

/** Opens a file for `inspectDiskImage`. Write `using source = openByteSource(path)`, and it is closed in time. */
export function openByteSource(path: string): ByteSource & Disposable {
  const descriptor = openSync(path, 'r')
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
