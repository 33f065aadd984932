import { createHash, hash } from 'node:crypto'
import {
  createReadStream,
  createWriteStream,
  linkSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { chunkMemory } from '../kernel/chunk-memory.ts'

/** What was learned about bytes while they streamed to disk. */
export interface ReceivedBytes {
  size: number
  /** Hex. */
  md5: string
  /** Hex. */
  sha512: string
}

/** The bytes of images: one file each in a folder, named by blob id. */
export interface BlobStore {
  path(id: string): string
  size(id: string): number
  /**
   * Streams bytes into a blob while hashing and counting them; memory stays flat whatever the size. The blob appears
   * only when all bytes are there: a failed or cut stream leaves nothing.
   */
  receive(id: string, bytes: AsyncIterable<Uint8Array>): Promise<ReceivedBytes>
  /** Keeps bytes that are at hand, all at once; for small files only. */
  keep(id: string, bytes: Uint8Array): ReceivedBytes
  /** A second blob with the bytes of a first; it takes no room, and either may be removed without the other. */
  duplicate(id: string, original: string): void
  /** Streams a part of a blob; `end` is exclusive. */
  read(id: string, start: number, end: number): AsyncIterable<Uint8Array>
  remove(id: string): void
  /** Removes every file that is not in use: parts of uploads that a crash cut short, blobs of deleted images. */
  sweep(inUse: ReadonlySet<string>): void
}

export function openBlobs(folder: string): BlobStore {
  mkdirSync(folder, { recursive: true })
  const path = (id: string) => join(folder, id)
  return {
    path,
    size: (id) => statSync(path(id)).size,
    async receive(id, bytes) {
      const part = `${path(id)}.part`
      const md5 = createHash('md5')
      const sha512 = createHash('sha512')
      const collectChunks = chunkMemory()
      let size = 0
      async function* measure(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          md5.update(chunk)
          sha512.update(chunk)
          size += chunk.byteLength
          yield chunk
          collectChunks(chunk)
        }
      }
      try {
        await pipeline(bytes, measure, createWriteStream(part))
        await rename(part, path(id))
      } catch (error) {
        await rm(part, { force: true })
        throw error
      }
      return { size, md5: md5.digest('hex'), sha512: sha512.digest('hex') }
    },
    keep(id, bytes) {
      writeFileSync(path(id), bytes)
      return { size: bytes.byteLength, md5: hash('md5', bytes), sha512: hash('sha512', bytes) }
    },
    duplicate: (id, original) => linkSync(path(original), path(id)),
    read: (id, start, end) => readFile(path(id), start, end),
    remove: (id) => rmSync(path(id), { force: true }),
    sweep(inUse) {
      for (const name of readdirSync(folder)) if (!inUse.has(name)) rmSync(path(name), { force: true })
    },
  }
}

async function* readFile(path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  if (start >= end) return
  const collectChunks = chunkMemory()
  for await (const chunk of createReadStream(path, { start, end: end - 1 })) {
    yield chunk
    collectChunks(chunk)
  }
}
