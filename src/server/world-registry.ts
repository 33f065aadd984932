import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DemoCredentials, demoCredentials } from '../cloud/fixtures.ts'
import { addWorldCredentials, worldCredentials } from '../cloud/identity/world-credentials.ts'
import {
  type LoadedScenario,
  readScenario,
  readSentScenario,
  type ScenarioOverrides,
} from '../engine/scenario/load.ts'
import { ControlError } from '../kernel/errors.ts'
import { WorldWish } from '../operations/emulator.ts'
import { unknownToRegistry } from './unknown-operations.ts'
import { type OpenWorld, openWorld } from './worlds.ts'

/** The world of everybody who names none. */
export const DEFAULT_WORLD = 'default'
/** More are taken for a test that forgets to delete its own. */
const MOST_WORLDS = 1000

/** What every world of an emulator has from its start. */
export interface WorldSettings {
  scenario: string
  overrides: ScenarioOverrides
  /** The folder of databases and blobs; none keeps worlds in memory. */
  data?: string
  buckets?: string
}

/** The worlds of an emulator. What is said of one never touches another. */
export interface WorldRegistry {
  names(): string[]
  all(): OpenWorld[]
  find(name: string): OpenWorld | undefined
  /** What a world's demo user shows: of the default world what its fixtures say, of all others its own alone. */
  credentialsOf(world: OpenWorld): DemoCredentials
  /** @throws ControlError 409 when the name is taken, or there are too many; SetupError for a scenario that is none. */
  create(wish: WorldWish): OpenWorld
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

  function startOf({ scenario = settings.scenario, ...wish }: WorldWish): LoadedScenario {
    return readScenario(scenario, { ...settings.overrides, ...overridesOf(wish) }, unknownToRegistry)
  }

  function open(name: string, wish: WorldWish, start = startOf(wish)): OpenWorld {
    const { buckets } = settings
    const directory = folderOf(settings.data, name)
    const world = openWorld({
      name,
      start,
      ...(directory !== undefined && { directory }),
      ...(buckets !== undefined && { buckets }),
    })
    if (name !== DEFAULT_WORLD) addWorldCredentials(world)
    worlds.set(name, world)
    wishes.set(name, wish)
    return world
  }

  function existing(name: string): OpenWorld {
    const world = worlds.get(name)
    if (world === undefined) throw new ControlError(404, `no world is called ${name}`)
    return world
  }

  function freeName(): string {
    for (let n = 1; ; n++) if (!worlds.has(`world-${n}`)) return `world-${n}`
  }

  open(DEFAULT_WORLD, {})
  for (const [name, wish] of keptWorlds(settings.data)) open(name, wish)
  return {
    names: () => [...worlds.keys()],
    all: () => [...worlds.values()],
    find: (name) => worlds.get(name),
    credentialsOf: (world) =>
      world.name === DEFAULT_WORLD ? demoCredentials(world.scenario.fixtures) : worldCredentials(world),
    create(wish) {
      const name = wish.name ?? freeName()
      if (worlds.has(name)) throw new ControlError(409, `a world is called ${name} already; DELETE it first`)
      if (worlds.size >= MOST_WORLDS)
        throw new ControlError(409, `there are ${MOST_WORLDS} worlds already; delete some`)
      const world = open(name, wish)
      keepWish(settings.data, name, wish)
      return world
    },
    readScenario(name, text) {
      const overrides = { ...settings.overrides, ...overridesOf(wishes.get(name) ?? {}) }
      return readSentScenario(text, overrides, unknownToRegistry)
    },
    reset(name) {
      const world = existing(name)
      const wish = wishes.get(name) ?? {}
      // Read first: a file that was broken meanwhile must not cost the world that there is.
      const start = startOf(wish)
      world.close()
      removeFiles(settings.data, name)
      keepWish(settings.data, name, wish)
      return open(name, wish, start)
    },
    remove(name) {
      if (name === DEFAULT_WORLD)
        throw new ControlError(409, 'the default world stays; POST /_ims/reset puts it back to its start')
      existing(name).close()
      worlds.delete(name)
      removeFiles(settings.data, name)
    },
    close() {
      for (const world of worlds.values()) world.close()
    },
  }
}

function overridesOf({ pace, seed, clock, auth }: WorldWish): ScenarioOverrides {
  return {
    ...(pace !== undefined && { pace }),
    ...(seed !== undefined && { seed }),
    ...(clock !== undefined && { clock }),
    ...(auth !== undefined && { auth: { mode: auth } }),
  }
}

/** The default world's files lie in the folder itself, those of every other in one of its own. */
function folderOf(data: string | undefined, name: string): string | undefined {
  return data === undefined || name === DEFAULT_WORLD ? data : join(data, 'worlds', name)
}

/** The worlds that were there when the process ended last, and what was wished of each. */
function keptWorlds(data: string | undefined): [string, WorldWish][] {
  const folder = data === undefined ? undefined : join(data, 'worlds')
  if (folder === undefined || !existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'world.json')))
    .sort()
    .map((name) => [
      name,
      WorldWish.parse(JSON.parse(readFileSync(join(folder, name, 'world.json'), 'utf8'))),
    ])
}

function keepWish(data: string | undefined, name: string, wish: WorldWish): void {
  const folder = folderOf(data, name)
  if (folder === undefined || name === DEFAULT_WORLD) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'world.json'), JSON.stringify(wish))
}

function removeFiles(data: string | undefined, name: string): void {
  const folder = folderOf(data, name)
  if (folder === undefined) return
  if (name !== DEFAULT_WORLD) {
    rmSync(folder, { recursive: true, force: true })
    return
  }
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `${name}.sqlite${suffix}`), { force: true })
  rmSync(join(folder, 'blobs'), { recursive: true, force: true })
}
