import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the package. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** The disk image that is imported from the bucket, as `images:tiny.qcow2`. */
export const DISK_IMAGE = readFileSync(join(ROOT, 'fixtures/disk-images/tiny-v3.qcow2'))

const CANARY = 'This file belongs to the user. No step of a torture may change it.\n'

/** Time stands until it is advanced, and no quota stops a load. */
const SCENARIO = `scenario: torture
summary: Time stands until it is advanced, and no quota stops a load.
extends: standard
clock: { start: 2026-01-01T00:00:00Z, rate: 0 }
quotas: { private_images: 1000000, concurrent_imports: 1000000, concurrent_creations: 1000000 }
`

/** A folder of one server: its data, its buckets, its temporary files, and canaries beside them. */
export interface Place {
  path: string
  data: string
  buckets: string
  /** The folder for temporary files of the server. */
  temporary: string
  scenario: string
  /** The cache of compiled code, which all places share. A killed process writes none. */
  compileCache: string
  /** Names of the canaries that were changed or removed. */
  lostCanaries(): string[]
}

export function makePlace(parent: string, name: string): Place {
  const path = join(parent, name)
  const data = join(path, 'data')
  const buckets = join(path, 'buckets')
  const temporary = join(path, 'tmp')
  const scenario = join(path, 'torture.yaml')
  mkdirSync(temporary, { recursive: true })
  mkdirSync(join(buckets, 'images'), { recursive: true })
  writeFileSync(join(buckets, 'images', 'tiny.qcow2'), DISK_IMAGE)
  writeFileSync(scenario, SCENARIO)
  const canaries = [join(path, 'canary.txt'), join(parent, 'canary.txt'), join(buckets, 'canary.txt')]
  for (const canary of canaries) writeFileSync(canary, CANARY)
  return {
    path,
    data,
    buckets,
    temporary,
    scenario,
    compileCache: join(parent, 'compile-cache'),
    lostCanaries: () => canaries.filter((canary) => !isIntact(canary)),
  }
}

function isIntact(canary: string): boolean {
  try {
    return readFileSync(canary, 'utf8') === CANARY
  } catch {
    return false
  }
}

/** Creates the folder of a whole run. */
export function makeRunFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'ims-torture-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) }
}
