import { createHash, hash } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import Database from 'better-sqlite3'
import { chunkMemory } from '../lib/chunk-memory.ts'

/** Size and hashes of bytes, computed while they stream to disk. */
export interface ReceivedBytes {
  size: number
  /** Hex. */
  md5: string
  /** Hex. */
  sha512: string
}

/** Stores the bytes of images: one file each in a folder, named by blob id. */
export interface BlobStore {
  /** Path of the folder. */
  readonly folder: string
  path(id: string): string
  size(id: string): number
  /**
   * Streams bytes into a blob and hashes them on the way; memory use does not depend on the size. The blob appears only
   * when all bytes are written: a failed stream leaves nothing.
   */
  receive(id: string, bytes: AsyncIterable<Uint8Array>): Promise<ReceivedBytes>
  /** Writes bytes from memory into a blob; for small files only. */
  keep(id: string, bytes: Uint8Array): ReceivedBytes
  /** Makes a second blob with the same bytes as a hard link: it takes no space, and each can be removed alone. */
  duplicate(id: string, original: string): void
  /** Streams a part of a blob; `end` is exclusive. */
  read(id: string, start: number, end: number): AsyncIterable<Uint8Array>
  remove(id: string): void
  /** Removes every file that is not in use: unfinished uploads of a crashed process, blobs of deleted images. */
  sweep(inUse: ReadonlySet<string>): void
}

/** Suffix of the file of an unfinished blob. */
const PART = '.part'

export function openBlobs(folder: string): BlobStore {
  const path = (id: string) => join(folder, id)
  let isThere = false

  /** Creates the folder with the first blob: most worlds have none. */
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

/** Copies the blobs of a folder into another one; on the same disk as hard links, which take no space. */
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

/** Size of the pieces that a packed blob is split into, bytes: a whole blob may not fit into memory. */
const PIECE = 2 ** 20
const TABLE = 'packed_blobs'

/** Copies blobs into a database file, so that one file contains the whole world. */
export async function packBlobs(file: string, folder: string, ids: Iterable<string>): Promise<void> {
  const database = new Database(file)
  try {
    database.exec(`CREATE TABLE ${TABLE} (id TEXT, piece INTEGER, bytes BLOB, PRIMARY KEY (id, piece))`)
    const insert = database.prepare(`INSERT INTO ${TABLE} VALUES (?, ?, ?)`)
    for (const id of ids) {
      let piece = 0
      for await (const bytes of createReadStream(join(folder, id), { highWaterMark: PIECE })) {
        insert.run(id, piece, bytes)
        piece += 1
      }
    }
  } finally {
    database.close()
  }
}

/** Moves packed blobs from a database file into a folder. A file without packed blobs is not changed. */
export function unpackBlobs(file: string, folder: string): void {
  const database = new Database(file)
  try {
    database.pragma('journal_mode = DELETE')
    const isPacked = database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(TABLE) !== undefined
    if (!isPacked) return
    mkdirSync(folder, { recursive: true })
    for (const id of database.prepare(`SELECT DISTINCT id FROM ${TABLE}`).pluck().all())
      unpack(database, String(id), folder)
    database.exec(`DROP TABLE ${TABLE}`)
    database.exec('VACUUM')
  } finally {
    database.close()
  }
}

function unpack(database: Database.Database, id: string, folder: string): void {
  // The file may come from elsewhere: an id must not lead out of the folder.
  if (!/^[\w-]+$/.test(id)) return
  const blob = openSync(join(folder, id), 'w')
  try {
    const pieces = database.prepare(`SELECT bytes FROM ${TABLE} WHERE id = ? ORDER BY piece`).pluck()
    for (const bytes of pieces.iterate(id)) if (Buffer.isBuffer(bytes)) writeSync(blob, bytes)
  } finally {
    closeSync(blob)
  }
}
