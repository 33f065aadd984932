import { Command, Option } from 'commander'
import { urlOption, worldOption } from '../address.ts'
import { examples, onDemand } from './command.ts'

/**
 * `check`, made for CI: reports every mistake of every file.
 * @param finish receives 1 when a file has a mistake, else 0.
 */
export function checkCommand(finish: (code: number) => void): Command {
  return new Command('check')
    .description('Check scenario files without starting the emulator; exits with 1 when one has a mistake.')
    .argument('<file...>', 'files or shipped names; - reads standard input')
    .option('--json', 'print the mistakes as JSON')
    .addHelpText(
      'after',
      examples('ims-emulator check scenarios/*.yaml', 'ims-emulator check --json - < my.yaml'),
    )
    .action(onDemand(async () => (await import('../commands/check.ts')).check, finish))
}

/** `scenario`: the shipped scenarios, and any scenario with everything that it extends. */
export function scenarioCommand(): Command {
  return new Command('scenario')
    .description('List the scenarios that ship with the package, or print one in full.')
    .addCommand(
      new Command('list')
        .description('List names and summaries of the shipped scenarios.')
        .option('--json', 'print JSON')
        .action(onDemand(async () => (await import('../commands/scenario.ts')).list)),
    )
    .addCommand(
      new Command('show')
        .description('Print a scenario merged with everything that it extends, as YAML that start accepts.')
        .argument('<name|file>', 'a shipped name or a file; - reads standard input')
        .option('--json', 'print JSON')
        .action(onDemand(async () => (await import('../commands/scenario.ts')).show)),
    )
}

/** `machine`: the states of images and the flows of jobs, as text or as diagrams. */
export function machineCommand(): Command {
  return new Command('machine')
    .description('Print the image state machine of a scenario, or its flows.')
    .option('--scenario <name|file>', 'a shipped name or a file; - reads standard input', 'standard')
    .option('--flows [names...]', 'print flows instead: all of them, or the named ones')
    .option('--mermaid', 'print a Mermaid diagram (stateDiagram-v2, gantt)')
    .addOption(new Option('--json', 'print JSON, as the scenario has it').conflicts('mermaid'))
    .addHelpText(
      'after',
      examples(
        'ims-emulator machine --mermaid > machine.mmd',
        'ims-emulator machine --mermaid --flows import-image copy-image',
      ),
    )
    .action(onDemand(async () => (await import('../commands/machine.ts')).printScenario))
}

/** `record-scenario`: turns what a world went through into a file for a bug report. */
export function recordScenarioCommand(): Command {
  return new Command('record-scenario')
    .description('Write the requests of a running emulator and its initial scenario to a file for replay.')
    .addOption(urlOption())
    .addOption(worldOption())
    .option('--out <file>', 'file to write (default: standard output)')
    .option('--scenario-only', 'write the scenario alone, for start --scenario')
    .option('--json', 'write JSON instead of YAML; replay and start read both')
    .addHelpText(
      'after',
      examples(
        'ims-emulator record-scenario --out bug.yaml',
        'ims-emulator replay bug.yaml --against http://127.0.0.1:7878',
      ),
    )
    .action(onDemand(async () => (await import('../commands/record-scenario.ts')).record))
}

/**
 * `replay`: sends the requests of a recording again, in a new world, and compares the answers.
 * @param finish receives 1 when an answer differs, else 0.
 */
export function replayCommand(finish: (code: number) => void): Command {
  return new Command('replay')
    .description('Send the requests of a recording again and compare; exits with 1 when an answer differs.')
    .argument('<file>', 'file that record-scenario wrote')
    .addOption(urlOption('--against <url>'))
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nThe requests are sent to a new world, each at its own virtual time; the world is deleted afterwards. Ids may differ, if the\nsame id is replaced by the same other id everywhere. A recording holds no bytes of objects but those of fixtures: start the\nemulator with the same --buckets.',
    )
    .action(onDemand(async () => (await import('../commands/replay.ts')).replayFile, finish))
}
