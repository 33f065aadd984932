import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { z } from 'zod'
import { SetupError } from '../lib/errors.ts'
import { jsonIn } from '../lib/json.ts'
import { safeParse } from '../lib/parse.ts'

/** The process that holds a folder. */
const Holder = z.object({ pid: z.int(), host: z.string(), url: z.string().optional() })

/** A lock of a folder, which the operating system releases when the process ends in whatever way. */
export interface FolderLock {
  /** Tells those that find the folder locked where its holder answers. */
  announce(url: string): void
  release(): void
}

/**
 * Locks a folder for this process. The lock is an exclusive transaction on `lock.sqlite`: a crash leaves the file, and no
 * lock. `lock.json` beside it says who holds it.
 * @throws SetupError that names the holder when another emulator has the folder.
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, 'lock.sqlite')
  const facts = join(folder, 'lock.json')
  const lock = takeLock(path, () => holderIn(facts), folder)

  function write(url?: string): void {
    const holder = { pid: process.pid, host: hostname(), ...(url !== undefined && { url }) }
    try {
      writeFileSync(`${facts}.part`, JSON.stringify(holder))
      renameSync(`${facts}.part`, facts)
    } catch {
      // It only tells others who holds the lock: a full disk is no reason not to start.
    }
  }

  write()
  return {
    announce: write,
    release() {
      rmSync(facts, { force: true })
      lock.close()
    },
  }
}

function takeLock(path: string, holder: () => string, folder: string): Database.Database {
  let lock: Database.Database | undefined
  try {
    lock = new Database(path, { timeout: 0 })
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock?.close()
    if (!(error instanceof Database.SqliteError)) throw error
    if (error.code.startsWith('SQLITE_BUSY'))
      throw new SetupError(
        `the data folder ${folder} is in use by ${holder()}. Stop it, or take another --data folder.`,
      )
    if (error.code === 'SQLITE_NOTADB')
      throw new SetupError(`${path} is no lock of an ims-emulator (${error.message}). Delete it.`)
    throw new SetupError(
      `the data folder ${folder} cannot be written (${path}: ${error.message}). Make it writable for this user, or take another --data folder.`,
    )
  }
}

/** Names the process that holds a lock, as far as the file beside it tells. */
function holderIn(facts: string): string {
  const { data } = safeParse(Holder, jsonIn(readIfThere(facts)))
  if (data === undefined) return 'another ims-emulator'
  const { pid, host, url } = data
  const place = host === hostname() ? '' : ` on ${host}`
  return `the ims-emulator with the process id ${pid}${place}${url === undefined ? '' : ` at ${url}`}`
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
