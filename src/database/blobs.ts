import { createHash, hash } from 'node:crypto'
import {
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
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
import { chunkMemory } from '../lib/chunk-memory.ts'

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
  /** Where they lie. */
  readonly folder: string
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

/** How the name of a blob ends that has not come whole yet. */
const PART = '.part'

export function openBlobs(folder: string): BlobStore {
  const path = (id: string) => join(folder, id)
  let isThere = false

  /** A world without images of its own needs no folder. */
  function makeFolder(): void {
    if (!isThere) mkdirSync(folder, { recursive: true })
    isThere = true
  }

  return {
    folder,
    path,
    size: (id) => statSync(path(id)).size,
    async receive(id, bytes) {
      makeFolder()
      const part = path(id) + PART
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
      makeFolder()
      writeFileSync(path(id), bytes)
      return { size: bytes.byteLength, md5: hash('md5', bytes), sha512: hash('sha512', bytes) }
    },
    duplicate: (id, original) => linkSync(path(original), path(id)),
    read: (id, start, end) => readFile(path(id), start, end),
    remove: (id) => rmSync(path(id), { force: true }),
    sweep(inUse) {
      for (const name of namesIn(folder)) if (!inUse.has(name)) rmSync(path(name), { force: true })
    },
  }
}

/** The same blobs in a second folder; they take no room there while both are on one disk. */
export function copyBlobs(from: string, to: string): void {
  const names = namesIn(from).filter((name) => !name.endsWith(PART))
  if (names.length > 0) mkdirSync(to, { recursive: true })
  for (const name of names) linkOrCopy(join(from, name), join(to, name))
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch {
    copyFileSync(from, to)
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
