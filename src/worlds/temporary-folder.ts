import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { codeOf } from '../lib/host-errors.ts'

/** A folder for files that are removed when the process ends. */
export interface TemporaryFolder {
  readonly path: string
  remove(): void
}

/** The host's name as it is in the names of folders. Containers may share a folder, and each numbers its own processes. */
const host = hostname().replace(/[^A-Za-z0-9]/g, '_')
const PREFIX = `ims-emulator-${host}-`

/** Creates a folder whose name tells the process that it belongs to, e.g. `ims-emulator-laptop-4711-x8Qz1a`. */
export function openTemporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/**
 * Removes the temporary folders of this host's emulators whose process has ended without removing them. Folders of other
 * users and other hosts stay.
 */
export function removeAbandonedFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX)
      ? /^(\d+)-[A-Za-z0-9]{6}$/.exec(name.slice(PREFIX.length))?.[1]
      : undefined
    if (pid !== undefined && !isRunning(Number(pid))) removeOwn(join(tmpdir(), name))
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // A process of another user runs, too, although it may not be signalled.
    return codeOf(error) !== 'ESRCH'
  }
}

/** Removes a folder of this user. Another emulator may be removing it at the same time. */
function removeOwn(path: string): void {
  try {
    const entry = lstatSync(path)
    if (entry.isDirectory() && (process.getuid === undefined || entry.uid === process.getuid()))
      rmSync(path, { recursive: true, force: true })
  } catch {
    // The next start tries again.
  }
}
