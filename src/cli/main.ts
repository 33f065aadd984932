import { CommanderError } from 'commander'
import { ControlFailure } from '../client/control-client.ts'
import { SetupError } from '../lib/errors.ts'
import { commandLineProgram, everyCommand } from './program.ts'

/**
 * Runs one command and answers the exit code: 0 when it did what was asked, 1 when something about the set-up, a checked
 * file or a replay is wrong, 2 when the command line itself is. Whatever is wrong is told in one line.
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  process.stdout.on('error', stopPrinting)
  let code = 0
  const program = commandLineProgram((found) => {
    code = found
  })
  for (const command of [program, ...everyCommand(program)])
    command.exitOverride().configureOutput({ outputError: (text, write) => write(oneLine(text)) })
  try {
    await program.parseAsync(argv)
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof SetupError || error instanceof ControlFailure) {
      process.stderr.write(`${error.message.replace(/^/gm, 'ims-emulator: ')}\n`)
      return 1
    }
    throw error
  } finally {
    process.stdout.off('error', stopPrinting)
  }
}

/** Whoever reads our output may have seen enough, as `head` has. */
function stopPrinting(error: Error): void {
  if ('code' in error && error.code === 'EPIPE') process.exit(0)
  throw error
}

/** What the parser complains about, on one line and under our name. */
function oneLine(complaint: string): string {
  return `${complaint
    .replace(/^error: /, 'ims-emulator: ')
    .trim()
    .replace(/\n+/g, ' ')}\n`
}
