import {
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'

/**
 * OBS buckets as folders: every sub-folder of the root is a bucket, every file below it an object whose key is its path.
 * Names come from requests, so paths with `..` and symbolic links that lead out of a bucket are refused.
 */
export interface Buckets {
  list(): string[]
  exists(bucket: string): boolean
  /** Finds the path of an object; undefined when it does not exist or lies outside its bucket. */
  find(bucket: string, key: string): string | undefined
  /**
   * Copies a file into the staging folder of a bucket. `deliver` then needs only a rename, which is atomic.
   * @param name a UUID. @throws Error when the bucket does not exist.
   */
  stage(file: string, bucket: string, name: string): Promise<void>
  /**
   * Moves a staged file to its key; returns false when the bucket or the staged file is gone, and for names that lead out of
   * the bucket.
   */
  deliver(bucket: string, name: string, key: string): boolean
  /** Removes a staged file; does nothing when there is none. */
  discard(bucket: string, name: string): void
}

const STAGING = '.ims-emulator'
/** The name of a staged file comes back from a database, which may come from elsewhere. */
const STAGED_NAME = /^[0-9a-f-]{36}$/

/** Opens the buckets below a folder; without a folder there are none. */
export function openBuckets(root: string | undefined): Buckets {
  const base = root === undefined ? undefined : resolve(root)

  function folder(bucket: string): string | undefined {
    if (base === undefined || bucket === '' || bucket.startsWith('.') || /[/\\\0]/.test(bucket))
      return undefined
    const path = join(base, bucket)
    return existsSync(path) && statSync(path).isDirectory() ? realpathSync(path) : undefined
  }

  function place(bucket: string, key: string): string | undefined {
    const inside = folder(bucket)
    if (inside === undefined || key.includes('\0')) return undefined
    const path = resolve(inside, `./${key}`)
    return path.startsWith(inside + sep) && !path.startsWith(join(inside, STAGING)) ? path : undefined
  }

  /** Finds the path of a staged file, which need not exist; undefined for a name that is none, or an unknown bucket. */
  function stagedPlace(bucket: string, name: string): string | undefined {
    const inside = folder(bucket)
    return inside !== undefined && STAGED_NAME.test(name) ? join(inside, STAGING, name) : undefined
  }

  return {
    list() {
      if (base === undefined || !existsSync(base)) return []
      const entries = readdirSync(base, { withFileTypes: true })
      return entries.flatMap((entry) => (folder(entry.name) === undefined ? [] : [entry.name])).sort()
    },
    exists: (bucket) => folder(bucket) !== undefined,
    find(bucket, key) {
      const path = place(bucket, key)
      if (path === undefined || !existsSync(path) || !statSync(path).isFile()) return undefined
      const inside = folder(bucket)
      return inside !== undefined && realpathSync(path).startsWith(inside + sep) ? path : undefined
    },
    async stage(file, bucket, name) {
      const staged = stagedPlace(bucket, name)
      if (staged === undefined) throw new Error(`nothing can be staged in the bucket ${bucket} as ${name}`)
      await mkdir(dirname(staged), { recursive: true })
      await copyFile(file, staged, constants.COPYFILE_FICLONE)
    },
    deliver(bucket, name, key) {
      const path = place(bucket, key)
      const staged = stagedPlace(bucket, name)
      if (path === undefined || staged === undefined || !existsSync(staged)) return false
      mkdirSync(dirname(path), { recursive: true })
      renameSync(staged, path)
      removeIfEmpty(dirname(staged))
      return true
    },
    discard(bucket, name) {
      const staged = stagedPlace(bucket, name)
      if (staged === undefined) return
      rmSync(staged, { force: true })
      removeIfEmpty(dirname(staged))
    },
  }
}

function removeIfEmpty(folder: string): void {
  try {
    if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true })
  } catch {
    // The folder is gone already, or another export has put a file into it.
  }
}
