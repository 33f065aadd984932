import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DEFAULT_WORLD, type Emulator } from '../contract/emulator.ts'
import type { Answer, Operation } from '../contract/operation.ts'
import { ControlError, SetupError } from '../lib/errors.ts'
import { packageVersion } from '../lib/package-files.ts'
import { hostNow } from '../lib/time.ts'
import type { Edition } from '../services/glance/rules/edition.ts'
import { operations } from '../services/index.ts'
import type { ScenarioOverrides } from '../simulation/scenario/load.ts'
import type { Scenario } from '../simulation/scenario/schema.ts'
import type { OpenWorld } from './open-world.ts'
import type { EmulatorOptions } from './options.ts'
import { openWorldRegistry, type WorldRegistry } from './registry.ts'
import { openScratch, type Scratch } from './temporary-folder.ts'
import { packedWorld, readWorldFile, type WorldFromFile } from './world-file.ts'

/** The emulator with what its server needs. */
export interface RunningEmulator extends Emulator {
  readonly scenario: Scenario
  readonly allowedHosts: readonly string[]
  /** What the control plane wants to see; it is open when there is none. */
  readonly controlKey: string | undefined
  readonly explainAuth: boolean
  defaultWorld(): OpenWorld
  openWorlds(): OpenWorld[]
  /** The world of a name; undefined when there is none. */
  openWorld(name: string): OpenWorld | undefined
  /** The world that made a credential for its demo user: an access key, or the hash of a token. */
  ownerOf(credential: string): OpenWorld | undefined
  /** @throws Error when the answer is not what the operation declares and checking is on. */
  checkResponse(operation: Operation, answer: Answer): void
  log(requestId: string, error: unknown): void
  close(): void
}

/** Loads the scenario and opens the worlds; nothing listens yet. */
export function openEmulator(options: EmulatorOptions = {}): RunningEmulator {
  const { pace, seed, clock, auth, data, buckets, glance = 'huawei' } = options
  const overrides: ScenarioOverrides = {
    ...(pace !== undefined && { pace }),
    ...(seed !== undefined && { seed }),
    ...(clock && { clock }),
    ...(auth && { auth }),
  }
  const scratch = openScratch()
  let registry: WorldRegistry
  try {
    const file = options.from === undefined ? undefined : readStart(options.from, data, scratch)
    registry = openWorldRegistry({
      scenario: options.scenario ?? file?.written ?? 'standard',
      overrides,
      scratch,
      ...(data !== undefined && { data }),
      ...(buckets !== undefined && { buckets }),
      from: file?.copy,
    })
  } catch (error) {
    scratch.remove()
    throw error
  }
  const defaultWorld = () => opened(DEFAULT_WORLD)

  function opened(name: string): OpenWorld {
    const world = registry.find(name)
    if (world !== undefined) return world
    throw new ControlError(404, `no world is called ${name}; there are: ${registry.names().join(', ')}`)
  }

  return {
    version: packageVersion(),
    startedAt: hostNow(),
    dataDirectory: data,
    glance,
    operations: operations.filter(isOffered(glance)),
    get scenario() {
      return defaultWorld().scenario
    },
    allowedHosts: options.allowedHosts ?? [],
    controlKey: options.controlKey,
    explainAuth: options.explainAuth ?? false,
    worlds: registry.all,
    world: opened,
    openWorlds: registry.all,
    openWorld: registry.find,
    credentialsOf: ({ name }) => registry.credentialsOf(opened(name)),
    createWorld: registry.create,
    deleteWorld: registry.remove,
    forkWorld: ({ name }, wished) => registry.fork(name, wished),
    snapshots: ({ name }) => registry.snapshots(name),
    database: ({ name }) => opened(name).copy().database,
    packedWorld: ({ name }) => packedWorld(opened(name)),
    ownerOf: registry.ownerOf,
    journal: ({ name }) => opened(name).journal,
    requestCounts: ({ name }) => opened(name).requestCounts.all(),
    rules: ({ name }) => opened(name).rules,
    beginning: ({ name }) => opened(name).beginning,
    writtenScenario: ({ name }) => opened(name).writtenScenario,
    readScenario: ({ name }, text) => registry.readScenario(name, text),
    swapScenario: ({ name }, next) => opened(name).swapScenario(next),
    changeQuotas: ({ name }, change) => opened(name).changeQuotas(change),
    defaultWorld,
    checkResponse(operation, answer) {
      if (options.validateResponses) checkAnswer(operation, answer)
    },
    log: options.log ?? logToStandardError,
    reset: registry.reset,
    close() {
      try {
        registry.close()
      } finally {
        scratch.remove()
      }
    },
  }
}

/** Reads what a world is to go on from, which a folder that has one already cannot. */
function readStart(file: string, data: string | undefined, scratch: Scratch): WorldFromFile {
  if (data !== undefined && existsSync(join(data, `${DEFAULT_WORLD}.sqlite`)))
    throw new SetupError(
      `${data} has a world already; leave --from away to go on with it, or take another --data folder`,
    )
  return readWorldFile(file, scratch.path)
}

/** A stock Glance has no other API beside it but our own plane. */
function isOffered(glance: Edition): (operation: Operation) => boolean {
  return ({ face, edition }) =>
    edition === undefined
      ? glance === 'huawei' || face === 'openstack' || face === 'control'
      : edition === glance
}

function checkAnswer(operation: Operation, { status, body }: Answer): void {
  const schema = operation.responses[status]
  if (schema === undefined) throw new Error(`${operation.id} answered ${status}, which it does not declare`)
  if (schema === null) {
    if (body !== undefined)
      throw new Error(`${operation.id} answered ${status} with a body, which it does not declare`)
    return
  }
  const result = schema.safeParse(body)
  if (!result.success)
    throw new Error(`${operation.id} answered what it does not declare: ${result.error.message}`)
}

function logToStandardError(requestId: string, error: unknown): void {
  process.stderr.write(
    `ims-emulator: request ${requestId} failed: ${error instanceof Error ? error.stack : error}\n`,
  )
}
