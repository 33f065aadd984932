import { existsSync } from 'node:fs'
import { writtenFixture } from '../cloud/fixtures.ts'
import { readScenario } from '../engine/scenario/load.ts'
import { SHIPPED_NAME } from '../engine/scenario/source.ts'
import { unknownToRegistry } from '../server/unknown-operations.ts'

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
