import { Command } from 'commander'
import { packageVersion } from '../lib/package-files.ts'
import { checkCommand } from './commands/check.ts'
import { clockCommand } from './commands/clock.ts'
import { completionCommand } from './commands/completion.ts'
import { doctorCommand } from './commands/doctor.ts'
import { imageCommand } from './commands/image.ts'
import { journalCommand } from './commands/journal.ts'
import { machineCommand } from './commands/machine.ts'
import { phaseCommand } from './commands/phase.ts'
import { recordScenarioCommand } from './commands/record-scenario.ts'
import { replayCommand } from './commands/replay.ts'
import { rulesCommand } from './commands/rules.ts'
import { scenarioCommand } from './commands/scenario.ts'
import { snapshotCommand } from './commands/snapshot.ts'
import { startCommand } from './commands/start.ts'
import { worldCommand } from './commands/world.ts'
import { addDefaultCommand } from './default-command.ts'

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
