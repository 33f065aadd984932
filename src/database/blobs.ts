import { createHash, hash } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { z } from 'zod'
import { chunkMemory } from '../lib/chunk-memory.ts'
import { SetupError } from '../lib/errors.ts'
import { writeSparseFile } from '../lib/sparse-file.ts'
import { linkOrCopy, makeFolder } from './durable-files.ts'
import { refuseActiveSchema, shown } from './foreign-schema.ts'

/** Size and hashes of bytes, computed while they stream to disk. */
export interface ReceivedBytes {
  size: number
  /** Hex. */
  md5: string
  /** Hex. */
  sha512: string
}

/** The bytes of a disk in a blob, with the size in bytes of the disk; null when the format does not tell. */
export const DiskBytes = z.object({
  blobId: z.string().refine(isBlobId, 'is no id of a blob'),
  size: z.int().min(0),
  md5: z.string(),
  sha512: z.string(),
  virtualSize: z.int().min(0).nullable(),
})
export type DiskBytes = z.output<typeof DiskBytes>

/** Stores the bytes of images: one file each in a folder, named by blob id. */
export interface BlobStore {
  /** Path of the folder. */
  readonly folder: string
  /** @throws Error for a text that is no blob id, see {@link isBlobId}. */
  path(id: string): string
  /** False for a blob whose file is not there: a world may be downloaded without its blobs. */
  has(id: string): boolean
  size(id: string): number
  /**
   * Streams bytes into a blob and hashes them on the way; memory use does not depend on the size. The blob appears only
   * when all bytes are written: a failed stream leaves nothing. Zeros take no room where the file system can leave them out.
   */
  receive(id: string, bytes: AsyncIterable<Uint8Array>): Promise<ReceivedBytes>
  /** Writes bytes from memory into a blob; for small files only. */
  keep(id: string, bytes: Uint8Array): ReceivedBytes
  /** Makes a second blob with the same bytes as a hard link: it takes no space, and each can be removed alone. */
  duplicate(id: string, original: string): void
  /** Streams a part of a blob; `end` is exclusive. */
  read(id: string, start: number, end: number): AsyncIterable<Uint8Array>
  remove(id: string): void
  /** Makes hard links of blobs, which stay readable when the blobs are removed. Missing blobs are skipped. */
  hold(ids: Iterable<string>): HeldBlobs
  /** Removes every file that is not in use: unfinished uploads of a crashed process, blobs of deleted images. */
  sweep(inUse: ReadonlySet<string>): void
  /**
   * Ends all uploads under way: their bytes are removed now, and `receive` reads what else arrives, drops it, and fails at the
   * end. To stop reading would reset the connection, and the client would not see its answer.
   */
  close(): void
}

/** Blobs as they were at one moment, in a folder of their own that lasts until they are released. */
interface HeldBlobs {
  readonly folder: string
  release(): void
}

/** Suffix of the file of an unfinished blob. */
const PART = '.part'
/** Begins the name of a folder of held blobs. */
const HELD = '.held-'

const BLOB_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Returns true for a UUID as the emulator draws them for blobs. A database may come from elsewhere: an id is checked before
 * it becomes a path.
 */
export function isBlobId(id: string): boolean {
  return BLOB_ID.test(id)
}

/**
 * Resolves the id of a blob under a folder of blobs.
 * @throws Error for a text that is no blob id.
 */
function blobPath(folder: string, id: string): string {
  if (!isBlobId(id)) throw new Error(`${shown(id)} is no id of a blob`)
  return join(folder, id)
}

