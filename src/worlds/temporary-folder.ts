import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for what is gone when the process ends. */
export interface TemporaryFolder {
  readonly path: string
  remove(): void
}

export function openTemporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'ims-emulator-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
