import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { parseDuration } from '../../lib/duration.ts'
import { aboutWorld } from '../address.ts'
import { addDefaultCommand, examples, onDemand } from './command.ts'

const clock = () => import('../commands/clock.ts')
const rules = () => import('../commands/rules.ts')
const phase = () => import('../commands/phase.ts')
const journal = () => import('../commands/journal.ts')

/** `clock`: the virtual time of a world. */
export function clockCommand(): Command {
  const command = new Command('clock').description('Show, advance, freeze or run the clock of a world.')
  return addDefaultCommand(
    command,
    aboutWorld(new Command('show'))
      .description('Show the time, how fast it runs and what is due next.')
      .action(onDemand(async () => (await clock()).show)),
  )
    .addCommand(
      aboutWorld(new Command('advance'))
        .description('Advance the clock and print what happened on the way.')
        .addArgument(new Argument('[by]', 'how far, such as 90s, 3m or 1h30m').argParser(duration))
        .addOption(new Option('--to <time>', 'advance to an instant, such as 2030-01-01T00:00:00Z'))
        .addOption(
          new Option('--until <what>', 'advance to the next step, or until nothing is planned').choices([
            'next',
            'idle',
          ]),
        )
        .action(onDemand(async () => (await clock()).advance)),
    )
    .addCommand(
      aboutWorld(new Command('freeze'))
        .description('Stop the clock; only clock advance moves it.')
        .action(onDemand(async () => (await clock()).freeze)),
    )
    .addCommand(
      aboutWorld(new Command('run'))
        .description('Let the clock run.')
        .addArgument(
          new Argument('[rate]', 'virtual seconds per real second').default(1).argParser(runningRate),
        )
        .action(onDemand(async () => (await clock()).run)),
    )
    .addHelpText(
      'after',
      examples(
        'ims-emulator clock advance 3m',
        'ims-emulator clock advance --until idle',
        'ims-emulator clock run 60',
      ),
    )
}

function duration(text: string): string {
  if (parseDuration(text) === undefined)
    throw new InvalidArgumentError('Give a duration such as 90s, 3m or 1h30m.')
  return text
}

function runningRate(text: string): number {
  const rate = Number(text)
  if (text.trim() === '' || !Number.isFinite(rate) || rate <= 0)
    throw new InvalidArgumentError('Give virtual seconds per real second, above 0; clock freeze stops it.')
  return rate
}

/** `rules`: what a world does to matching requests. */
export function rulesCommand(): Command {
  const command = new Command('rules').description('List, add, remove and explain the rules of a world.')
  return addDefaultCommand(
    command,
    aboutWorld(new Command('list'))
      .description('List the rules in the order they are tried, with how often each was applied.')
      .action(onDemand(async () => (await rules()).list)),
  )
    .addCommand(
      aboutWorld(new Command('add'))
        .description('Add rules before all others; a rule of the same name is replaced.')
        .argument(
          '<file>',
          'YAML or JSON: one rule, a list of rules, or a map with rules; - reads standard input',
        )
        .action(onDemand(async () => (await rules()).add)),
    )
    .addCommand(
      aboutWorld(new Command('remove'))
        .description('Remove a rule.')
        .argument('<name>', 'name of the rule')
        .action(onDemand(async () => (await rules()).remove)),
    )
    .addCommand(
      aboutWorld(new Command('explain'))
        .description('Show why each of the last 20 candidate requests matched a rule or did not.')
        .argument('<name>', 'name of the rule')
        .action(onDemand(async () => (await rules()).explain)),
    )
    .addHelpText(
      'after',
      examples(
        "echo '{ name: down, when: { operation: ListImages }, then: { error: APIGW.0201 } }' | ims-emulator rules add -",
        'ims-emulator rules explain down',
      ),
    )
}

/** `phase`: the phase of its scenario that a world is in. */
export function phaseCommand(): Command {
  const command = new Command('phase').description(
    'Show the phase of a world, or put the world into another.',
  )
  return addDefaultCommand(
    command,
    aboutWorld(new Command('show'))
      .description('Show the phase that the world is in.')
      .action(onDemand(async () => (await phase()).show)),
  ).addCommand(
    aboutWorld(new Command('enter'))
      .description('Put the world into a phase.')
      .argument('<name>', 'name of a phase of its scenario')
      .action(onDemand(async () => (await phase()).enter)),
  )
}

/** `journal`: the requests that a world received. */
export function journalCommand(): Command {
  const command = new Command('journal').description(
    'Show, follow, export or clear the requests that a world received.',
  )
  return addDefaultCommand(command, journalShowCommand())
    .addCommand(
      aboutWorld(new Command('clear'))
        .description('Delete the requests recorded so far.')
        .action(onDemand(async () => (await journal()).clear)),
    )
    .addHelpText(
      'after',
      `\nWithout a command, show runs. Its options: ims-emulator journal show --help\n${examples('ims-emulator journal --follow', 'ims-emulator journal --status 403 --bodies')}`,
    )
}

/** Options of `journal show` that mean nothing for an HTTP archive, which holds every request. */
const NOT_IN_ARCHIVE = [
  'operation',
  'method',
  'path',
  'status',
  'code',
  'project',
  'rule',
  'limit',
  'bodies',
  'follow',
]

function journalShowCommand(): Command {
  return aboutWorld(new Command('show'))
    .description(
      'Show the latest requests, oldest first: virtual time, status, method, path, operation, error code, real duration, the rules that were applied, and the fields that the operation does not read.',
    )
    .option('--operation <name>', 'only this operation, such as ListImages; every text filter may contain *')
    .option('--method <method>', 'only this method')
    .option('--path <path>', 'only this path, with its query')
    .addOption(new Option('--status <number>', 'only this status').argParser(statusNumber))
    .option('--code <code>', 'only this error code, such as IMG.0015')
    .option('--project <id>', 'only this project')
    .option('--rule <name>', 'only requests that this rule was applied to')
    .addOption(
      new Option('--limit <number|all>', 'number of requests to show').default(100).argParser(limitNumber),
    )
    .option('--unsupported', 'only operations that are not emulated')
    .option('--bodies', 'show request and response bodies')
    .option('--follow', 'print requests as they come, until Ctrl-C; with --json, a line of JSON for each')
    .addOption(
      new Option(
        '--har <file>',
        'write all recorded requests as an HTTP archive; - is standard output',
      ).conflicts(NOT_IN_ARCHIVE),
    )
    .action(onDemand(async () => (await journal()).show))
}

function statusNumber(text: string): number {
  if (!/^[1-5]\d\d$/.test(text)) throw new InvalidArgumentError('Give a status such as 404.')
  return Number(text)
}

function limitNumber(text: string): number | 'all' {
  if (text === 'all') return text
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a number from 1 on, or all.')
  return Number(text)
}
