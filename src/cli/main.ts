import { Command, CommanderError } from 'commander'
import { ControlFailure } from '../client/control-client.ts'
import { SetupError } from '../lib/errors.ts'
import { packageVersion } from '../lib/package-files.ts'
import { addDefaultCommand, everyCommand } from './declarations/command.ts'
import { runCommand } from './declarations/run.ts'
import {
  checkCommand,
  machineCommand,
  recordScenarioCommand,
  replayCommand,
  scenarioCommand,
} from './declarations/scenarios.ts'
import { caCommand, completionCommand, doctorCommand } from './declarations/set-up.ts'
import { clockCommand, journalCommand, phaseCommand, rulesCommand } from './declarations/simulation.ts'
import { startCommand } from './declarations/start.ts'
import { bucketCommand, imageCommand, snapshotCommand, worldCommand } from './declarations/worlds.ts'

/** The end of `ims-emulator --help`. */
const EPILOGUE = `
Without a command, start runs. Its options: ims-emulator start --help

Exit codes: 0 success; 1 the set-up, a checked file, a replay or the answer of the emulator is wrong, and the message says
what; 2 the command line is wrong; run exits with the code of its command.`

/**
 * Declares every command of `ims-emulator`: arguments, options, examples. No action is loaded before its command runs, so that
 * help and completion start fast.
 * @param finish receives the exit code of the commands that check something.
 */
export function commandLineProgram(finish: (code: number) => void): Command {
  const program = new Command('ims-emulator')
    .description("A local stand-in for Huawei Cloud's Image Management Service.")
    .version(packageVersion())
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EPILOGUE)
  addDefaultCommand(program, startCommand())
    .addCommand(worldCommand())
    .addCommand(clockCommand())
    .addCommand(rulesCommand())
    .addCommand(phaseCommand())
    .addCommand(journalCommand())
    .addCommand(snapshotCommand())
    .addCommand(imageCommand())
    .addCommand(bucketCommand())
    .addCommand(checkCommand(finish))
    .addCommand(scenarioCommand())
    .addCommand(machineCommand())
    .addCommand(recordScenarioCommand())
    .addCommand(replayCommand(finish))
    .addCommand(runCommand(finish))
    .addCommand(caCommand())
    .addCommand(doctorCommand(finish))
  return program.addCommand(completionCommand(program))
}

/**
 * Runs one command. Errors that the user can mend are printed to standard error, each on one line.
 * @param argv as `process.argv`: the executable and the script come first.
 * @returns the exit code: 0 for success; 1 when the set-up, a checked file, a replay or the emulator's answer is wrong; 2 when the
 * command line itself is wrong.
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  let code = 0
  const program = commandLineProgram((found) => {
    code = found
  })
  const commands = [program, ...everyCommand(program)]
  for (const command of commands)
    command.exitOverride().configureOutput({ outputError: (text, write) => write(oneLine(text)) })
  try {
    tidyEnvironment(program, commands)
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

/** Values of a variable for an option without a value. */
const ON: ReadonlySet<string> = new Set(['true', '1', 'yes', 'on'])
const OFF: ReadonlySet<string> = new Set(['false', '0', 'no', 'off'])

/**
 * Removes the variables of options that are not set: empty ones, which Docker Compose passes for `${IMS_X:-}`, and those that
 * turn an option off. The parser would take the former as values, and the latter as on.
 * @throws CommanderError when a variable of an option without a value is neither on nor off.
 */
function tidyEnvironment(program: Command, commands: readonly Command[]): void {
  for (const option of commands.flatMap(({ options }) => options)) {
    const { envVar } = option
    const value = envVar === undefined ? undefined : process.env[envVar]?.trim().toLowerCase()
    if (envVar === undefined || value === undefined) continue
    if (value === '' || (option.isBoolean() && OFF.has(value))) delete process.env[envVar]
    else if (option.isBoolean() && !ON.has(value))
      program.error(`error: ${envVar} is '${process.env[envVar]}'. Give true or false.`)
  }
}

/** Puts a complaint of the command line parser on one line, with the name of the program before it. */
function oneLine(complaint: string): string {
  return `${complaint
    .replace(/^error: /, 'ims-emulator: ')
    .trim()
    .replace(/\n+/g, ' ')}\n`
}
