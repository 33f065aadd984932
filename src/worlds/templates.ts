import { statSync } from 'node:fs'
import { join } from 'node:path'
import { copyBlobs } from '../database/blobs.ts'
import { ControlError, SetupError } from '../lib/errors.ts'
import type { Service } from '../services/service.ts'
import {
  type LoadedScenario,
  readScenario,
  readSentScenario,
  type ScenarioOverrides,
  type SentScenario,
} from '../simulation/scenario/load.ts'
import { Scenario } from '../simulation/scenario/schema.ts'
import { isLongScenario, readSentAside } from '../simulation/scenario/sent.ts'
import { SHIPPED_NAME } from '../simulation/scenario/source.ts'
import { fixtureFiles } from './fixtures/load.ts'
import { wrongChanges } from './fixtures/scenario-changes.ts'
import { namesCheck, namesForScenarios } from './known-names.ts'
import type { WorldCopy } from './open-world.ts'
import type { WorldSpec } from './spec.ts'

/** Scenarios that are remembered, at most. A test suite starts its worlds with a few. */
const MOST = 32

/** What new worlds are made from: their scenarios, read once, and copies of worlds that have just begun. */
export interface WorldTemplates {
  /**
   * Reads the scenario of a specification. Equal specifications get the same object until one of its files changes.
   * @throws SetupError with every mistake in the scenario.
   */
  scenarioOf(spec: WorldSpec): LoadedScenario
  /**
   * Reads the scenario of a specification ahead when it is long, while other requests are answered. `scenarioOf` finds it.
   * @throws SetupError with every mistake in the scenario.
   */
  prepare(spec: WorldSpec): Promise<void>
  /** Reads a scenario that was sent for a world with this specification. @throws SetupError with every mistake in it. */
  readSent(spec: WorldSpec, text: string): Promise<LoadedScenario>
  /**
   * Returns a world in memory that has just begun with a scenario; a copy of it need not load the fixtures again. Objects
   * that the fixtures do not date are as old as this world.
   */
  copyOf(start: LoadedScenario): WorldCopy | undefined
  /** Keeps a copy of a world that has just begun. */
  keep(start: LoadedScenario, world: WorldCopy): void
}

/**
 * @param common the scenario of worlds that name none, and the overrides from the command line.
 * @param folder where the blobs of the copies lie.
 */
export function openTemplates(
  common: {
    scenario: NonNullable<WorldSpec['scenario']>
    overrides: ScenarioOverrides
    services: readonly Service[]
  },
  folder: string,
): WorldTemplates {
  const names = namesForScenarios(common.services)
  const checkNames = namesCheck(names)
  const known = new Map<string, { start: LoadedScenario; stamp: string }>()
  const copies = new WeakMap<LoadedScenario, WorldCopy>()
  let count = 0

  /** The scenario of a specification that has it written out, as it is read; undefined for a name. */
  function sentIn({ scenario, ...spec }: WorldSpec): SentScenario | undefined {
    const named = scenario ?? common.scenario
    if (typeof named === 'string') return undefined
    const flags = common.overrides
    const own = overridesOf(spec)
    // A scenario of the specification itself takes precedence over the flags of the start.
    const order =
      scenario === undefined ? { below: {}, above: { ...flags, ...own } } : { below: flags, above: own }
    return { text: JSON.stringify(named), known: names, ...order }
  }

  function read(spec: WorldSpec): LoadedScenario {
    const sent = sentIn(spec)
    if (sent === undefined) {
      const named = spec.scenario ?? common.scenario
      if (typeof named !== 'string') throw new Error('a scenario that is not sent has a name')
      return readScenario(named, { ...common.overrides, ...overridesOf(spec) }, checkNames)
    }
    return withoutForeignFiles(withSoundChanges(readSentScenario(sent)))
  }

  function remembered(key: string): LoadedScenario | undefined {
    const before = known.get(key)
    return before !== undefined && before.stamp === stampOf(before.start) ? before.start : undefined
  }

  function remember(key: string, start: LoadedScenario): LoadedScenario {
    known.delete(key)
    known.set(key, { start, stamp: stampOf(start) })
    const [oldest] = known.keys()
    if (known.size > MOST && oldest !== undefined) known.delete(oldest)
    return start
  }

  return {
    scenarioOf(spec) {
      const key = keyOf(spec)
      return remembered(key) ?? remember(key, read(spec))
    },
    async prepare(spec) {
      const sent = sentIn(spec)
      const key = keyOf(spec)
      if (sent === undefined || !isLongScenario(sent.text) || remembered(key) !== undefined) return
      remember(key, withoutForeignFiles(withSoundChanges(await readSentAside(sent))))
    },
    async readSent(spec, text) {
      const below = { ...common.overrides, ...overridesOf(spec) }
      return withSoundChanges(await readSentAside({ text, known: names, below, above: {} }))
    },
    copyOf: (start) => copies.get(start),
    keep(start, { database, blobs }) {
      count += 1
      const copy = { database, blobs: join(folder, String(count)) }
      copyBlobs(blobs, copy.blobs)
      copies.set(start, copy)
    },
  }
}

/** @throws SetupError for a scenario that was sent and changes fixtures that do not change, or in fields that they do not have. */
function withSoundChanges(start: LoadedScenario): LoadedScenario {
  const mistakes = wrongChanges(Scenario, start.written)
  if (mistakes.length === 0) return start
  throw new SetupError(mistakes.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
}

/** What makes specifications equal: everything but what no scenario depends on. */
function keyOf({ name: _name, idle: _idle, ...spec }: WorldSpec): string {
  return JSON.stringify(spec)
}

/** The times of the last changes of a scenario's files. A file that was removed has changed, too. */
function stampOf({ files, scenario }: LoadedScenario): string {
  return [...files, ...scenario.fixtures.flatMap(fixtureFiles)]
    .map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 'none')
    .join(' ')
}

/**
 * Refuses a scenario that was sent and names a fixture by a path: clients must not read files of this machine. Shipped
 * fixtures and those that are written out are accepted.
 */
function withoutForeignFiles(start: LoadedScenario): LoadedScenario {
  const { fixtures }: Scenario = start.scenario
  const path = fixtures.find((fixture) => typeof fixture === 'string' && !SHIPPED_NAME.test(fixture))
  if (path !== undefined)
    throw new ControlError(
      400,
      `a scenario that is sent cannot name the file ${path} as a fixture; write its content in the list instead`,
    )
  return start
}

function overridesOf({ pace, seed, clock, auth }: WorldSpec): ScenarioOverrides {
  return {
    ...(pace !== undefined && { pace }),
    ...(seed !== undefined && { seed }),
    ...(clock !== undefined && { clock }),
    ...(auth !== undefined && { auth: { mode: auth } }),
  }
}
