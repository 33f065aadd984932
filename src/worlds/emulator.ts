import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from '../lib/errors.ts'
import { packageVersion } from '../lib/package-files.ts'
import { hostNow } from '../lib/time.ts'
import { composeCloud } from '../services/compose.ts'
import type { Edition } from '../services/glance/rules/edition.ts'
import { services as emulatedServices } from '../services/index.ts'
import type { Service } from '../services/service.ts'
import type { ScenarioOverrides } from '../simulation/scenario/load.ts'
import type { EmulatorOptions } from './options.ts'
import { openWorldRegistry, type WorldRegistry } from './registry.ts'
import { openTemporaryFolder, type TemporaryFolder } from './temporary-folder.ts'
import { DEFAULT_WORLD } from './wish.ts'
import { readWorldFile, type WorldFromFile } from './world-file.ts'

/** A running emulator: its worlds, and what it was started with. */
export interface Emulator {
  readonly version: string
  /** Real time at which the process began to serve, ms since the epoch. */
  readonly startedAt: number
  /** Where state is kept: a directory, or undefined for memory. */
  readonly dataDirectory: string | undefined
  readonly glance: Edition
  /** The services of the emulated cloud. */
  readonly services: readonly Service[]
  readonly worlds: WorldRegistry
  readonly allowedHosts: readonly string[]
  /** The key of the control plane, which is open when there is none. */
  readonly controlKey: string | undefined
  readonly explainAuth: boolean
  /** Whether every answer is checked against its declared schema. */
  readonly validatesResponses: boolean
  log(requestId: string, error: unknown): void
  close(): void
}

/** Loads the scenario and opens the worlds; nothing listens yet. */
export function openEmulator(options: EmulatorOptions = {}): Emulator {
  const { pace, seed, clock, auth, data, buckets, glance = 'huawei' } = options
  const services = options.services ?? emulatedServices[glance]
  const overrides: ScenarioOverrides = {
    ...(pace !== undefined && { pace }),
    ...(seed !== undefined && { seed }),
    ...(clock && { clock }),
    ...(auth && { auth }),
  }
  const scratch = openTemporaryFolder()
  let worlds: WorldRegistry
  try {
    const file = options.from === undefined ? undefined : readStart(options.from, data, scratch)
    worlds = openWorldRegistry({
      scenario: options.scenario ?? file?.written ?? 'standard',
      overrides,
      scratch,
      services,
      cloud: composeCloud(services),
      ...(data !== undefined && { data }),
      ...(buckets !== undefined && { buckets }),
      from: file?.copy,
    })
  } catch (error) {
    scratch.remove()
    throw error
  }
  return {
    version: packageVersion(),
    startedAt: hostNow(),
    dataDirectory: data,
    glance,
    services,
    worlds,
    allowedHosts: options.allowedHosts ?? [],
    controlKey: options.controlKey,
    explainAuth: options.explainAuth ?? false,
    validatesResponses: options.validateResponses ?? false,
    log: options.log ?? logToStandardError,
    close() {
      try {
        worlds.close()
      } finally {
        scratch.remove()
      }
    },
  }
}

/** Reads the file that a world starts from. A folder that has a world already cannot start from one. */
function readStart(file: string, data: string | undefined, scratch: TemporaryFolder): WorldFromFile {
  if (data !== undefined && existsSync(join(data, `${DEFAULT_WORLD}.sqlite`)))
    throw new SetupError(
      `${data} has a world already; leave --from away to go on with it, or take another --data folder`,
    )
  return readWorldFile(file, scratch.path)
}

function logToStandardError(requestId: string, error: unknown): void {
  process.stderr.write(
    `ims-emulator: request ${requestId} failed: ${error instanceof Error ? error.stack : error}\n`,
  )
}
