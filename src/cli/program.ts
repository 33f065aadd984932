import { Command } from 'commander'
import { packageVersion } from '../kernel/package-files.ts'
import { checkCommand } from './check.ts'
import { clockCommand } from './clock.ts'
import { completionCommand } from './completion.ts'
import { addDefaultCommand } from './default-command.ts'
import { doctorCommand } from './doctor.ts'
import { imageCommand } from './image.ts'
import { journalCommand } from './journal.ts'
import { machineCommand } from './machine.ts'
import { phaseCommand } from './phase.ts'
import { recordScenarioCommand } from './record-scenario.ts'
import { replayCommand } from './replay.ts'
import { rulesCommand } from './rules.ts'
import { scenarioCommand } from './scenario.ts'
import { snapshotCommand } from './snapshot.ts'
import { startCommand } from './start.ts'
import { worldCommand } from './world.ts'

/** What `--help` says below everything else. */
const AFTER = `
Without a command it starts. Its flags: ims-emulator start --help

Exit codes: 0 done; 1 something is wrong that the message tells (the set-up, a checked file, a replay, the answer of the
emulator); 2 the command line itself is wrong.`

/**
 * All that can be written behind `ims-emulator`.
 * @param finish told the exit code by commands that find something out.
 */
export function commandLineProgram(finish: (code: number) => void): Command {
  const program = new Command('ims-emulator')
    .description("A local stand-in for Huawei Cloud's Image Management Service.")
    .version(packageVersion())
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', AFTER)
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

/** The commands of a program, and theirs. */
export function everyCommand({ commands }: Command): Command[] {
  return commands.flatMap((command) => [command, ...everyCommand(command)])
}
