import { isNoRoom } from '../lib/host-errors.ts'
import { type FixtureChangeMap, FixtureMistake } from '../simulation/fixtures.ts'
import { type ReportFault, settleIfRoom } from '../simulation/settle.ts'
import { changingFixtures } from '../worlds/fixtures/fixture.ts'
import type { OpenWorld } from '../worlds/open-world.ts'

/**
 * Lets the time of a world go on before a request: the due steps of jobs, then the changes of phases that were entered.
 * @returns false while the disk is full: the request sees the world as it was.
 */
export function settleWorld(world: OpenWorld, report: ReportFault): boolean {
  if (!settleIfRoom(world, report)) return false
  try {
    world.rules.makeChanges((changes, at) => changeFixtures(world, changes, at, report))
    return true
  } catch (error) {
    if (isNoRoom(error)) return false
    throw error
  }
}

/** Makes the changes of a rule or of a phase at a virtual time (ms). Changes that the world cannot take are reported, and none is made. */
export function changeFixtures(
  world: OpenWorld,
  changes: FixtureChangeMap,
  at: number,
  report: ReportFault,
): void {
  try {
    changingFixtures.apply(world, changes, at)
  } catch (error) {
    if (!(error instanceof FixtureMistake)) throw error
    report(new Error(`fixtures of the scenario were not changed: ${error.message}`, { cause: error }))
  }
}
