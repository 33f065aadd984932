import { Command, Option } from 'commander'
import { controlClient, silence } from '../../client/control-client.ts'
import { sendWithKey } from '../../client/control-key.ts'
import type { WorldFacts, WorldInput } from '../../client/world.ts'
import { reset } from '../../control/health.ts'
import { createWorld, deleteWorld, forkWorld, listWorlds, showWorld } from '../../control/worlds.ts'
import { type Asked, urlOption, worldOption } from '../address.ts'
import { inColumns } from '../columns.ts'
import { printJson, printLines } from '../print.ts'
import { sendableScenario } from '../sendable-scenario.ts'
import { clockRate, paceFactor, seedNumber } from '../start-options.ts'
import { exportLines, worldLines } from '../world-lines.ts'

interface Shown extends Asked {
  env?: boolean
}

interface Wished extends Omit<Shown, 'world'>, Omit<WorldInput, 'scenario'> {
  scenario?: string
}

/** `world`: isolated clouds beside the default one. */
export function worldCommand(): Command {
  return new Command('world')
    .description('List, show, make, fork, reset and delete the worlds of a running emulator.')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(createCommand())
    .addCommand(forkCommand())
    .addCommand(resetCommand())
    .addCommand(deleteCommand())
    .addHelpText(
      'after',
      '\nExamples:\n  eval "$(ims-emulator world create --name blue --scenario brown-out --env)"\n  ims-emulator world delete blue',
    )
}

function listCommand(): Command {
  return new Command('list')
    .description('The worlds there are.')
    .addOption(urlOption())
    .option('--json', 'print them as JSON')
    .action(async ({ url, json }: Asked) => {
      const { worlds } = await controlClient(url, sendWithKey).call(listWorlds, listWorlds.responses[200])
      if (json) printJson(worlds)
      else
        printLines(
          inColumns([
            ['NAME', 'SCENARIO', 'AUTH', 'TIME', 'ENDPOINT'],
            ...worlds.map(({ name, scenario, auth, time, endpoint }) => [
              name,
              scenario,
              auth,
              time,
              endpoint,
            ]),
          ]),
        )
    })
}

function showCommand(): Command {
  return printing(
    new Command('show')
      .description('A world with what its clients need.')
      .argument('[name]', 'which (default: that of --world)')
      .addOption(worldOption()),
  ).action(async (name: string | undefined, asked: Shown) => {
    const facts = await controlClient(asked.url, sendWithKey).call(showWorld, showWorld.responses[200], {
      params: { world: name ?? asked.world },
    })
    printWorld(facts, asked)
  })
}

function createCommand(): Command {
  return printing(new Command('create').description('Make an isolated cloud.'))
    .option('--name <name>', 'what it is called (default: world-1, world-2 …)')
    .option(
      '--scenario <name|file>',
      "a shipped name or a YAML file of this machine (default: the emulator's)",
    )
    .addOption(new Option('--seed <number>', 'ids and jitter are drawn from it').argParser(seedNumber))
    .addOption(
      new Option('--pace <factor|instant>', "how many times faster than the cloud's the flows run").argParser(
        paceFactor,
      ),
    )
    .addOption(new Option('--clock <host|frozen|rate>', 'virtual seconds per real one').argParser(clockRate))
    .addOption(new Option('--auth <mode>', 'who is let in').choices(['lenient', 'strict']))
    .option('--idle <duration>', 'real time unasked after which it goes when another is made; or never')
    .action(async ({ scenario, url, json, env, ...wish }: Wished) => {
      const body = {
        ...wish,
        ...(scenario !== undefined && { scenario: sendableScenario(scenario) }),
      }
      const facts = await controlClient(url, sendWithKey).call(createWorld, createWorld.responses[201], {
        body,
      })
      printWorld(facts, { url, ...(json && { json }), ...(env && { env }) })
    })
}

function forkCommand(): Command {
  return printing(
    new Command('fork')
      .description('Make a world that goes on from where another one stands.')
      .argument('[world]', 'which (default: that of --world)')
      .option('--name <name>', 'what the new one is called (default: world-1, world-2 …)')
      .addOption(worldOption()),
  ).action(async (world: string | undefined, { name, ...asked }: Shown & { name?: string }) => {
    const control = await worldControl(asked.url, world ?? asked.world)
    const body = name === undefined ? {} : { name }
    printWorld(await control.call(forkWorld, forkWorld.responses[201], { body }), asked)
  })
}

function resetCommand(): Command {
  return new Command('reset')
    .description('Put a world back to the start of its scenario: same seed, same ids.')
    .argument('[name]', 'which (default: that of --world)')
    .addOption(urlOption())
    .addOption(worldOption())
    .option('--json', 'print its name as JSON')
    .action(async (name: string | undefined, { url, world, json }: Asked) => {
      const meant = name ?? world
      await (await worldControl(url, meant)).call(reset, silence)
      if (json) printJson({ reset: meant })
      else printLines([`${meant} is back at the start of its scenario`])
    })
}

function deleteCommand(): Command {
  return new Command('delete')
    .description('Delete a world and all that is in it.')
    .argument('<name>', 'which')
    .addOption(urlOption())
    .option('--json', 'print its name as JSON')
    .action(async (name: string, { url, json }: Asked) => {
      await controlClient(url, sendWithKey).call(deleteWorld, silence, { params: { world: name } })
      if (json) printJson({ deleted: name })
      else printLines([`${name} is deleted`])
    })
}

/** The control plane of a world that is there. */
async function worldControl(url: string, name: string) {
  const control = controlClient(url, sendWithKey)
  await control.call(showWorld, showWorld.responses[200], { params: { world: name } })
  return control.inWorld(name)
}

/** A command that prints a world. */
function printing(command: Command): Command {
  return command
    .addOption(urlOption())
    .addOption(new Option('--json', 'print it as JSON'))
    .addOption(new Option('--env', 'print it as export lines for a shell').conflicts('json'))
}

function printWorld(
  facts: WorldFacts,
  { url, json, env }: { url: string; json?: boolean; env?: boolean },
): void {
  if (json) printJson(facts)
  else printLines(env ? exportLines(facts, url) : worldLines(facts))
}
