import type { ByteSource } from './image.ts'

/** A part of a file, read as if it were one. */
export function windowOf(source: ByteSource, start: number, size: number): ByteSource {
  return {
    size,
    read(offset, length) {
      return source.read(start + offset, Math.min(length, size - offset))
    },
  }
}
