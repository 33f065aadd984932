import { Command } from 'commander'
import { packageVersion } from '../lib/package-files.ts'
import { addDefaultCommand } from './declarations/command.ts'
import {
  checkCommand,
  machineCommand,
  recordScenarioCommand,
  replayCommand,
  scenarioCommand,
} from './declarations/scenarios.ts'
import { completionCommand, doctorCommand } from './declarations/set-up.ts'
import { clockCommand, journalCommand, phaseCommand, rulesCommand } from './declarations/simulation.ts'
import { startCommand } from './declarations/start.ts'
import { imageCommand, snapshotCommand, worldCommand } from './declarations/worlds.ts'

/** The end of `ims-emulator --help`. */
const EPILOGUE = `
Without a command, start runs. Its options: ims-emulator start --help

Exit codes: 0 success; 1 the set-up, a checked file, a replay or the answer of the emulator is wrong, and the message says
what; 2 the command line is wrong.`

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
    .addCommand(checkCommand(finish))
    .addCommand(scenarioCommand())
    .addCommand(machineCommand())
    .addCommand(recordScenarioCommand())
    .addCommand(replayCommand(finish))
    .addCommand(doctorCommand(finish))
  return program.addCommand(completionCommand(program))
}
