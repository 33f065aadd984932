import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for what is gone when the process ends. */
export interface Scratch {
  readonly path: string
  remove(): void
}

export function openScratch(): Scratch {
  const path = mkdtempSync(join(tmpdir(), 'ims-emulator-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
