import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  createAtOnce,
  makeFolder,
  removeAtOnce,
  removeTree,
  removeUnfinished,
  renameDurably,
  writeDurably,
} from '../database/durable-files.ts'
import { lockFolder } from '../database/lock.ts'
import { SetupError } from '../lib/errors.ts'
import { jsonIn } from '../lib/json.ts'
import { safeParse } from '../lib/parse.ts'
import { removeJournal } from './journal-file.ts'
import { removeUnfinishedSnapshots } from './snapshots.ts'
import { WorldSpec } from './spec.ts'
import { DEFAULT_WORLD, WorldName } from './world-name.ts'

/** The folder of databases and blobs, which belongs to this process until it is closed. */
export interface DataFolder {
  readonly path: string
  /** Tells other processes that want the folder where this one answers. */
  announce(url: string): void
  /** Reports on standard error, once, that the folder was removed or replaced while its worlds are open. */
  check(): void
  close(): void
}

/**
 * Locks the data folder, finishes what a crash has interrupted, and removes what it has left.
 * @throws SetupError when it is no folder, cannot be written, or belongs to another process.
 */
export function openDataFolder(path: string): DataFolder {
  makeUsable(path)
  const lock = lockFolder(path)
  try {
    recover(path)
    return { path, announce: lock.announce, check: folderCheck(path), close: lock.release }
  } catch (error) {
    lock.release()
    throw unwritable(path, error)
  }
}

function makeUsable(path: string): void {
  if (path === '')
    throw new SetupError('the path of the data folder is empty. Give a folder with --data, or leave it away.')
  const entry = statSync(path, { throwIfNoEntry: false })
  if (entry !== undefined && !entry.isDirectory())
    throw new SetupError(
      `the data folder ${path} is a file. Take a folder with --data, or a path that does not exist yet.`,
    )
  try {
    makeFolder(path)
  } catch (error) {
    throw unwritable(path, error)
  }
}

function unwritable(path: string, error: unknown): SetupError {
  if (error instanceof SetupError) return error
  return new SetupError(
    `the data folder ${path} cannot be written (${error instanceof Error ? error.message : error}). Make it writable for this user, or take another --data folder.`,
  )
}

function folderCheck(path: string): () => void {
  const { dev, ino } = statSync(path)
  let reported = false
  return () => {
    if (reported) return
    const now = statSync(path, { throwIfNoEntry: false })
    if (now?.dev === dev && now.ino === ino) return
    reported = true
    process.stderr.write(
      `ims-emulator: the data folder ${path} was ${now === undefined ? 'removed' : 'replaced'} while its worlds are open. What they hold is lost when this process ends; download it from /_ims/database, and start again.\n`,
    )
  }
}

/** Returns the folder of a world below the data folder: the default world has the data folder itself. */
export function folderOf(data: string, name: string): string {
  return name === DEFAULT_WORLD ? data : join(data, 'worlds', name)
}

/** Returns the folder of a world's snapshots below the folder that holds those of all worlds. */
export function snapshotsOf(data: string, name: string): string {
  return join(data, 'snapshots', name)
}

/** The specification of a world other than the default one. It is written last: a folder without it is no world. */
const SPEC = 'world.json'

/** A world that an earlier process left in the data folder. */
export interface KeptWorld {
  name: string
  /** A text says why it cannot be read. */
  spec: WorldSpec | string
}

/**
 * Reads the names and the specifications of the worlds that an earlier process left, without the default world, and finishes
 * their replacements.
 */
export function keptWorlds(data: string): KeptWorld[] {
  return namesOfWorlds(data).map((name) => {
    const folder = folderOf(data, name)
    try {
      recoverWorld(folder, name)
      return { name, spec: readSpec(folder, name) }
    } catch (error) {
      return { name, spec: `${folder} cannot be read: ${error instanceof Error ? error.message : error}` }
    }
  })
}

function namesOfWorlds(data: string): string[] {
  const folder = join(data, 'worlds')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && safeParse(WorldName, entry.name).success)
    .map(({ name }) => name)
    .sort()
}

