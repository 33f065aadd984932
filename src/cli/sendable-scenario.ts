import { existsSync } from 'node:fs'
import { readScenario } from '../simulation/scenario/load.ts'
import { SHIPPED_NAME } from '../simulation/scenario/source.ts'
import { writtenFixture } from '../worlds/fixtures/load.ts'
import { unknownToRegistry } from '../worlds/unknown-operations.ts'

/**
 * A scenario as an emulator elsewhere takes it. A shipped one goes by its name, for it is there as well; a file is written
 * out, with all that it extends and all its fixtures, for files of this machine are not there to be read.
 * @throws SetupError with every mistake of the file.
 */
export function sendableScenario(nameOrFile: string): string | Record<string, unknown> {
  if (SHIPPED_NAME.test(nameOrFile) && !existsSync(nameOrFile)) return nameOrFile
  const { scenario, written } = readScenario(nameOrFile, {}, unknownToRegistry)
  return { ...written, fixtures: scenario.fixtures.map(writtenFixture) }
}
