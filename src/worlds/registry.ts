import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { removeTree } from '../database/durable-files.ts'
import { ControlError, oneLine, SetupError } from '../lib/errors.ts'
import type { LoadedScenario } from '../simulation/scenario/load.ts'
import { checkCopy } from './check-world.ts'
import { type CredentialIndex, openCredentialIndex } from './credential-index.ts'
import {
  createWorldFolder,
  decideReplacement,
  finishReplacement,
  folderOf,
  keptWorlds,
  removeWorldFolder,
  snapshotsOf,
} from './data-folder.ts'
import { idleWorlds } from './limits.ts'
import type { OpenWorld, WorldCopy } from './open-world.ts'
import type { WorldSpec } from './spec.ts'
import type { WorldTemplates } from './templates.ts'
import { DEFAULT_WORLD } from './world-name.ts'
import { type Opening, type WorldSettings, worldOpener } from './world-opener.ts'

/** A world in the data folder that cannot be opened. */
interface BrokenWorld {
  name: string
  /** What was found, with the path of the file. */
  problem: string
}

/** The worlds of an emulator. A change of one world never affects another. */
export interface WorldRegistry {
  readonly default: OpenWorld
  all(): OpenWorld[]
  /** The worlds that could not be opened. They can be removed. */
  broken(): BrokenWorld[]
  /** @throws ControlError 503 for a broken world. */
  find(name: string): OpenWorld | undefined
  /** @throws ControlError 404 when there is no world of the name, 503 for a broken one. */
  named(name: string): OpenWorld
  /** The number of worlds, without the broken ones. */
  count(): number
  /** Which worlds credentials name. */
  readonly credentials: Omit<CredentialIndex, 'remove'>
  /** As of the templates: called before `create`. */
  prepare: WorldTemplates['prepare']
  /** @throws ControlError 409 when the name is taken, or there are too many; SetupError for a wrong scenario. */
  create(spec: WorldSpec): OpenWorld
  /** Creates a world as a copy of another one as it is now. @throws ControlError as `create`. */
  fork(world: OpenWorld, name?: string): OpenWorld
  /** Reads a scenario that was sent for a world. @throws SetupError with every mistake in it. */
  readScenario(world: OpenWorld, text: string): Promise<LoadedScenario>
  /** Puts a world back to its start, with the scenario that it was started with. */
  reset(world: OpenWorld): OpenWorld
  /** Puts a world back to one of its snapshots; the journal goes on. @throws ControlError 404 for an unknown snapshot. */
  restore(world: OpenWorld, snapshot: string): OpenWorld
  /** @throws ControlError 409 for the default world, 404 for one that does not exist. */
  remove(name: string): void
  close(): void
}

/**
 * Opens the default world, and those that an earlier process left in the data folder.
 * @throws SetupError when the default world cannot be opened. Another one that cannot is broken, and reported.
 */