function readSpec(folder: string, name: string): WorldSpec | string {
  for (const file of [SPEC, `${name}.sqlite`])
    if (!statSync(join(folder, file), { throwIfNoEntry: false })?.isFile())
      return `${join(folder, file)} is missing or no file`
  const spec = safeParse(WorldSpec, jsonIn(readFileSync(join(folder, SPEC), 'utf8')))
  return spec.data ?? `${join(folder, SPEC)} was cut or changed: it is no specification of a world`
}

/**
 * Creates the folder of a world at once.
 * @param build makes its database and blobs in the folder that it receives.
 */
export function createWorldFolder(
  data: string,
  name: string,
  spec: WorldSpec,
  build: (folder: string) => void,
): void {
  makeFolder(join(data, 'worlds'))
  removeAtOnce(snapshotsOf(data, name))
  createAtOnce(folderOf(data, name), (folder) => {
    build(folder)
    writeDurably(join(folder, SPEC), JSON.stringify(spec))
  })
}

/**
 * Removes the files of a world at once, and then its snapshots.
 * @throws Error when the world is still there.
 */
export function removeWorldFolder(data: string, name: string): void {
  removeAtOnce(folderOf(data, name))
  try {
    removeAtOnce(snapshotsOf(data, name))
  } catch {
    // Snapshots without a world are removed by the next start, or before a world of the name is created.
  }
}

/** The complete files that take the place of a world's own, in the world's folder. A crash may leave it; the next start goes on. */
const REPLACEMENT = '.replacement'
/** A file in it: the journal is removed, too. */
const NO_JOURNAL = 'no-journal'

/**
 * Builds the files that are going to replace those of a world. Once it returns, the replacement is decided: a crash can only
 * delay it to the next start.
 * @param build makes a database and blobs in the folder that it receives.
 */
export function decideReplacement(
  folder: string,
  build: (folder: string) => void,
  journal: 'journal goes on' | 'journal is removed',
): void {
  createAtOnce(join(folder, REPLACEMENT), (place) => {
    build(place)
    makeFolder(join(place, 'blobs'))
    if (journal === 'journal is removed') writeDurably(join(place, NO_JOURNAL), '')
  })
}

/**
 * Puts decided files in the place of a world's own; does nothing when nothing was decided. It can be repeated after it was
 * interrupted anywhere. The world must be closed.
 */
export function finishReplacement(folder: string, name: string): void {
  const place = join(folder, REPLACEMENT)
  if (!existsSync(place)) return
  const database = `${name}.sqlite`
  if (existsSync(join(place, database))) {
    // The log of the old database must never be applied to the new one.
    for (const suffix of ['-wal', '-shm']) removeTree(join(folder, database + suffix))
    renameDurably(join(place, database), join(folder, database))
  }
  if (existsSync(join(place, 'blobs'))) {
    removeAtOnce(join(folder, 'blobs'))
    renameDurably(join(place, 'blobs'), join(folder, 'blobs'))
  }
  if (existsSync(join(place, NO_JOURNAL))) removeJournal(join(folder, `${name}.journal.jsonl`))
  removeTree(place)
}

function recoverWorld(folder: string, name: string): void {
  removeUnfinished(folder)
  finishReplacement(folder, name)
}

/**
 * Finishes the replacement of the default world, and removes what was being built or deleted when an earlier process ended
 * and the snapshots of worlds that do not exist.
 */
function recover(data: string): void {
  removeUnfinished(join(data, 'worlds'))
  removeUnfinished(join(data, 'snapshots'))
  recoverWorld(data, DEFAULT_WORLD)
  for (const name of [DEFAULT_WORLD, ...namesOfWorlds(data)])
    removeUnfinishedSnapshots(snapshotsOf(data, name))
  const snapshots = join(data, 'snapshots')
  if (!existsSync(snapshots)) return
  for (const name of readdirSync(snapshots))
    if (safeParse(WorldName, name).success && !existsSync(folderOf(data, name)))
      removeAtOnce(join(snapshots, name))
}
