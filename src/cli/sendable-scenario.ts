import { existsSync } from 'node:fs'
import { writtenFixture } from '../cloud/fixtures.ts'
import { readScenario } from '../engine/scenario/load.ts'
import type { WorldInput } from '../kit/world.ts'
import { unknownToRegistry } from '../server/unknown-operations.ts'

/** What may be the name of a shipped scenario. */
const NAME = /^[a-z0-9-]+$/

/**
 * A scenario as an emulator elsewhere takes it. A shipped one goes by its name, for it is there as well; a file is written
 * out, with all that it extends and all its fixtures, for files of this machine are not there to be read.
 * What was wished for besides stands above what the file says.
 * @throws SetupError with every mistake of the file.
 */
export function sendableScenario(
  nameOrFile: string,
  { seed, pace, clock, auth }: Pick<WorldInput, 'seed' | 'pace' | 'clock' | 'auth'>,
): string | Record<string, unknown> {
  if (NAME.test(nameOrFile) && !existsSync(nameOrFile)) return nameOrFile
  const overrides = {
    ...(seed !== undefined && { seed }),
    ...(pace !== undefined && { pace }),
    ...(clock !== undefined && { clock }),
    ...(auth !== undefined && { auth: { mode: auth } }),
  }
  const { scenario, written } = readScenario(nameOrFile, overrides, unknownToRegistry)
  return { ...written, fixtures: scenario.fixtures.map(writtenFixture) }
}
