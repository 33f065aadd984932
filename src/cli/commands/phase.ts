import { Command } from 'commander'
import { connectWorld } from '../../client/emulator-client.ts'
import { type Asked, aboutWorld } from '../address.ts'
import { addDefaultCommand } from '../default-command.ts'
import { printJson, printLines } from '../print.ts'

/** `phase`: which of the times of its scenario a world is in. */
export function phaseCommand(): Command {
  const command = new Command('phase').description(
    'Show the phase that a world is in, or put it into another.',
  )
  return addDefaultCommand(
    command,
    aboutWorld(new Command('show'))
      .description('The phase that the world is in.')
      .action(async ({ url, world, json }: Asked) => {
        const phase = await (await connectWorld(url, world)).phase.show()
        if (json) printJson({ phase })
        else printLines([phase ?? 'none; the scenario has no phases'])
      }),
  ).addCommand(
    aboutWorld(new Command('enter'))
      .description('Put the world into a phase.')
      .argument('<name>', 'one of its scenario')
      .action(async (phase: string, { url, world, json }: Asked) => {
        await (await connectWorld(url, world)).phase.enter(phase)
        if (json) printJson({ phase })
        else printLines([`${world} is in phase ${phase}`])
      }),
  )
}
