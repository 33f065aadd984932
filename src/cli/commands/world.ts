import { existsSync } from 'node:fs'
import { controlClient, sendWithKey, silence } from '../../client/control-client.ts'
import type { WorldFacts, WorldInput } from '../../client/world-client.ts'
import {
  createWorld,
  deleteWorld,
  forkWorld,
  listWorlds,
  reset as resetWorld,
  showWorld,
} from '../../control/contract/worlds.ts'
import { readScenario } from '../../simulation/scenario/load.ts'
import { SHIPPED_NAME } from '../../simulation/scenario/source.ts'
import { writtenFixture } from '../../worlds/fixtures/load.ts'
import { checkNames } from '../../worlds/known-names.ts'
import type { WorldFlags } from '../address.ts'
import { facts, inColumns, printJson, printLines } from '../output.ts'
import { worldVariables } from '../world-variables.ts'

/** `world list`. */
export async function list({ url, json }: Omit<WorldFlags, 'world'>): Promise<void> {
  const { worlds, broken = [] } = await controlClient(url, sendWithKey).call(
    listWorlds,
    listWorlds.responses[200],
  )
  for (const { name, problem } of broken)
    process.stderr.write(
      `ims-emulator: the world ${name} is broken: ${problem}. \`ims-emulator world delete ${name}\` removes it.\n`,
    )
  if (json) return printJson(worlds)
  const rows = worlds.map(({ name, scenario, auth, time, endpoint }) => [
    name,
    scenario,
    auth,
    time,
    endpoint,
  ])
  printLines(inColumns([['NAME', 'SCENARIO', 'AUTH', 'TIME', 'ENDPOINT'], ...rows]))
}

/** How a world is printed: as JSON, as export lines for a shell, or for people. */
interface Form {
  url: string
  json?: boolean
  env?: boolean
}

/** `world show`. */
export async function show(name: string | undefined, flags: Form & { world: string }): Promise<void> {
  const found = await controlClient(flags.url, sendWithKey).call(showWorld, showWorld.responses[200], {
    params: { world: name ?? flags.world },
  })
  printWorld(found, flags)
}

interface CreateFlags extends Form, Omit<WorldInput, 'scenario'> {
  scenario?: string
}

/** `world create`. */
export async function create({ scenario, url, json, env, ...input }: CreateFlags): Promise<void> {
  const body = {
    ...input,
    ...(scenario !== undefined && { scenario: sendableScenario(scenario) }),
  }
  const created = await controlClient(url, sendWithKey).call(createWorld, createWorld.responses[201], {
    body,
  })
  printWorld(created, { url, ...(json && { json }), ...(env && { env }) })
}

/**
 * Prepares a scenario for an emulator that may run elsewhere. A shipped scenario is sent by its name. A file is sent merged with
 * everything that it extends and with its fixtures, because the emulator cannot read files of this machine.
 * @throws SetupError with every mistake of the file.
 */
export function sendableScenario(nameOrFile: string): string | Record<string, unknown> {
  if (SHIPPED_NAME.test(nameOrFile) && !existsSync(nameOrFile)) return nameOrFile
  const { scenario, written } = readScenario(nameOrFile, {}, checkNames)
  return { ...written, fixtures: scenario.fixtures.map(writtenFixture) }
}

/** `world fork`. */
export async function fork(
  world: string | undefined,
  { name, ...flags }: Form & { world: string; name?: string },
): Promise<void> {
  const control = await worldControl(flags.url, world ?? flags.world)
  const body = name === undefined ? {} : { name }
  printWorld(await control.call(forkWorld, forkWorld.responses[201], { body }), flags)
}

/** `world reset`. */
export async function reset(name: string | undefined, { url, world, json }: WorldFlags): Promise<void> {
  const chosen = name ?? world
  await (await worldControl(url, chosen)).call(resetWorld, silence)
  if (json) printJson({ reset: chosen })
  else printLines([`${chosen} is back at the start of its scenario`])
}

/** `world delete`. */
export async function remove(name: string, { url, json }: Omit<WorldFlags, 'world'>): Promise<void> {
  await controlClient(url, sendWithKey).call(deleteWorld, silence, { params: { world: name } })
  if (json) printJson({ deleted: name })
  else printLines([`${name} is deleted`])
}

/** Connects to the control plane of a world. @throws ControlFailure when there is no such world. */
async function worldControl(url: string, name: string) {
  const control = controlClient(url, sendWithKey)
  await control.call(showWorld, showWorld.responses[200], { params: { world: name } })
  return control.inWorld(name)
}

function printWorld(world: WorldFacts, { url, json, env }: Form): void {
  if (json) printJson(world)
  else printLines(env ? exportLines(world, url) : worldLines(world))
}

/** Renders a world and what its clients need, one value a line. */
function worldLines(world: WorldFacts): string[] {
  return facts([
    ['world', world.name],
    ['endpoint', world.endpoint],
    ['project id', world.project_id],
    ['region', world.region],
    ['access key', world.access_key ?? 'none'],
    ['secret key', world.secret_key ?? 'none'],
    ['token', world.token ?? 'none'],
    ['scenario', world.scenario],
    ['seed', String(world.seed)],
    ['auth', world.auth],
    ['time', world.time],
  ])
}

/**
 * Renders a world as lines for `eval` in a POSIX shell. Variables for values that the world lacks are unset, so that none of
 * another world remains.
 */
export function exportLines(world: WorldFacts, url: string): string[] {
  return worldVariables(world, url).map(([name, value]) =>
    value === null ? `unset ${name}` : `export ${name}=${quoted(value)}`,
  )
}

/** Quotes a text for a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
