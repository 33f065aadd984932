import { ControlFailure, controlClient, sendWithKey, silence } from '../../client/control-client.ts'
import type { WorldFacts } from '../../client/world-client.ts'
import { info } from '../../control/contract/status.ts'
import { createWorld, deleteWorld, listWorlds, showWorld } from '../../control/contract/worlds.ts'
import { startEmulator } from '../../index.ts'
import { SetupError } from '../../lib/errors.ts'
import { DEFAULT_WORLD } from '../../worlds/world-name.ts'
import { DEFAULT_URL } from '../address.ts'
import { sendableScenario } from '../commands/world.ts'
import { printNote } from '../output.ts'

/** The options that say where a command runs. */
export interface PlaceFlags {
  url?: string
  world?: string
  scenario?: string
  keep?: boolean
  /** True to start an emulator in any case. */
  own?: boolean
}

/** The world that a command runs in. At its end everything is removed that was made for the command. */
export interface Place extends AsyncDisposable {
  url: string
  world: WorldFacts
  /** The edition of the OpenStack image API. */
  glance: 'huawei' | 'stock'
  /** True for an emulator that was started for the command and ends with it. */
  isOwn: boolean
}

/**
 * Opens the world that a command runs in: of the emulator at an address, of the one at the default address, or of a new one.
 * @throws SetupError for flags that contradict what is there; ControlFailure when nothing answers at a given address.
 */
export async function openPlace({ url, keep, own, ...flags }: PlaceFlags): Promise<Place> {
  if (!own && (url !== undefined || (await answers(DEFAULT_URL))))
    return await openWorld(url ?? DEFAULT_URL, keep, flags)
  if (keep)
    throw new SetupError(
      'an emulator that is started for the command ends with it, so that there is no world to keep. Start one with ims-emulator start, or leave --keep away.',
    )
  return await startOwn(flags)
}

/** Tests that an emulator answers. @throws ControlFailure when its control plane is closed to this command. */
async function answers(url: string): Promise<boolean> {
  try {
    await controlClient(url, sendWithKey).call(info, info.responses[200])
    return true
  } catch (error) {
    if (error instanceof ControlFailure && error.status !== 401) return false
    throw error
  }
}

type WorldFlags = Pick<PlaceFlags, 'world' | 'scenario'>

/** Milliseconds for which requests may go on that a command leaves behind. */
const GRACE_MS = 500

async function startOwn({ world: name = DEFAULT_WORLD, scenario }: WorldFlags): Promise<Place> {
  const emulator = await startEmulator({ graceMs: GRACE_MS, ...(scenario !== undefined && { scenario }) })
  try {
    if (name !== DEFAULT_WORLD) await emulator.world({ name })
    const { url } = emulator
    const control = controlClient(url, sendWithKey)
    const world = await control.call(showWorld, showWorld.responses[200], { params: { world: name } })
    return { url, world, glance: 'huawei', isOwn: true, [Symbol.asyncDispose]: () => emulator.close() }
  } catch (error) {
    await emulator.close()
    throw error
  }
}

async function openWorld(
  url: string,
  keep: boolean | undefined,
  { world: name, scenario }: WorldFlags,
): Promise<Place> {
  const control = controlClient(url, sendWithKey)
  const { glance } = await control.call(info, info.responses[200])
  const { worlds } = await control.call(listWorlds, listWorlds.responses[200])
  const found = worlds.find((world) => world.name === name)
  const place = { url, glance, isOwn: false }
  if (found !== undefined) {
    if (scenario !== undefined)
      throw new SetupError(
        `the world ${found.name} is there already, with the scenario ${found.scenario}; leave --scenario away, or give another --world.`,
      )
    return { ...place, world: found, [Symbol.asyncDispose]: async () => {} }
  }
  const body = {
    ...(name !== undefined && { name }),
    ...(scenario !== undefined && { scenario: sendableScenario(scenario) }),
  }
  const world = await control.call(createWorld, createWorld.responses[201], { body })
  return {
    ...place,
    world,
    async [Symbol.asyncDispose]() {
      if (keep) printNote(`the world ${world.name} stays: ims-emulator world show ${world.name}`)
      else await control.call(deleteWorld, silence, { params: { world: world.name } })
    },
  }
}
