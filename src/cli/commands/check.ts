import { Command } from 'commander'
import { SetupError } from '../../lib/errors.ts'
import { type Mistake, ScenarioMistakes } from '../../simulation/scenario/mistakes.ts'
import { wrongNames } from '../../worlds/check-scenario.ts'
import { readNamed, STANDARD_INPUT } from '../read-named.ts'

/** What was found out about one file. */
interface Finding {
  file: string
  ok: boolean
  /** A file that could not be read at all has no places. */
  mistakes: (Mistake | { file: string; message: string })[]
  /** The same, a line for each. */
  lines: string[]
}

/** `check`, made for CI: every mistake of every file at once, and an exit code of 1 when there is one. */
export function checkCommand(finish: (code: number) => void): Command {
  return new Command('check')
    .description('Check scenario files without starting anything: 0 when all of them are sound, 1 otherwise.')
    .argument('<file...>', 'files or shipped names; - reads standard input')
    .option('--json', 'print what was found as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  ims-emulator check scenarios/*.yaml\n  ims-emulator check --json - < my.yaml',
    )
    .action(async (files: string[], { json }: { json?: boolean }) => {
      const findings: Finding[] = []
      for (const file of files) findings.push(await examine(file))
      process.stdout.write(json ? asJson(findings) : asLines(findings))
      finish(findings.every(({ ok }) => ok) ? 0 : 1)
    })
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

function asLines(findings: readonly Finding[]): string {
  return `${findings.flatMap(({ lines }) => lines).join('\n')}\n`
}

function asJson(findings: readonly Finding[]): string {
  return `${JSON.stringify(
    findings.map(({ lines: _, ...finding }) => finding),
    null,
    2,
  )}\n`
}
