import { type FileHandle, open, rm } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'

const ZEROS = Buffer.alloc(64 * 1024)

/** Returns true when all bytes are zero. */
export function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += ZEROS.length) {
    const part = bytes.subarray(at, at + ZEROS.length)
    if (ZEROS.compare(part, 0, part.length, 0, part.length) !== 0) return false
  }
  return true
}

/**
 * Writes a new file. Chunks of zeros take no room where the file system can leave them out.
 * @throws Error when the file exists, and what the chunks throw; the file is removed then.
 */
export async function writeSparseFile(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx')
  try {
    let size = 0
    for await (const chunk of chunks) {
      // A chunk of zeros is not written, so that nothing else would let other work go on.
      if (isZero(chunk)) await setImmediate()
      else await writeAll(file, chunk, size)
      size += chunk.length
    }
    await file.truncate(size)
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}
