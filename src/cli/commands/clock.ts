import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { connectWorld } from '../../client/emulator-client.ts'
import type { Advance, Clock } from '../../client/world.ts'
import { parseDuration } from '../../lib/duration.ts'
import { type Asked, aboutWorld } from '../address.ts'
import { advancedLines, clockLines } from '../clock-lines.ts'
import { addDefaultCommand } from '../default-command.ts'
import { printJson, printLines } from '../print.ts'

interface Target extends Asked {
  to?: string
  until?: 'next' | 'idle'
}

/** `clock`: what time it is in a world, and going on in it. */
export function clockCommand(): Command {
  const command = new Command('clock').description('Show, advance, freeze or run the clock of a world.')
  return addDefaultCommand(
    command,
    aboutWorld(new Command('show'))
      .description('What time it is, how fast it runs, what is due next.')
      .action(async ({ url, world, json }: Asked) => {
        printClock(await (await connectWorld(url, world)).clock.show(), json)
      }),
  )
    .addCommand(advanceCommand())
    .addCommand(
      aboutWorld(new Command('freeze'))
        .description('Let time stand still until it is advanced.')
        .action(async ({ url, world, json }: Asked) => {
          printClock(await (await connectWorld(url, world)).clock.freeze(), json)
        }),
    )
    .addCommand(
      aboutWorld(new Command('run'))
        .description('Let time run.')
        .addArgument(new Argument('[rate]', 'virtual seconds per real one').default(1).argParser(runningRate))
        .action(async (rate: number, { url, world, json }: Asked) => {
          printClock(await (await connectWorld(url, world)).clock.run(rate), json)
        }),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  ims-emulator clock advance 3m\n  ims-emulator clock advance --until idle\n  ims-emulator clock run 60',
    )
}

function advanceCommand(): Command {
  const command = aboutWorld(new Command('advance'))
    .description('Go forward in time, and tell what happened on the way.')
    .addArgument(new Argument('[by]', 'how far, such as 90s, 3m or 1h30m').argParser(duration))
    .addOption(new Option('--to <time>', 'to an instant, such as 2030-01-01T00:00:00Z'))
    .addOption(
      new Option('--until <what>', 'until the next step, or until nothing is planned').choices([
        'next',
        'idle',
      ]),
    )
  return command.action(async (by: string | undefined, { url, world, json, to, until }: Target) => {
    const [how, more] = [by, to && { to }, until && { until }].filter(isSaid)
    if (how === undefined || more !== undefined)
      return command.error('error: say how far to go with one of <by>, --to and --until', { exitCode: 2 })
    const advanced = await (await connectWorld(url, world)).clock.advance(how)
    if (json) printJson(advanced)
    else printLines(advancedLines(advanced))
  })
}

function isSaid(how: Advance | '' | undefined): how is Advance {
  return how !== undefined && how !== ''
}

function printClock(clock: Clock, json: boolean | undefined): void {
  if (json) printJson(clock)
  else printLines(clockLines(clock))
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
