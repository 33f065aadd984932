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
   * Copies a file into a bucket under a hidden name and returns its path. `deliver` then needs only a rename, which is
   * atomic. @throws Error when the bucket does not exist.
   */
  stage(file: string, bucket: string, name: string): Promise<string>
  /** Moves a staged file to its key; returns false when the bucket or the staged file is gone. */
  deliver(staged: string, bucket: string, key: string): boolean
  /** Removes a staged file. */
  discard(staged: string): void
}

const STAGING = '.ims-emulator'

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
      const inside = folder(bucket)
      if (inside === undefined) throw new Error(`bucket ${bucket} is gone`)
      const staged = join(inside, STAGING, name)
      await mkdir(dirname(staged), { recursive: true })
      await copyFile(file, staged, constants.COPYFILE_FICLONE)
      return staged
    },
    deliver(staged, bucket, key) {
      const path = place(bucket, key)
      if (path === undefined || !existsSync(staged)) return false
      mkdirSync(dirname(path), { recursive: true })
      renameSync(staged, path)
      removeIfEmpty(dirname(staged))
      return true
    },
    discard(staged) {
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
