import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packBlobs, unpackBlobs } from '../database/blobs.ts'
import { openDatabase } from '../database/open.ts'
import { readSetting } from '../database/settings.ts'
import { SetupError } from '../lib/errors.ts'
import { blobsInUse } from '../services/ims/queries/images.ts'
import { removeJournal } from './journal-file.ts'
import { type OpenWorld, STARTED_WITH, type WorldCopy } from './open-world.ts'
import { WorldSpec } from './spec.ts'
import { DEFAULT_WORLD } from './world-name.ts'

/** A folder for files that are removed when the process ends. */
export interface TemporaryFolder {
  readonly path: string
  remove(): void
}

export function openTemporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'ims-emulator-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Returns the folder of a world below the data folder: the default world has the data folder itself. */
export function folderOf(data: string | undefined, name: string): string | undefined {
  return data === undefined || name === DEFAULT_WORLD ? data : join(data, 'worlds', name)
}

/** Reads the names and the specifications of the worlds that an earlier process left in the data folder. */
export function keptWorlds(data: string | undefined): [string, WorldSpec][] {
  const folder = data === undefined ? undefined : join(data, 'worlds')
  if (folder === undefined || !existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'world.json')))
    .sort()
    .map((name) => [
      name,
      WorldSpec.parse(JSON.parse(readFileSync(join(folder, name, 'world.json'), 'utf8'))),
    ])
}

/** Writes the specification of a world into its folder, for the next process. */
export function keepSpec(data: string | undefined, name: string, spec: WorldSpec): void {
  const folder = folderOf(data, name)
  if (folder === undefined || name === DEFAULT_WORLD) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'world.json'), JSON.stringify(spec))
}

/** Removes the database and the blobs of a world from the data folder, and its journal unless that stays. */
export function removeFiles(data: string | undefined, name: string, journal?: 'journal stays'): void {
  const folder = folderOf(data, name)
  if (folder === undefined) return
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `${name}.sqlite${suffix}`), { force: true })
  rmSync(join(folder, 'blobs'), { recursive: true, force: true })
  if (journal === 'journal stays') return
  if (name === DEFAULT_WORLD) removeJournal(join(folder, `${name}.journal.jsonl`))
  else rmSync(folder, { recursive: true, force: true })
}

/** A world that was read from a file. */
export interface WorldFromFile {
  copy: WorldCopy
  /** The scenario that the world began with, as it is written. */
  written: Record<string, unknown>
}

/**
 * Reads a world that was downloaded as a SQLite file, with or without its blobs. The file itself is not changed.
 * @param folder where its blobs lie until the world is opened.
 * @throws SetupError when the file is missing, is no world, or is of an unknown version.
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

/** Streams the database of a world as a SQLite file that also contains its blobs. */
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
