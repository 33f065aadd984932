import { statSync } from 'node:fs'
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
import { namesCheck } from './unknown-operations.ts'
import type { WorldWish } from './wish.ts'

/** So many are remembered; a test suite starts its worlds with a few. */
const MOST = 32

/** What worlds are started with. */
export interface WorldStarts {
  /**
   * The same for wishes that are alike, and not read again while none of its files has changed.
   * @throws SetupError with every mistake in the scenario.
   */
  startOf(wish: WorldWish): LoadedScenario
  /** Reads a scenario that was sent for a world that was wished for. @throws SetupError with every mistake in it. */
  readSent(wish: WorldWish, text: string): LoadedScenario
}

/** @param common the scenario of those who name none, and what the command line says on top of all. */
export function openWorldStarts(common: {
  scenario: NonNullable<WorldWish['scenario']>
  overrides: ScenarioOverrides
  services: readonly Service[]
}): WorldStarts {
  const unknownToRegistry = namesCheck(common.services)

  const known = new Map<string, { start: LoadedScenario; stamp: string }>()

  function read({ scenario, ...wish }: WorldWish): LoadedScenario {
    const named = scenario ?? common.scenario
    const flags = common.overrides
    const onTop = { ...flags, ...overridesOf(wish) }
    if (typeof named === 'string') return readScenario(named, onTop, unknownToRegistry)
    // A scenario of its own is the later word than the flags of the start.
    const text = JSON.stringify(named)
    const start =
      scenario === undefined
        ? readSentScenario(text, {}, unknownToRegistry, onTop)
        : readSentScenario(text, flags, unknownToRegistry, overridesOf(wish))
    refuseForeignFiles(start.scenario)
    return start
  }

  return {
    startOf({ name: _name, idle: _idle, ...wish }) {
      const key = JSON.stringify(wish)
      const before = known.get(key)
      if (before !== undefined && before.stamp === stampOf(before.start)) return before.start
      const start = read(wish)
      known.delete(key)
      known.set(key, { start, stamp: stampOf(start) })
      const [oldest] = known.keys()
      if (known.size > MOST && oldest !== undefined) known.delete(oldest)
      return start
    },
    readSent: (wish, text) =>
      readSentScenario(text, { ...common.overrides, ...overridesOf(wish) }, unknownToRegistry),
  }
}

/** When the files were changed last; a file that is gone has changed too. */
function stampOf({ files, scenario }: LoadedScenario): string {
  const fixtures = scenario.fixtures.map(fixtureFile).filter((file) => file !== undefined)
  return [...files, ...fixtures]
    .map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 'none')
    .join(' ')
}

/** Files are not the sender's to read: fixtures of a scenario that was sent ship with the package, or are written out. */
function refuseForeignFiles({ fixtures }: Scenario): void {
  const path = fixtures.find((fixture) => typeof fixture === 'string' && !SHIPPED_NAME.test(fixture))
  if (path !== undefined)
    throw new ControlError(
      400,
      `a scenario that is sent cannot name the file ${path} as a fixture; write its content in the list instead`,
    )
}

function overridesOf({ pace, seed, clock, auth }: WorldWish): ScenarioOverrides {
  return {
    ...(pace !== undefined && { pace }),
    ...(seed !== undefined && { seed }),
    ...(clock !== undefined && { clock }),
    ...(auth !== undefined && { auth: { mode: auth } }),
  }
}
