import { Command, CommanderError } from 'commander'
import { SetupError } from '../kernel/errors.ts'
import { packageVersion } from '../kernel/package-files.ts'
import { startCommand } from './start.ts'

/**
 * Runs one command and answers the exit code: 0 when it did what was asked, 1 when something about the set-up is wrong,
 * 2 when the command line itself is. Whatever is wrong is told in one line.
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const program = new Command('ims-emulator')
    .description("A local stand-in for Huawei Cloud's Image Management Service.")
    .version(packageVersion())
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .addCommand(startCommand(), { isDefault: true })
  for (const command of program.commands) {
    command.exitOverride().configureOutput({ outputError: (text, write) => write(oneLine(text)) })
  }
  try {
    await program.parseAsync(argv)
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof SetupError) {
      process.stderr.write(`${error.message.replace(/^/gm, 'ims-emulator: ')}\n`)
      return 1
    }
    throw error
  }
}

/** What the parser complains about, on one line and under our name. */
function oneLine(complaint: string): string {
  return `${complaint
    .replace(/^error: /, 'ims-emulator: ')
    .trim()
    .replace(/\n+/g, ' ')}\n`
}
