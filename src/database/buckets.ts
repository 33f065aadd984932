import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs'
import { copyFile, mkdir, rm } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { codeOf } from '../lib/host-errors.ts'

/**
 * The reason why no object can be written under a key. A store of objects takes `foo` beside `foo/bar`; a folder of files does
 * not. `outside`: a link leads out of the bucket, or the key is no path of a file in it.
 */
export type Obstacle = 'no bucket' | 'outside' | 'name too long' | 'taken' | 'below a file'

/**
 * OBS buckets as folders: every sub-folder of the root is a bucket, every file below it an object whose key is its path.
 * Keys come from requests. They are compared as they are: `./a` and `/a` are other keys than `a`. Links that lead out of a bucket
 * are not followed, and no link is an object.
 */
export interface Buckets {
  list(): string[]
  exists(bucket: string): boolean
  /** Finds the path of an object; undefined when it does not exist or lies outside its bucket. */
  find(bucket: string, key: string): string | undefined
  /** Opens an object for reading and returns its file descriptor; undefined when it cannot be found or read. */
  open(bucket: string, key: string): number | undefined
  /** Finds what is in the way of a new object; undefined when it can be written. */
  obstacle(bucket: string, key: string): Obstacle | undefined
  /**
   * Copies a file into the staging folder of a bucket. `deliver` then needs only a second name for it.
   * @returns the name of the staged file, a UUID. It does not come from the seed: a world that was reset, restored or killed draws
   * the same numbers again, and so do other emulators that share the bucket. @throws Error when the bucket does not exist.
   */
  stage(file: string, bucket: string): Promise<string>
  /**
   * Makes a staged file the object of a key, and leaves the staged one to `discard`. It never replaces anything. Done again for
   * the same file and key it succeeds without a change, so it may come before the transaction that records it.
   * @returns what prevents it.
   */
  deliver(bucket: string, name: string, key: string): Obstacle | 'nothing staged' | undefined
  /** Takes back what `deliver` did; does nothing when the object of the key is another one. */
  withdraw(bucket: string, name: string, key: string): void
  /** Removes a staged file; does nothing when there is none. */
  discard(bucket: string, name: string): void
}

const STAGING = '.ims-emulator'
/** The name of a staged file comes back from a database, which may come from elsewhere. */
const STAGED_NAME = /^[0-9a-f-]{36}$/
/** Longest name of a file or folder, bytes, on the usual file systems. */
const LONGEST_NAME = 255
/** Other exports remove the staging folder when they find it empty; it is made again at most this often. */
const STAGING_ATTEMPTS = 100

/**
 * Opens the buckets below a folder; without a folder there are none.
 * @param owner the world. Its name goes before those of staged files, so a fork does not move the files of its original.
 */
