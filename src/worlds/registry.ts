import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { hashToken } from '../accounts/tokens.ts'
import { addWorldCredentials, worldCredentials } from '../accounts/world-credentials.ts'
import { openDatabase } from '../database/open.ts'
import { ControlError } from '../lib/errors.ts'
import type { Service } from '../services/service.ts'
import type { Cloud } from '../simulation/cloud.ts'
import type { LoadedScenario, ScenarioOverrides } from '../simulation/scenario/load.ts'
import { folderOf, keepSpec, keptWorlds, removeFiles, type TemporaryFolder } from './files.ts'
import { idleWorlds } from './limits.ts'
import { type OpenWorld, openWorld, type WorldCopy, type WorldOrigin } from './open-world.ts'
import type { WorldSpec } from './spec.ts'
import { openTemplates } from './templates.ts'
import { DEFAULT_WORLD } from './world-name.ts'

/** What all worlds of an emulator have in common. */
export interface WorldSettings {
  /** By its name or path, or written out. */
  scenario: NonNullable<WorldSpec['scenario']>
  overrides: ScenarioOverrides
  services: readonly Service[]
  cloud: Cloud
  /** The folder of files that end with the process. */
  scratch: TemporaryFolder
  /** The folder of databases and blobs; none keeps worlds in memory. */
  data?: string
  buckets?: string
  /** The world that the default world continues. */
  from?: WorldCopy | undefined
}

/** The worlds of an emulator. A change of one world never affects another. */
export interface WorldRegistry {
  readonly default: OpenWorld
  all(): OpenWorld[]
  find(name: string): OpenWorld | undefined
  /** @throws ControlError 404 when there is no world of the name. */
  named(name: string): OpenWorld
  /** The world that made a credential for its demo user: an access key, or the hash of a token. */
  ownerOf(credential: string): OpenWorld | undefined
  /** @throws ControlError 409 when the name is taken, or there are too many; SetupError for a wrong scenario. */
  create(spec: WorldSpec): OpenWorld
  /** Creates a world as a copy of another one as it is now. @throws ControlError as `create`. */
  fork(world: OpenWorld, name?: string): OpenWorld
  /** Reads a scenario that was sent for a world. @throws SetupError with every mistake in it. */
  readScenario(world: OpenWorld, text: string): LoadedScenario
  /** Puts a world back to its start, with the scenario that it was started with. */
  reset(world: OpenWorld): OpenWorld
  /** Puts a world back to one of its snapshots; the journal goes on. @throws ControlError 404 for an unknown snapshot. */
  restore(world: OpenWorld, snapshot: string): OpenWorld
  /** @throws ControlError 409 for the default world, 404 for one that does not exist. */
  remove(name: string): void
  close(): void
}

