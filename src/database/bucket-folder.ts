import {
  closeSync,
  constants,
  copyFileSync,
  type Dirent,
  existsSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { codeOf } from '../lib/host-errors.ts'

/**
 * The reason why no file can be written for an object. A store of objects takes `foo` beside `foo/bar`; a folder of files does
 * not. `outside`: a link leads out of the bucket, or the key is no path of a file in it.
 */
export type Obstacle = 'outside' | 'name too long' | 'taken' | 'below a file'

/** A file of a bucket. */
interface BucketFile {
  path: string
  /** Bytes. */
  size: number
  /** Host time of its last change, ms since the epoch. */
  modifiedAt: number
  /** Known only of objects of an object store. */
  etag?: string
  /** The class of storage, unless it is the one for frequent access. */
  storageClass?: string | undefined
}

/**
 * The files that every world begins with: every sub-folder of the root is a bucket, every file below it an object whose key is
 * its path. Keys come from requests. They are compared as they are: `./a` and `/a` are other keys than `a`. Links that lead out
 * of a bucket are not followed, and no link is an object.
 */
export interface BucketFolder {
  /** The names of the buckets, in their order. */
  list(): string[]
  has(bucket: string): boolean
  /** Finds the file of an object; undefined when it does not exist or lies outside its bucket. */
  find(bucket: string, key: string): BucketFile | undefined
  /** Opens an object for reading and returns its file descriptor; undefined when it cannot be found or read. */
  open(bucket: string, key: string): number | undefined
  /** The keys of a bucket in the order of their UTF-8 bytes, without what lies behind links. */
  keys(bucket: string): string[]
  /**
   * Finds what is in the way of a file for an object; undefined when it can be written, and when the root has no folder for the
   * bucket, so that nothing is written.
   */
  obstacle(bucket: string, key: string): Obstacle | undefined
  /**
   * Writes a copy of a file as an object, at once and without replacing anything. Does nothing when the root has no folder for
   * the bucket. @returns what prevents it.
   */
  write(bucket: string, key: string, file: string): Obstacle | undefined
}

/** Begins the name of a folder in a bucket for a file that is not complete yet. */
const PARTIAL = '.ims-emulator'
/** Longest name of a file or folder, bytes, on the usual file systems. */
const LONGEST_NAME = 255

/** Opens the buckets below a folder; without a folder there are none. */
export function openBucketFolder(root: string | undefined): BucketFolder {
  const base = root === undefined ? undefined : resolve(root)

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
  function place(inside: string, key: string): { path: string } | { obstacle: Obstacle } {
    const parts = key.split('/')
    if (parts.some(isNoName) || isPartial(parts[0] ?? '')) return { obstacle: 'outside' }
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

  function find(bucket: string, key: string): BucketFile | undefined {
    const inside = folder(bucket)
    const found = inside === undefined ? undefined : place(inside, key)
    if (found === undefined || 'obstacle' in found) return undefined
    const entry = entryAt(found.path, lstatSync)
    if (!entry?.isFile()) return undefined
    return { path: found.path, size: entry.size, modifiedAt: Math.trunc(entry.mtimeMs) }
  }

  return {
    list() {
      if (base === undefined || !existsSync(base)) return []
      const entries = readdirSync(base, { withFileTypes: true })
      return entries.flatMap((entry) => (folder(entry.name) === undefined ? [] : [entry.name])).sort()
    },
    has: (bucket) => folder(bucket) !== undefined,
    find,
    open(bucket, key) {
      const found = find(bucket, key)
      return found === undefined ? undefined : openFile(found.path)
    },
    keys(bucket) {
      const inside = folder(bucket)
      return inside === undefined ? [] : keysBelow(inside).sort(byBytes)
    },
    obstacle(bucket, key) {
      const inside = folder(bucket)
      if (inside === undefined) return undefined
      const found = place(inside, key)
      if ('obstacle' in found) return found.obstacle
      return entryAt(found.path, lstatSync) === undefined ? undefined : 'taken'
    },
    write(bucket, key, file) {
      const inside = folder(bucket)
      if (inside === undefined) return undefined
      const found = place(inside, key)
      if ('obstacle' in found) return found.obstacle
      try {
        mkdirSync(dirname(found.path), { recursive: true })
      } catch (error) {
        return obstacleOf(error, 'below a file')
      }
      // Something may have taken the place of a folder on the way meanwhile.
      if (realpathSync(dirname(found.path)) !== dirname(found.path)) return 'outside'
      return copyAtOnce(file, found.path, inside)
    },
  }
}

/** Copies a file to a free path. It appears there when it is complete: a crash leaves a folder that is no object. */
function copyAtOnce(file: string, path: string, bucket: string): Obstacle | undefined {
  const partial = mkdtempSync(join(bucket, `${PARTIAL}-`))
  try {
    const copy = join(partial, 'object')
    copyFileSync(file, copy, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
    if (linked(copy, path)) return undefined
    if (entryAt(path, lstatSync) !== undefined) return 'taken'
    renameSync(copy, path)
    return undefined
  } catch (error) {
    return obstacleOf(error, 'taken')
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

function isPartial(name: string): boolean {
  return name.toLowerCase().startsWith(PARTIAL)
}

/** True for a part of a key that is no name of a file. */
function isNoName(part: string): boolean {
  return part === '' || part === '.' || part === '..' || part.includes('\0') || part.includes(sep)
}

/** Lists the files below a bucket by their paths in it. */
function keysBelow(bucket: string): string[] {
  const keys: string[] = []
  const waiting = ['']
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of entriesIn(join(bucket, folder))) {
      if (folder === '' && isPartial(entry.name)) continue
      const key = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) waiting.push(key)
      else if (entry.isFile()) keys.push(key)
    }
  }
  return keys
}

/** Lists what is in a folder; nothing when it cannot be read. */
function entriesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** Orders texts by their UTF-8 bytes, as SQLite does. */
export function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
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
