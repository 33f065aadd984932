import {
  type CheckNames,
  type LoadedScenario,
  readScenario,
  readScenarioText,
} from '../simulation/scenario/load.ts'
import { checkSize, decode } from '../simulation/scenario/source-text.ts'

/** What mistakes in standard input are told under. */
export const STANDARD_INPUT = '<stdin>'

/** Reads a scenario by its shipped name, its path, or from standard input when that is `-`. */
export async function readNamed(nameOrPath: string, check: CheckNames): Promise<LoadedScenario> {
  if (nameOrPath !== '-') return readScenario(nameOrPath, {}, check)
  return readScenarioText(STANDARD_INPUT, await standardInput(), check)
}

/** All that comes on standard input, as text. @throws SetupError when it is too much, or no text. */
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
