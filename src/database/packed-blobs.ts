import { closeSync, createReadStream, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'

/** A blob lies in the file in pieces, so that it never has to be in memory whole. Bytes. */
const PIECE = 2 ** 20
const TABLE = 'packed_blobs'

/** Puts blobs into the file of a world's database, so that one file is all of it. */
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

/** Takes the blobs out of the file again, into a folder. A file without any is left as it is. */
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
  // The name of a file of ours; what else somebody wrote there must not lead out of the folder.
  if (!/^[\w-]+$/.test(id)) return
  const blob = openSync(join(folder, id), 'w')
  try {
    const pieces = database.prepare(`SELECT bytes FROM ${TABLE} WHERE id = ? ORDER BY piece`).pluck()
    for (const bytes of pieces.iterate(id)) if (Buffer.isBuffer(bytes)) writeSync(blob, bytes)
  } finally {
    closeSync(blob)
  }
}
