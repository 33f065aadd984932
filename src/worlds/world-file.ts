import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { isBlobId, packBlobs, unpackBlobs } from '../database/blobs.ts'
import { shown } from '../database/foreign-schema.ts'
import { type Db, openDatabase } from '../database/open.ts'
import { readSetting, setting } from '../database/settings.ts'
import { ControlError, SetupError } from '../lib/errors.ts'
import type { Cloud } from '../simulation/cloud.ts'
import { blobsInUse, namedBlobs } from './blobs-in-use.ts'
import { checkWorld } from './check-world.ts'
import type { OpenWorld, WorldCopy } from './open-world.ts'
import { openTemporaryFolder } from './temporary-folder.ts'

/** The setting that holds the scenario with which a world began, written out. */
export const STARTED_WITH = setting('started with', z.record(z.string(), z.unknown()))

/** A world that was read from a file. */
export interface WorldFromFile {
  copy: WorldCopy
  /** The scenario that the world began with, as it is written. */
  written: Record<string, unknown>
}

/**
 * Reads a world that was downloaded as a SQLite file, with or without its blobs. The file itself is not changed. It may come
 * from anyone, so nothing in it is taken for a path, and a schema or a cell that is not a world's is refused.
 * @param folder where its blobs lie until the world is opened.
 * @param cloud the services that are going to run in it.
 * @throws SetupError when the file is missing, is no world, or is of an unknown version.
 */
export function readWorldFile(file: string, folder: string, cloud: Cloud): WorldFromFile {
  if (!existsSync(file)) throw new SetupError(`${file} does not exist; GET /_ims/database gives such a file`)
  const mine = join(folder, 'from.sqlite')
  const blobs = join(folder, 'from-blobs')
  copyFileSync(file, mine)
  try {
    unpackBlobs(mine, blobs)
  } catch (error) {
    if (error instanceof SetupError) throw noWorld(file, error.message)
    throw new SetupError(`${file} is no SQLite file: ${error instanceof Error ? error.message : error}`)
  }
  const { db, serialize, close } = openDatabase(undefined, readFileSync(mine), file)
  try {
    checkIds(db, file)
    checkWorld(db, cloud, file)
    const written = readSetting(db, STARTED_WITH)
    if (written === undefined) throw noWorld(file, 'it names no scenario')
    return { copy: { database: serialize(), blobs }, written }
  } finally {
    close()
    rmSync(mine)
  }
}

function noWorld(file: string, found: string): SetupError {
  return new SetupError(`${file} is no world of an ims-emulator (${found}); GET /_ims/database gives one`)
}

/**
 * Checks the ids of a database that become names of files.
 * @param name the database in the message.
 * @throws SetupError that names the first id of another form.
 */
export function checkIds(db: Db, name: string): void {
  const wrong = namedBlobs(db).find((id) => !isBlobId(id))
  if (wrong !== undefined)
    throw new SetupError(`${name} names ${shown(wrong)} as bytes, which is no id of a blob`)
}

/**
 * Packs a world as it is now into a SQLite file that also contains its blobs, and streams it. Images can be deleted
 * meanwhile.
 * @throws ControlError 409 when the world ends before its blobs are packed.
 */
export async function packWorld(world: OpenWorld): Promise<AsyncIterable<Uint8Array>> {
  const scratch = openTemporaryFolder()
  const blobs = world.blobs.hold(blobsInUse(world.db))
  try {
    const file = join(scratch.path, 'world.sqlite')
    writeFileSync(file, world.copy().database)
    await packBlobs(file, blobs.folder)
    // The file stays readable until it is closed, although it is removed now.
    return Readable.toWeb((await open(file)).createReadStream())
  } catch (error) {
    if (existsSync(blobs.folder)) throw error
    throw new ControlError(
      409,
      `the world ${world.name} was reset, restored or deleted during its download; ask for it again`,
    )
  } finally {
    blobs.release()
    scratch.remove()
  }
}
