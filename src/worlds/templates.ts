import { statSync } from 'node:fs'
import { join } from 'node:path'
import { copyBlobs } from '../database/blobs.ts'
import { ControlError } from '../lib/errors.ts'
import type { Service } from '../services/service.ts'
import {
  type LoadedScenario,
  readScenario,
  readSentScenario,
  type ScenarioOverrides,
} from '../simulation/scenario/load.ts'
import type { Scenario } from '../simulation/scenario/schema.ts'
import { SHIPPED_NAME } from '../simulation/scenario/source.ts'
import { fixtureFile } from './fixtures/load.ts'
import { namesCheck } from './known-names.ts'
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
  /** Reads a scenario that was sent for a world with this specification. @throws SetupError with every mistake in it. */
  readSent(spec: WorldSpec, text: string): LoadedScenario
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
  const checkNames = namesCheck(common.services)
  const known = new Map<string, { start: LoadedScenario; stamp: string }>()
  const copies = new WeakMap<LoadedScenario, WorldCopy>()
  let count = 0

  function read({ scenario, ...spec }: WorldSpec): LoadedScenario {
    const named = scenario ?? common.scenario
    const flags = common.overrides
    const onTop = { ...flags, ...overridesOf(spec) }
    if (typeof named === 'string') return readScenario(named, onTop, checkNames)
    // A scenario of the specification itself takes precedence over the flags of the start.
    const text = JSON.stringify(named)
    const start =
      scenario === undefined
        ? readSentScenario(text, {}, checkNames, onTop)
        : readSentScenario(text, flags, checkNames, overridesOf(spec))
    refuseForeignFiles(start.scenario)
    return start
  }

  return {
    scenarioOf({ name: _name, idle: _idle, ...spec }) {
      const key = JSON.stringify(spec)
      const before = known.get(key)
      if (before !== undefined && before.stamp === stampOf(before.start)) return before.start
      const start = read(spec)
      known.delete(key)
      known.set(key, { start, stamp: stampOf(start) })
      const [oldest] = known.keys()
      if (known.size > MOST && oldest !== undefined) known.delete(oldest)
      return start
    },
    readSent: (spec, text) =>
      readSentScenario(text, { ...common.overrides, ...overridesOf(spec) }, checkNames),
    copyOf: (start) => copies.get(start),
    keep(start, { database, blobs }) {
      count += 1
      const copy = { database, blobs: join(folder, String(count)) }
      copyBlobs(blobs, copy.blobs)
      copies.set(start, copy)
    },
  }
}

/** The times of the last changes of a scenario's files. A file that was removed has changed, too. */
function stampOf({ files, scenario }: LoadedScenario): string {
  const fixtures = scenario.fixtures.map(fixtureFile).filter((file) => file !== undefined)
  return [...files, ...fixtures]
    .map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 'none')
    .join(' ')
}

/**
 * Refuses a scenario that was sent and names a fixture by a path: clients must not read files of this machine. Shipped
 * fixtures and those that are written out are accepted.
 */
function refuseForeignFiles({ fixtures }: Scenario): void {
  const path = fixtures.find((fixture) => typeof fixture === 'string' && !SHIPPED_NAME.test(fixture))
  if (path !== undefined)
    throw new ControlError(
      400,
      `a scenario that is sent cannot name the file ${path} as a fixture; write its content in the list instead`,
    )
}

function overridesOf({ pace, seed, clock, auth }: WorldSpec): ScenarioOverrides {
  return {
    ...(pace !== undefined && { pace }),
    ...(seed !== undefined && { seed }),
    ...(clock !== undefined && { clock }),
    ...(auth !== undefined && { auth: { mode: auth } }),
  }
}
