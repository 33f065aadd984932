import { SetupError } from '../../lib/errors.ts'
import { type Mistake, ScenarioMistakes } from '../../simulation/scenario/mistakes.ts'
import { wrongNames } from '../../worlds/check-scenario.ts'
import { printJson, printLines } from '../output.ts'
import { readNamed, STANDARD_INPUT } from '../scenario-input.ts'

/** The result of one file. */
interface Finding {
  file: string
  ok: boolean
  /** Without line and column when the file could not be read at all. */
  mistakes: (Mistake | { file: string; message: string })[]
  /** The same for people, one line a mistake. */
  lines: string[]
}

/** `check`. @returns the exit code: 0 when every file is sound, else 1. */
export async function check(files: string[], { json }: { json?: boolean }): Promise<number> {
  const findings: Finding[] = []
  for (const file of files) findings.push(await examine(file))
  if (json) printJson(findings.map(({ lines: _, ...finding }) => finding))
  else printLines(findings.flatMap(({ lines }) => lines))
  return findings.every(({ ok }) => ok) ? 0 : 1
}

async function examine(argument: string): Promise<Finding> {
  const file = argument === '-' ? STANDARD_INPUT : argument
  try {
    await readNamed(argument, wrongNames)
    return { file, ok: true, mistakes: [], lines: [`${file}: ok`] }
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    const lines = error.message.split('\n')
    const mistakes =
      error instanceof ScenarioMistakes ? [...error.mistakes] : lines.map((message) => ({ file, message }))
    return { file, ok: false, mistakes, lines }
  }
}