/** Opens the default world, and those that an earlier process left in the data folder. */
export function openWorldRegistry(settings: WorldSettings): WorldRegistry {
  const { data, buckets, scratch, cloud } = settings
  const worlds = new Map<string, OpenWorld>()
  const specs = new Map<string, WorldSpec>()
  const owners = openCredentialIndex()
  const templates = openTemplates(settings, join(scratch.path, 'templates'))
  let opened = 0

  function open(
    name: string,
    spec: WorldSpec,
    how: Partial<Pick<WorldOrigin, 'start' | 'copy' | 'journal'>> = {},
  ): OpenWorld {
    const directory = folderOf(data, name)
    opened += 1
    const world = openWorld({
      name,
      cloud,
      start: templates.scenarioOf(spec),
      templates,
      snapshots: snapshotFolder(name),
      ...how,
      ...(directory === undefined ? { scratch: join(scratch.path, String(opened)) } : { directory }),
      ...(buckets !== undefined && { buckets }),
    })
    if (name !== DEFAULT_WORLD) {
      addWorldCredentials(world)
      owners.add(world)
    }
    worlds.set(name, world)
    specs.set(name, spec)
    return world
  }

  function existing(name: string): OpenWorld {
    const world = worlds.get(name)
    if (world === undefined)
      throw new ControlError(404, `no world is called ${name}; there are: ${[...worlds.keys()].join(', ')}`)
    return world
  }

  /** Opens a world under a new name. */
  function add(spec: WorldSpec, copy?: WorldCopy): OpenWorld {
    const name = spec.name ?? freeName()
    if (worlds.has(name)) throw new ControlError(409, `a world is called ${name} already; DELETE it first`)
    for (const idle of idleWorlds({ worlds, specs, areKept: data !== undefined })) remove(idle)
    const world = open(name, { ...spec, name }, copy && { copy })
    keepSpec(data, name, spec)
    return world
  }

  function freeName(): string {
    for (let n = 1; ; n++) if (!worlds.has(`world-${n}`)) return `world-${n}`
  }

  function snapshotFolder(name: string): string {
    return join(data ?? scratch.path, 'snapshots', name)
  }

  function remove(name: string): void {
    const world = existing(name)
    discard(world)
    owners.remove(world)
    worlds.delete(name)
    specs.delete(name)
    removeFiles(data, name)
    rmSync(snapshotFolder(name), { recursive: true, force: true })
  }

  open(DEFAULT_WORLD, {}, settings.from && { copy: settings.from })
  for (const [name, spec] of keptWorlds(data)) open(name, spec)
  return {
    get default() {
      return existing(DEFAULT_WORLD)
    },
    all: () => [...worlds.values()],
    find: (name) => worlds.get(name),
    named: existing,
    ownerOf(credential) {
      const name = owners.ownerOf(credential)
      return name === undefined ? undefined : worlds.get(name)
    },
    create: (spec) => add(spec),
    fork: (world, name) => add({ ...specs.get(world.name), name }, existing(world.name).copy()),
    readScenario: (world, text) => templates.readSent(specs.get(world.name) ?? {}, text),
    reset({ name }) {
      const before = existing(name)
      const spec = specs.get(name) ?? {}
      // Read before the world is discarded: a scenario file with a mistake must not destroy the world.
      const start = templates.scenarioOf(spec)
      discard(before)
      removeFiles(data, name)
      keepSpec(data, name, spec)
      return open(name, spec, { start })
    },
    restore({ name }, snapshot) {
      const before = existing(name)
      const copy = before.snapshots.read(snapshot)
      const { journal } = before
      // Opened before the world is discarded: a copy that cannot be migrated must not destroy the world.
      openDatabase(undefined, copy.database).close()
      discard(before)
      removeFiles(data, name, 'journal stays')
      return open(name, specs.get(name) ?? {}, { copy, ...(data === undefined && { journal }) })
    },
    remove(name) {
      if (name === DEFAULT_WORLD)
        throw new ControlError(409, 'the default world stays; POST /_ims/reset puts it back to its start')
      remove(name)
    },
    close() {
      const failures = [...worlds.values()].flatMap(failureToClose)
      if (failures.length > 0) throw new AggregateError(failures, 'not every world could be closed')
    },
  }
}

/** Closes a world whose data is not needed any more. Failures are ignored, so that a broken world can be deleted. */
function discard(world: OpenWorld): void {
  try {
    world.close()
  } catch {
    // The files are removed next.
  }
}

function failureToClose(world: OpenWorld): unknown[] {
  try {
    world.close()
    return []
  } catch (error) {
    return [error]
  }
}

/** Index from the credentials that are unique to a world to its name: finds a request's world in constant time. */
function openCredentialIndex() {
  const owners = new Map<string, string>()

  function credentialsOf(world: OpenWorld): string[] {
    const { accessKey, token } = worldCredentials(world)
    return [accessKey, hashToken(token)]
  }

  return {
    add(world: OpenWorld) {
      for (const credential of credentialsOf(world)) owners.set(credential, world.name)
    },
    remove(world: OpenWorld) {
      for (const credential of credentialsOf(world)) owners.delete(credential)
    },
    ownerOf: (credential: string) => owners.get(credential),
  }
}
