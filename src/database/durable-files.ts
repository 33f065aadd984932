import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** A change of files that a crash or a full disk may prevent; `renamed` is the moment after a rename. */
type FileOperation = 'make folder' | 'write' | 'rename' | 'renamed' | 'remove' | 'link'

type FileObserver = (operation: FileOperation, path: string) => void

let observer: FileObserver | undefined

/**
 * Calls a function before every change that this module makes. Tests crash the program there, or throw what the operating
 * system would.
 * @internal
 */
export function observeFiles(observe: FileObserver): Disposable {
  observer = observe
  return {
    [Symbol.dispose]() {
      observer = undefined
    },
  }
}

/** Creates a folder and its parents; does nothing when it exists. */
export function makeFolder(path: string): void {
  observer?.('make folder', path)
  mkdirSync(path, { recursive: true })
}

/** Writes a file and waits until it is on the disk. */
export function writeDurably(path: string, content: string | Uint8Array): void {
  observer?.('write', path)
  writeFileSync(path, content, { flush: true })
}

/** Renames a file or folder and waits until both names are on the disk. A file is replaced by a file at once. */
export function renameDurably(from: string, to: string): void {
  observer?.('rename', from)
  renameSync(from, to)
  observer?.('renamed', to)
  syncFolder(dirname(to))
}

/** Makes a second file with the same bytes: on the same disk as a hard link, which takes no space. */
export function linkOrCopy(from: string, to: string): void {
  observer?.('link', to)
  try {
    linkSync(from, to)
  } catch {
    copyFileSync(from, to)
  }
}

/** Removes a file, a link or a folder with everything in it, one by one; does nothing when it does not exist. */
export function removeTree(path: string): void {
  const entry = lstatSync(path, { throwIfNoEntry: false })
  if (entry === undefined) return
  const isFolder = entry.isDirectory()
  if (isFolder) for (const name of readdirSync(path)) removeTree(join(path, name))
  observer?.('remove', path)
  if (isFolder) rmdirSync(path)
  else unlinkSync(path)
}

/** Begins the name of a folder that is not complete yet. */
const BUILDING = '.building-'
/** Begins the name of a folder that is not needed any more. */
const DELETING = '.deleting-'

/**
 * Creates a folder at once: it is filled under another name beside its place and renamed when it is complete. A crash or
 * an error leaves nothing at the place.
 * @param fill receives the path of the folder, which exists and is empty.
 */
export function createAtOnce(place: string, fill: (folder: string) => void): void {
  const building = join(dirname(place), BUILDING + basename(place))
  removeTree(building)
  makeFolder(building)
  try {
    fill(building)
    syncFolder(building)
    renameDurably(building, place)
  } catch (error) {
    removeIfPossible(building)
    throw error
  }
}

/** Removes a folder at once: it is renamed before its content is removed. Does nothing when it does not exist. */
export function removeAtOnce(place: string): void {
  if (!existsSync(place)) return
  const deleting = join(dirname(place), DELETING + basename(place))
  removeTree(deleting)
  renameDurably(place, deleting)
  removeIfPossible(deleting)
}

/** Tells whether a name is that of a folder which is being built or deleted. */
export function isUnfinished(name: string): boolean {
  return name.startsWith(BUILDING) || name.startsWith(DELETING)
}

/** Removes the folders that a crash left while they were built or deleted. */
export function removeUnfinished(folder: string): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) if (isUnfinished(name)) removeTree(join(folder, name))
}

/** Removes a folder under a name that nothing reads. What is left of it is removed at the next start. */
function removeIfPossible(folder: string): void {
  try {
    removeTree(folder)
  } catch {
    // It is found by its name later.
  }
}

/**
 * Waits until the names in a folder are on the disk, where the operating system can do that: Windows opens no folders. It
 * throws nothing, because the names are changed already.
 */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  } catch {
    // A crash of the process loses no name even so.
  }
}
