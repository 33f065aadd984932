import { Command, CommanderError } from 'commander'
import { SetupError } from '../kernel/errors.ts'
import { packageVersion } from '../kernel/package-files.ts'
import { ControlFailure } from '../kit/control-client.ts'
import { checkCommand } from './check.ts'
import { machineCommand } from './machine.ts'
import { recordScenarioCommand } from './record-scenario.ts'
import { replayCommand } from './replay.ts'
import { scenarioCommand } from './scenario.ts'
import { startCommand } from './start.ts'

/**
 * Runs one command and answers the exit code: 0 when it did what was asked, 1 when something about the set-up, a checked
 * file or a replay is wrong, 2 when the command line itself is. Whatever is wrong is told in one line.
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  process.stdout.once('error', stopPrinting)
  let code = 0
  const program = new Command('ims-emulator')
    .description("A local stand-in for Huawei Cloud's Image Management Service.")
    .version(packageVersion())
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', '\nWithout a command it starts. Its flags: ims-emulator start --help')
    .exitOverride()
    .addCommand(startCommand(), { isDefault: true })
    .addCommand(
      checkCommand((found) => {
        code = found
      }),
    )
    .addCommand(scenarioCommand())
    .addCommand(machineCommand())
    .addCommand(recordScenarioCommand())
    .addCommand(
      replayCommand((found) => {
        code = found
      }),
    )
  for (const command of everyCommand(program))
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
  }
}

/** Whoever reads our output may have seen enough, as `head` has. */
function stopPrinting(error: Error): void {
  if ('code' in error && error.code === 'EPIPE') process.exit(0)
  throw error
}

/** The commands of a program, and theirs. */
function everyCommand({ commands }: Command): Command[] {
  return commands.flatMap((command) => [command, ...everyCommand(command)])
}

/** What the parser complains about, on one line and under our name. */
function oneLine(complaint: string): string {
  return `${complaint
    .replace(/^error: /, 'ims-emulator: ')
    .trim()
    .replace(/\n+/g, ' ')}\n`
}
