import { loadFixture } from '../cloud/fixtures.ts'
import type { NamedMistake } from '../engine/scenario/load.ts'
import { Scenario } from '../engine/scenario/schema.ts'
import { SetupError } from '../kernel/errors.ts'
import { openScratch } from './scratch.ts'
import { unknownToRegistry } from './unknown-operations.ts'
import { openWorld } from './worlds.ts'

/** Everything that a scenario names and that is not there as it should be: operations, faces, and what fixtures describe. */
export function wrongNames(written: Record<string, unknown>): NamedMistake[] {
  const { data } = Scenario.safeParse(written)
  return [...unknownToRegistry(written), ...(data === undefined ? [] : wrongFixtures(data))]
}

/** Fills a world that nobody sees with one fixture after the other, as a start would. */
function wrongFixtures(scenario: Scenario): NamedMistake[] {
  const start = { scenario: { ...scenario, fixtures: [] }, written: {}, files: [] }
  const scratch = openScratch()
  const world = openWorld({ name: 'check', start, scratch: scratch.path })
  try {
    return scenario.fixtures.flatMap((fixture, i) =>
      complaintsOf(() => loadFixture(world, fixture)).map((message) => ({ path: ['fixtures', i], message })),
    )
  } finally {
    world.close()
    scratch.remove()
  }
}

function complaintsOf(act: () => void): string[] {
  try {
    act()
    return []
  } catch (error) {
    if (error instanceof SetupError) return error.message.split('\n')
    throw error
  }
}
