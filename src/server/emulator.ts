import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { operations } from '../api/registry.ts'
import type { Edition } from '../cloud/glance/edition.ts'
import { loadScenario, type ScenarioOverrides } from '../engine/scenario/load.ts'
import type { Scenario } from '../engine/scenario/schema.ts'
import { hexId } from '../kernel/ids.ts'
import { packageVersion } from '../kernel/package-files.ts'
import { drawBytes } from '../kernel/random.ts'
import { hostNow } from '../kernel/time.ts'
import type { Emulator } from '../operations/emulator.ts'
import type { Answer, Operation } from '../operations/operation.ts'
import { type OpenWorld, openWorld, type WorldOrigin } from './worlds.ts'

export interface EmulatorOptions extends ScenarioOverrides {
  /** Name of a shipped scenario or path of a file; `standard` by default. */
  scenario?: string
  /** Folder for databases and blobs; none keeps everything in memory. */
  data?: string
  /** Folder whose sub-folders are the buckets. */
  buckets?: string
  /** Whose image API the OpenStack face is: Huawei's (the default), or a stock Glance's and no other face at all. */
  glance?: Edition
  /** Names under which the control plane may be called, beside local ones. */
  allowedHosts?: readonly string[]
  /** Tells a client whose signature is refused what the server computed. */
  explainAuth?: boolean
  /** Checks every answer against its declared schema; one that differs is an error of ours. */
  validateResponses?: boolean
  /** Where an error of ours is reported; standard error by default. */
  log?: (requestId: string, error: unknown) => void
}

/** The emulator with what its server needs. */
export interface RunningEmulator extends Emulator {
  readonly scenario: Scenario
  readonly allowedHosts: readonly string[]
  readonly explainAuth: boolean
  defaultWorld(): OpenWorld
  nextRequestId(): string
  /** @throws Error when the answer is not what the operation declares and checking is on. */
  checkResponse(operation: Operation, answer: Answer): void
  log(requestId: string, error: unknown): void
  close(): void
}

const DEFAULT_WORLD = 'default'

/** Loads the scenario and opens the default world; nothing listens yet. */
export function openEmulator(options: EmulatorOptions = {}): RunningEmulator {
  const { pace, seed, clock, auth } = options
  const overrides = {
    ...(pace !== undefined && { pace }),
    ...(seed !== undefined && { seed }),
    ...(clock && { clock }),
    ...(auth && { auth }),
  }
  const { glance = 'huawei' } = options
  const scenario = loadScenario(options.scenario ?? 'standard', overrides)
  const origin: WorldOrigin = {
    name: DEFAULT_WORLD,
    scenario,
    ...(options.data !== undefined && { directory: options.data }),
    ...(options.buckets !== undefined && { buckets: options.buckets }),
  }
  let world = openWorld(origin)
  let requests = 0

  return {
    version: packageVersion(),
    startedAt: hostNow(),
    dataDirectory: options.data,
    glance,
    operations: operations.filter(isOffered(glance)),
    scenario,
    allowedHosts: options.allowedHosts ?? [],
    explainAuth: options.explainAuth ?? false,
    world: (name) => (name === world.name ? world : undefined),
    worldNames: () => [world.name],
    journal: () => world.journal,
    defaultWorld: () => world,
    nextRequestId: () => hexId(drawBytes(scenario.seed, 'request', ++requests)),
    checkResponse(operation, answer) {
      if (options.validateResponses) checkAnswer(operation, answer)
    },
    log: options.log ?? logToStandardError,
    reset() {
      world.close()
      if (options.data !== undefined) removeWorld(options.data, world.name)
      world = openWorld(origin)
      return world
    },
    close: () => world.close(),
  }
}

/** A stock Glance has no other API beside it but our own plane. */
function isOffered(glance: Edition): (operation: Operation) => boolean {
  return ({ face, edition }) =>
    edition === undefined
      ? glance === 'huawei' || face === 'openstack' || face === 'control'
      : edition === glance
}

function removeWorld(directory: string, name: string): void {
  for (const suffix of ['', '-wal', '-shm'])
    rmSync(join(directory, `${name}.sqlite${suffix}`), { force: true })
  rmSync(join(directory, 'blobs'), { recursive: true, force: true })
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
