import { SetupError } from '../lib/errors.ts'
import { safeParse } from '../lib/parse.ts'
import { composeCloud } from '../services/compose.ts'
import { services } from '../services/index.ts'
import type { NamedMistake } from '../simulation/scenario/load.ts'
import { Scenario } from '../simulation/scenario/schema.ts'
import { loadFixture } from './fixtures/load.ts'
import { checkNames } from './known-names.ts'
import { openWorld } from './open-world.ts'
import { openTemporaryFolder } from './temporary-folder.ts'

/** Finds the unknown names of a scenario (operations, services, error codes) and the mistakes in its fixtures. */
export function wrongNames(written: Record<string, unknown>): NamedMistake[] {
  const { data } = safeParse(Scenario, written)
  return [...checkNames(written), ...(data === undefined ? [] : wrongFixtures(data))]
}

/** Loads each fixture into a temporary world, as a start would. */
function wrongFixtures(scenario: Scenario): NamedMistake[] {
  const start = { scenario: { ...scenario, fixtures: [] }, written: {}, files: [] }
  const scratch = openTemporaryFolder()
  const world = openWorld({
    name: 'check',
    cloud: composeCloud(services.huawei),
    start,
    scratch: scratch.path,
  })
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
