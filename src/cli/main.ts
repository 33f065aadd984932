import { CommanderError } from 'commander'
import { ControlFailure } from '../client/control-client.ts'
import { SetupError } from '../lib/errors.ts'
import { everyCommand } from './declarations/command.ts'
import { exitOnClosedPipe } from './process-end.ts'
import { commandLineProgram } from './program.ts'

/**
 * Runs one command. Errors that the user can mend are printed to standard error, each on one line.
 * @param argv as `process.argv`: the executable and the script come first.
 * @returns the exit code: 0 for success; 1 when the set-up, a checked file, a replay or the emulator's answer is wrong; 2 when the
 * command line itself is wrong.
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const removeListener = exitOnClosedPipe()
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
    removeListener()
  }
}

/** Puts a complaint of the command line parser on one line, with the name of the program before it. */
function oneLine(complaint: string): string {
  return `${complaint
    .replace(/^error: /, 'ims-emulator: ')
    .trim()
    .replace(/\n+/g, ' ')}\n`
}