export function openBlobs(folder: string): BlobStore {
  const path = (id: string) => blobPath(folder, id)
  let isThere = false
  let isClosed = false
  let received = 0
  /** The files of unfinished blobs. */
  const underWay = new Set<string>()

  /** Creates the folder with the first blob: most worlds have none. */
  function makeOwnFolder(): void {
    if (!isThere) mkdirSync(folder, { recursive: true })
    isThere = true
  }

  return {
    folder,
    path,
    has: (id) => existsSync(path(id)),
    size: (id) => statSync(path(id)).size,
    async receive(id, bytes) {
      makeOwnFolder()
      received += 1
      const part = `${path(id)}.${received}${PART}`
      const md5 = createHash('md5')
      const sha512 = createHash('sha512')
      const collectChunks = chunkMemory()
      let size = 0
      async function* measure(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          if (isClosed) continue
          md5.update(chunk)
          sha512.update(chunk)
          size += chunk.byteLength
          yield chunk
          collectChunks(chunk)
        }
        if (isClosed) throw new Error(`the world of blob ${id} was closed during its upload`)
      }
      underWay.add(part)
      try {
        await writeSparseFile(part, measure(bytes))
        await rename(part, path(id))
      } catch (error) {
        await rm(part, { force: true })
        throw error
      } finally {
        underWay.delete(part)
      }
      return { size, md5: md5.digest('hex'), sha512: sha512.digest('hex') }
    },
    keep(id, bytes) {
      makeOwnFolder()
      writeFileSync(path(id), bytes)
      return { size: bytes.byteLength, md5: hash('md5', bytes), sha512: hash('sha512', bytes) }
    },
    duplicate: (id, original) => linkSync(path(original), path(id)),
    read: (id, start, end) => readFile(path(id), start, end),
    remove: (id) => rmSync(path(id), { force: true }),
    hold(ids) {
      makeOwnFolder()
      const held = mkdtempSync(join(folder, HELD))
      for (const id of ids) if (existsSync(path(id))) linkOrCopy(path(id), blobPath(held, id))
      return { folder: held, release: () => rmSync(held, { recursive: true, force: true }) }
    },
    sweep(inUse) {
      for (const { name, kind } of entriesOf(folder)) {
        const isHeld = kind === 'folder' && name.startsWith(HELD)
        if (isHeld || kind === 'other' || (kind === 'blob' && !inUse.has(name)))
          rmSync(join(folder, name), { recursive: true, force: true })
      }
    },
    close() {
      isClosed = true
      for (const part of underWay) dropBytes(part)
    },
  }
}

/** Removes a file that is still being written. It takes no space from now on, although it stays open. */
function dropBytes(part: string): void {
  try {
    truncateSync(part)
    rmSync(part)
  } catch {
    // The upload has just ended.
  }
}

/** Copies the blobs of a folder into another one; on the same disk as hard links, which take no space. */
export function copyBlobs(from: string, to: string): void {
  const names = entriesOf(from).flatMap(({ name, kind }) => (kind === 'blob' ? [name] : []))
  if (names.length > 0) makeFolder(to)
  for (const name of names) linkOrCopy(join(from, name), join(to, name))
}

/** What lies in a folder of blobs. A symbolic link is no blob: it may lead to any file. */
function entriesOf(folder: string): { name: string; kind: 'blob' | 'folder' | 'other' }[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const isBlob = entry.isFile() && isBlobId(entry.name)
    return { name: entry.name, kind: isBlob ? 'blob' : entry.isDirectory() ? 'folder' : 'other' }
  })
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
const CREATE_TABLE = `CREATE TABLE ${TABLE} (id TEXT, piece INTEGER, bytes BLOB, PRIMARY KEY (id, piece))`

/** Copies the blobs of a folder into a database file, so that one file contains the whole world. */
export async function packBlobs(file: string, folder: string): Promise<void> {
  const database = new Database(file)
  try {
    database.exec(CREATE_TABLE)
    const insert = database.prepare(`INSERT INTO ${TABLE} VALUES (?, ?, ?)`)
    for (const { name, kind } of entriesOf(folder)) {
      if (kind !== 'blob') continue
      let piece = 0
      for await (const bytes of createReadStream(join(folder, name), { highWaterMark: PIECE })) {
        insert.run(name, piece, bytes)
        piece += 1
      }
    }
  } finally {
    database.close()
  }
}

/**
 * Moves packed blobs from a database file into a folder. A file without packed blobs is not changed.
 * @throws Error for a file that is no database; SetupError for a database with anything but plain tables, and for packed
 * blobs that `packBlobs` did not write.
 */
export function unpackBlobs(file: string, folder: string): void {
  const database = new Database(file)
  try {
    database.pragma('journal_mode = DELETE')
    refuseActiveSchema(database)
    const found = database.prepare('SELECT sql FROM sqlite_master WHERE name = ?').pluck().get(TABLE)
    if (found === undefined) return
    if (found !== CREATE_TABLE)
      throw new SetupError(`its table ${TABLE} has another form than a download has`)
    mkdirSync(folder, { recursive: true })
    for (const id of database.prepare(`SELECT DISTINCT id FROM ${TABLE}`).pluck().all()) {
      if (typeof id !== 'string' || !isBlobId(id))
        throw new SetupError(`it holds the bytes of ${shown(id)}, which is no id of a blob`)
      unpack(database, id, folder)
    }
    database.exec(`DROP TABLE ${TABLE}`)
    database.exec('VACUUM')
  } finally {
    database.close()
  }
}

function unpack(database: Database.Database, id: string, folder: string): void {
  const blob = openSync(blobPath(folder, id), 'wx')
  try {
    const pieces = database.prepare(`SELECT bytes FROM ${TABLE} WHERE id = ? ORDER BY piece`).pluck()
    for (const bytes of pieces.iterate(id)) if (Buffer.isBuffer(bytes)) writeSync(blob, bytes)
  } finally {
    closeSync(blob)
  }
}