export function openBuckets(root: string | undefined, owner = 'default'): Buckets {
  const base = root === undefined ? undefined : resolve(root)
  /** Objects by the staged file that was renamed to them, on file systems without hard links. */
  const renamed = new Map<string, string>()

  function folder(bucket: string): string | undefined {
    if (base === undefined || bucket === '' || bucket.startsWith('.') || /[/\\\0]/.test(bucket))
      return undefined
    const path = join(base, bucket)
    return entryAt(path, statSync)?.isDirectory() ? realpathSync(path) : undefined
  }

  /**
   * Resolves a key below its bucket, for reading and for writing. Each folder on the way is looked at, so the path that is
   * returned has no link in it but, perhaps, at its end.
   */
  function place(bucket: string, key: string): { path: string } | { obstacle: Obstacle } {
    const inside = folder(bucket)
    if (inside === undefined) return { obstacle: 'no bucket' }
    const parts = key.split('/')
    if (parts.some(isNoName) || parts[0]?.toLowerCase() === STAGING) return { obstacle: 'outside' }
    if (parts.some((part) => Buffer.byteLength(part) > LONGEST_NAME)) return { obstacle: 'name too long' }
    const name = parts.pop() ?? ''
    let path = inside
    for (const [index, part] of parts.entries()) {
      path = join(path, part)
      if (entryAt(path, lstatSync) === undefined) return { path: join(path, ...parts.slice(index + 1), name) }
      const entry = entryAt(path, statSync)
      if (entry === undefined) return { obstacle: 'outside' }
      path = realpathSync(path)
      if (!isWithin(inside, path)) return { obstacle: 'outside' }
      if (!entry.isDirectory()) return { obstacle: 'below a file' }
    }
    return { path: join(path, name) }
  }

  /** Finds the path of the staging folder, which need not exist; undefined for an unknown bucket, and when it is a link. */
  function stagingFolder(bucket: string): string | undefined {
    const inside = folder(bucket)
    if (inside === undefined) return undefined
    const path = join(inside, STAGING)
    return entryAt(path, lstatSync)?.isDirectory() === false ? undefined : path
  }

  /** Finds the path of a staged file, which need not exist; undefined for a name that is none. */
  function stagedPlace(bucket: string, name: string): string | undefined {
    const staging = stagingFolder(bucket)
    return staging !== undefined && STAGED_NAME.test(name) ? join(staging, `${owner}.${name}`) : undefined
  }

  /** True when the object at a path is the staged file. */
  function isDelivered(staged: string, path: string): boolean {
    const object = entryAt(path, lstatSync)
    if (object === undefined) return false
    if (renamed.get(staged) === path) return true
    const copy = entryAt(staged, lstatSync)
    return copy !== undefined && copy.ino === object.ino && copy.dev === object.dev
  }

  function find(bucket: string, key: string): string | undefined {
    const found = place(bucket, key)
    return 'path' in found && entryAt(found.path, lstatSync)?.isFile() ? found.path : undefined
  }

  return {
    list() {
      if (base === undefined || !existsSync(base)) return []
      const entries = readdirSync(base, { withFileTypes: true })
      return entries.flatMap((entry) => (folder(entry.name) === undefined ? [] : [entry.name])).sort()
    },
    exists: (bucket) => folder(bucket) !== undefined,
    find,
    open(bucket, key) {
      const path = find(bucket, key)
      return path === undefined ? undefined : openFile(path)
    },
    obstacle(bucket, key) {
      const found = place(bucket, key)
      if ('obstacle' in found) return found.obstacle
      if (stagingFolder(bucket) === undefined) return 'outside'
      return entryAt(found.path, lstatSync) === undefined ? undefined : 'taken'
    },
    async stage(file, bucket) {
      const name = randomUUID()
      const staged = stagedPlace(bucket, name)
      if (staged === undefined) throw new Error(`nothing can be staged in the bucket ${bucket}`)
      try {
        await copyInto(staged, file)
        return name
      } catch (error) {
        await rm(staged, { force: true })
        removeIfEmpty(dirname(staged))
        throw error
      }
    },
    deliver(bucket, name, key) {
      const found = place(bucket, key)
      if ('obstacle' in found) return found.obstacle
      const { path } = found
      const staged = stagedPlace(bucket, name)
      if (staged === undefined) return 'nothing staged'
      if (isDelivered(staged, path)) return undefined
      if (!entryAt(staged, lstatSync)?.isFile()) return 'nothing staged'
      try {
        mkdirSync(dirname(path), { recursive: true })
      } catch (error) {
        return obstacleOf(error, 'below a file')
      }
      // Something may have taken the place of a folder on the way meanwhile.
      if (realpathSync(dirname(path)) !== dirname(path)) return 'outside'
      try {
        if (!linked(staged, path)) {
          if (entryAt(path, lstatSync) !== undefined) return 'taken'
          renameSync(staged, path)
          renamed.set(staged, path)
        }
      } catch (error) {
        return obstacleOf(error, 'taken')
      }
      return undefined
    },
    withdraw(bucket, name, key) {
      const found = place(bucket, key)
      const staged = stagedPlace(bucket, name)
      if (staged !== undefined && 'path' in found && isDelivered(staged, found.path))
        rmSync(found.path, { force: true })
    },
    discard(bucket, name) {
      const staged = stagedPlace(bucket, name)
      if (staged === undefined) return
      renamed.delete(staged)
      rmSync(staged, { force: true })
      removeIfEmpty(dirname(staged))
    },
  }
}

/** True for a part of a key that is no name of a file. */
function isNoName(part: string): boolean {
  return part === '' || part === '.' || part === '..' || part.includes('\0') || part.includes(sep)
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder + sep)
}

/** Looks at a path; undefined when nothing is there, or nothing that can be looked at. */
function entryAt(path: string, look: (path: string) => Stats): Stats | undefined {
  try {
    return look(path)
  } catch {
    return undefined
  }
}

/** Opens a file for reading without following a link; undefined when it is none or cannot be read. */
function openFile(path: string): number | undefined {
  // Windows has neither flag. Opening a pipe would wait for a writer.
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants
  try {
    const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    if (fstatSync(file).isFile()) return file
    closeSync(file)
    return undefined
  } catch {
    return undefined
  }
}

/** Copies a file to a new one in the staging folder, which is made again when another export has removed it meanwhile. */
async function copyInto(staged: string, file: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await makeStaging(dirname(staged))
    try {
      return await copyFile(file, staged, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || attempt === STAGING_ATTEMPTS || !existsSync(file)) throw error
    }
  }
}

/** Creates a staging folder. The bucket is not created: it may have been removed a moment ago. */
async function makeStaging(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

/** Codes of file systems that have no hard links. */
const WITHOUT_LINKS: ReadonlySet<unknown> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/** Gives a file a second name, which must be free; returns false when the file system cannot. */
function linked(file: string, path: string): boolean {
  try {
    linkSync(file, path)
    return true
  } catch (error) {
    if (WITHOUT_LINKS.has(codeOf(error))) return false
    throw error
  }
}

/** The obstacle that an error tells of. @throws the error when it tells of none. */
function obstacleOf(error: unknown, existing: Obstacle): Obstacle {
  switch (codeOf(error)) {
    case 'EEXIST':
    case 'EISDIR':
      return existing
    case 'ENOTDIR':
      return 'below a file'
    case 'ENAMETOOLONG':
      return 'name too long'
    case 'ELOOP':
      return 'outside'
    default:
      throw error
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // The folder is gone already, or it has files of other exports.
  }
}