export function openWorldRegistry(settings: WorldSettings): WorldRegistry {
  const { scratch } = settings
  const data = settings.data?.path
  const worlds = new Map<string, OpenWorld>()
  const specs = new Map<string, WorldSpec>()
  const broken = new Map<string, string>()
  const owners = openCredentialIndex(home)
  const { templates, openFiles, build } = worldOpener(settings)
  let closing = false

  function open(name: string, spec: WorldSpec, how: Opening = {}): OpenWorld {
    const world = openFiles(name, spec, how)
    owners.add(world)
    worlds.set(name, world)
    specs.set(name, spec)
    broken.delete(name)
    return world
  }

  function found(name: string): OpenWorld | undefined {
    const problem = broken.get(name)
    if (problem !== undefined)
      throw new ControlError(
        503,
        `the world ${name} is broken: ${problem}. DELETE /_ims/worlds/${name} removes it`,
      )
    return worlds.get(name)
  }

  function existing(name: string): OpenWorld {
    const world = found(name)
    if (world === undefined)
      throw new ControlError(404, `no world is called ${name}; there are: ${[...worlds.keys()].join(', ')}`)
    return world
  }

  /** Opens a world under a new name. */
  function add(given: WorldSpec, copy?: WorldCopy): OpenWorld {
    const name = given.name ?? freeName()
    if (worlds.has(name) || broken.has(name))
      throw new ControlError(409, `a world is called ${name} already; DELETE it first`)
    for (const idle of idleWorlds({ worlds, specs, areKept: data !== undefined })) remove(idle)
    const spec = { ...given, name }
    if (data === undefined) return open(name, spec, copy && { copy })
    createWorldFolder(data, name, given, (folder) => build(folder, name, spec, { ...(copy && { copy }) }))
    return openBuilt(name, spec)
  }

  function freeName(): string {
    for (let n = 1; ; n++) if (!worlds.has(`world-${n}`) && !broken.has(`world-${n}`)) return `world-${n}`
  }

  /** Opens the files that were just put in place. A world whose files cannot be opened is broken from now on. */
  function openBuilt(name: string, spec: WorldSpec): OpenWorld {
    try {
      return twice(() => open(name, spec, { isBuilt: true }))
    } catch (error) {
      markBroken(name, error)
      throw error
    }
  }

  /** The default world stays in the list: every request without a name is for it. */
  function markBroken(name: string, error: unknown): void {
    if (name === DEFAULT_WORLD) return
    const world = worlds.get(name)
    if (world !== undefined) owners.remove(world)
    worlds.delete(name)
    specs.delete(name)
    broken.set(name, oneLine(error))
  }

  /**
   * Replaces the content of a world. An error while its new files are built leaves the world as it was; after that the
   * replacement is finished, by the next start if need be.
   */
  function replace(
    before: OpenWorld,
    how: Opening,
    journal: 'journal goes on' | 'journal is removed',
  ): OpenWorld {
    const { name } = before
    const spec = specs.get(name) ?? {}
    if (data === undefined) {
      const goesOn = journal === 'journal goes on' && { journal: before.journal }
      const after = open(name, spec, { ...how, ...goesOn })
      discard(before)
      return after
    }
    const folder = folderOf(data, name)
    if (before.closed) finishReplacement(folder, name)
    decideReplacement(folder, (place) => build(place, name, spec, how), journal)
    discard(before)
    try {
      twice(() => finishReplacement(folder, name))
    } catch (error) {
      markBroken(name, error)
      throw error
    }
    return openBuilt(name, spec)
  }

  function remove(name: string): void {
    const world = worlds.get(name)
    if (world === undefined && !broken.has(name)) existing(name)
    if (world !== undefined) discard(world)
    if (data === undefined) removeTree(snapshotsOf(scratch.path, name))
    else {
      try {
        removeWorldFolder(data, name)
      } catch (error) {
        if (world !== undefined) openBuilt(name, specs.get(name) ?? {})
        throw error
      }
    }
    if (world !== undefined) owners.remove(world)
    worlds.delete(name)
    specs.delete(name)
    broken.delete(name)
  }

  function openDefault(): void {
    if (data === undefined) {
      open(DEFAULT_WORLD, {}, settings.from && { copy: settings.from })
      return
    }
    const isNew = !existsSync(join(data, `${DEFAULT_WORLD}.sqlite`))
    if (isNew) {
      const how = settings.from && { copy: settings.from }
      decideReplacement(data, (place) => build(place, DEFAULT_WORLD, {}, how ?? {}), 'journal goes on')
      finishReplacement(data, DEFAULT_WORLD)
    }
    open(DEFAULT_WORLD, {}, { isBuilt: isNew })
  }

  /** Returns the default world; opens it again when an error has kept it closed, e.g. a full disk during its reset. */
  function home(): OpenWorld {
    const world = existing(DEFAULT_WORLD)
    if (!world.closed || closing) return world
    if (data !== undefined) finishReplacement(data, DEFAULT_WORLD)
    return open(DEFAULT_WORLD, {})
  }

  /** Opens a world of an earlier process. One that cannot be opened does not keep the others from being served. */
  function openKept(name: string, spec: WorldSpec | string): void {
    try {
      if (typeof spec === 'string') throw new SetupError(spec)
      open(name, spec)
    } catch (error) {
      broken.set(name, oneLine(error))
      process.stderr.write(
        `ims-emulator: the world ${name} is not served: ${oneLine(error)}. DELETE /_ims/worlds/${name} removes it.\n`,
      )
    }
  }

  try {
    openDefault()
  } catch (error) {
    throw error instanceof SetupError
      ? error
      : new SetupError(`the default world cannot be opened: ${oneLine(error)}`)
  }
  for (const { name, spec } of data === undefined ? [] : keptWorlds(data)) openKept(name, spec)
  return {
    get default() {
      return home()
    },
    all: () => [...worlds.values()],
    broken: () => [...broken].map(([name, problem]) => ({ name, problem })),
    find: found,
    named: existing,
    count: () => worlds.size,
    credentials: owners,
    prepare: templates.prepare,
    create: (spec) => add(spec),
    fork: (world, name) => add({ ...specs.get(world.name), name }, existing(world.name).copy()),
    readScenario: (world, text) => templates.readSent(specs.get(world.name) ?? {}, text),
    reset({ name }) {
      const before = existing(name)
      return replace(before, { start: templates.scenarioOf(specs.get(name) ?? {}) }, 'journal is removed')
    },
    restore({ name }, snapshot) {
      const before = existing(name)
      const copy = before.snapshots.read(snapshot)
      checkCopy(copy, settings.cloud, `the snapshot ${snapshot}`)
      return replace(before, { copy }, 'journal goes on')
    },
    remove(name) {
      if (name === DEFAULT_WORLD)
        throw new ControlError(409, 'the default world stays; POST /_ims/reset puts it back to its start')
      remove(name)
    },
    close() {
      closing = true
      const failures = [...worlds.values()].flatMap(failureToClose)
      if (failures.length > 0) throw new AggregateError(failures, 'not every world could be closed')
    },
  }
}

/** Does what cannot be undone any more; once again after an error. */
function twice<Result>(act: () => Result): Result {
  try {
    return act()
  } catch {
    return act()
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
