import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { addWorldCredentials, worldCredentials } from '../accounts/world-credentials.ts'
import { openDatabase } from '../database/open.ts'
import { ControlError } from '../lib/errors.ts'
import type { Service } from '../services/service.ts'
import type { Cloud } from '../simulation/cloud.ts'
import type { LoadedScenario, ScenarioOverrides } from '../simulation/scenario/load.ts'
import { openWorldOwners } from './credential-index.ts'
import { folderOf, keepWish, keptWorlds, removeFiles } from './files.ts'
import { type DemoCredentials, demoCredentials } from './fixtures/load.ts'
import { refuseMore } from './limits.ts'
import { type OpenWorld, openWorld, type WorldCopy, type WorldOrigin } from './open-world.ts'
import { openWorldStarts } from './scenario-cache.ts'
import { openSnapshots } from './snapshots.ts'
import { openBeginnings } from './templates.ts'
import type { TemporaryFolder } from './temporary-folder.ts'
import { DEFAULT_WORLD, type Snapshots, type WorldWish } from './wish.ts'

/** What every world of an emulator has from its start. */
export interface WorldSettings {
  /** By its name or path, or written out. */
  scenario: NonNullable<WorldWish['scenario']>
  overrides: ScenarioOverrides
  services: readonly Service[]
  cloud: Cloud
  /** Where what is gone with the process may lie. */
  scratch: TemporaryFolder
  /** The folder of databases and blobs; none keeps worlds in memory. */
  data?: string
  buckets?: string
  /** What the default world goes on from. */
  from?: WorldCopy | undefined
}

/** The worlds of an emulator. What is said of one never touches another. */
export interface WorldRegistry {
  names(): string[]
  all(): OpenWorld[]
  find(name: string): OpenWorld | undefined
  /** @throws ControlError 404 when there is no world of the name. */
  named(name: string): OpenWorld
  readonly default: OpenWorld
  /** The world that made a credential for its demo user: an access key, or the hash of a token. */
  ownerOf(credential: string): OpenWorld | undefined
  /** What a world's demo user shows: of the default world what its fixtures say, of all others its own alone. */
  credentialsOf(world: OpenWorld): DemoCredentials
  /** @throws ControlError 409 when the name is taken, or there are too many; SetupError for a scenario that is none. */
  create(wish: WorldWish): OpenWorld
  /** A world that goes on from where another one stands. @throws ControlError as `create`. */
  fork(of: string, name?: string): OpenWorld
  snapshots(name: string): Snapshots
  /** Reads a scenario that was sent for a world. @throws SetupError with every mistake in it. */
  readScenario(name: string, text: string): LoadedScenario
  /** Puts a world back to where it was started, with the scenario that it was started with. */
  reset(name: string): OpenWorld
  /** @throws ControlError 409 for the default world, 404 for one that does not exist. */
  remove(name: string): void
  close(): void
}

/** Opens the default world, and those that were kept. */
export function openWorldRegistry(settings: WorldSettings): WorldRegistry {
  const worlds = new Map<string, OpenWorld>()
  const wishes = new Map<string, WorldWish>()
  const owners = openWorldOwners()
  const starts = openWorldStarts(settings)
  const { scratch } = settings
  const beginnings = openBeginnings(join(scratch.path, 'beginnings'))
  let opened = 0

  function open(
    name: string,
    wish: WorldWish,
    how: Partial<Pick<WorldOrigin, 'start' | 'copy' | 'journal'>> = {},
  ): OpenWorld {
    const { buckets } = settings
    const directory = folderOf(settings.data, name)
    opened += 1
    const world = openWorld({
      name,
      cloud: settings.cloud,
      start: starts.startOf(wish),
      beginnings,
      ...how,
      ...(directory === undefined ? { scratch: join(scratch.path, String(opened)) } : { directory }),
      ...(buckets !== undefined && { buckets }),
    })
    if (name !== DEFAULT_WORLD) {
      addWorldCredentials(world)
      owners.add(world)
    }
    worlds.set(name, world)
    wishes.set(name, wish)
    return world
  }

  function existing(name: string): OpenWorld {
    const world = worlds.get(name)
    if (world === undefined)
      throw new ControlError(404, `no world is called ${name}; there are: ${[...worlds.keys()].join(', ')}`)
    return world
  }

  /** Opens a world under a name that is free. */
  function add(wish: WorldWish, copy?: WorldCopy): OpenWorld {
    const name = wish.name ?? freeName()
    if (worlds.has(name)) throw new ControlError(409, `a world is called ${name} already; DELETE it first`)
    for (const idle of refuseMore({ worlds, wishes, areKept: settings.data !== undefined })) remove(idle)
    const world = open(name, { ...wish, name }, copy && { copy })
    keepWish(settings.data, name, wish)
    return world
  }

  function freeName(): string {
    for (let n = 1; ; n++) if (!worlds.has(`world-${n}`)) return `world-${n}`
  }

  function snapshotFolder(name: string): string {
    return join(settings.data ?? scratch.path, 'snapshots', name)
  }

  /** What is not to be kept need not be closed well: a world whose database is broken can be deleted. */
  function letGo(world: OpenWorld): void {
    try {
      world.close()
    } catch {
      // Nothing of it is wanted any more.
    }
  }

  function remove(name: string): void {
    const world = existing(name)
    letGo(world)
    owners.remove(world)
    worlds.delete(name)
    wishes.delete(name)
    removeFiles(settings.data, name)
    rmSync(snapshotFolder(name), { recursive: true, force: true })
  }

  /** Takes the place of a world with what it is to be the copy of. */
  function replace(name: string, copy: WorldCopy): OpenWorld {
    const before = existing(name)
    const { journal } = before
    // Looked at first: a copy that cannot be brought to this version must not cost the world that there is.
    openDatabase(undefined, copy.database).close()
    letGo(before)
    removeFiles(settings.data, name, 'journal stays')
    return open(name, wishes.get(name) ?? {}, {
      copy,
      ...(settings.data === undefined && { journal }),
    })
  }

  open(DEFAULT_WORLD, {}, settings.from && { copy: settings.from })
  for (const [name, wish] of keptWorlds(settings.data)) open(name, wish)
  return {
    names: () => [...worlds.keys()],
    all: () => [...worlds.values()],
    find: (name) => worlds.get(name),
    named: existing,
    get default() {
      return existing(DEFAULT_WORLD)
    },
    ownerOf(credential) {
      const name = owners.ownerOf(credential)
      return name === undefined ? undefined : worlds.get(name)
    },
    credentialsOf: (world) =>
      world.name === DEFAULT_WORLD ? demoCredentials(world.scenario.fixtures) : worldCredentials(world),
    create: (wish) => add(wish),
    fork(of, name) {
      const world = existing(of)
      return add({ ...wishes.get(of), name }, world.copy())
    },
    snapshots(name) {
      const shelf = openSnapshots(snapshotFolder(name))
      return {
        ...shelf,
        save: (snapshot) => shelf.save(snapshot, existing(name)),
        restore: (snapshot) => replace(name, shelf.take(snapshot)),
      }
    },
    readScenario: (name, text) => starts.readSent(wishes.get(name) ?? {}, text),
    reset(name) {
      const world = existing(name)
      const wish = wishes.get(name) ?? {}
      // Read first: a file that was broken meanwhile must not cost the world that there is.
      const start = starts.startOf(wish)
      letGo(world)
      removeFiles(settings.data, name)
      keepWish(settings.data, name, wish)
      return open(name, wish, { start })
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

function failureToClose(world: OpenWorld): unknown[] {
  try {
    world.close()
    return []
  } catch (error) {
    return [error]
  }
}
