import { copyFileSync, createReadStream, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../database/open.ts'
import { packBlobs, unpackBlobs } from '../database/packed-blobs.ts'
import { readSetting } from '../database/settings.ts'
import { SetupError } from '../lib/errors.ts'
import { blobsInUse } from '../services/ims/queries/images.ts'
import { STARTED_WITH } from './database.ts'
import type { OpenWorld, WorldCopy } from './open-world.ts'
import { openTemporaryFolder } from './temporary-folder.ts'

/** A world out of a file. */
export interface WorldFromFile {
  copy: WorldCopy
  /** The scenario that it began with, as it is written. */
  written: Record<string, unknown>
}

/**
 * Reads a world that was downloaded as a SQLite file, with its blobs or without. The file stays as it is.
 * @param folder where its blobs may lie until the world is opened.
 * @throws SetupError when it is no file of a world, or one of a version that this one does not know.
 */
export function readWorldFile(file: string, folder: string): WorldFromFile {
  if (!existsSync(file)) throw new SetupError(`${file} does not exist; GET /_ims/database gives such a file`)
  const mine = join(folder, 'from.sqlite')
  const blobs = join(folder, 'from-blobs')
  copyFileSync(file, mine)
  try {
    unpackBlobs(mine, blobs)
  } catch (error) {
    throw new SetupError(`${file} is no SQLite file: ${error instanceof Error ? error.message : error}`)
  }
  const { db, serialize, close } = openDatabase(undefined, readFileSync(mine))
  const written = readSetting(db, STARTED_WITH)
  const database = serialize()
  close()
  rmSync(mine)
  if (typeof written !== 'object' || written === null)
    throw new SetupError(`${file} is no world of an ims-emulator; GET /_ims/database gives one`)
  return { copy: { database, blobs }, written: { ...written } }
}

/** The file of a world with the bytes of its images in it, piece by piece. */
export async function* packedWorld(world: OpenWorld): AsyncGenerator<Uint8Array> {
  const scratch = openTemporaryFolder()
  try {
    const file = join(scratch.path, 'world.sqlite')
    writeFileSync(file, world.copy().database)
    await packBlobs(file, world.blobs.folder, blobsInUse(world.db))
    yield* createReadStream(file)
  } finally {
    scratch.remove()
  }
}
