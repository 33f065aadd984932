import {
  type CheckNames,
  type LoadedScenario,
  readScenario,
  readScenarioText,
} from '../simulation/scenario/load.ts'
import { checkSize, decode } from '../simulation/scenario/source.ts'

/** The file name in messages about standard input. */
export const STANDARD_INPUT = '<stdin>'

/**
 * Reads a scenario by its shipped name or its path; `-` is standard input.
 * @throws SetupError with every mistake in it, or when it cannot be read.
 */
export async function readNamed(nameOrPath: string, check: CheckNames): Promise<LoadedScenario> {
  if (nameOrPath !== '-') return readScenario(nameOrPath, {}, check)
  return readScenarioText(STANDARD_INPUT, await standardInput(), check)
}

/** Reads standard input to its end. @throws SetupError when it is larger than a scenario may be, or not UTF-8. */
export async function standardInput(): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    checkSize(STANDARD_INPUT, length)
    chunks.push(bytes)
  }
  return decode(STANDARD_INPUT, Buffer.concat(chunks))
}
