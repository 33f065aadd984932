import { createWorld, listWorlds, showWorld } from '../control/worlds.ts'
import { DEFAULT_WORLD } from '../worlds/wish.ts'
import { controlClient, type Send } from './control-client.ts'
import { sendWithKey } from './control-key.ts'
import type { WorldClient, WorldFacts, WorldInput } from './world.ts'
import { worldClient } from './world-client.ts'

/** A running emulator: its default world, and more of them. */
export interface EmulatorClient extends Omit<WorldClient, 'name' | 'delete' | typeof Symbol.asyncDispose> {
  /** Makes an isolated cloud. With `await using` it is gone at the end of the block. */
  world(wish?: WorldInput): Promise<WorldClient>
  worlds(): Promise<WorldFacts[]>
}

/**
 * A client for the emulator at an address, which runs in another process or container.
 * @param url `http://127.0.0.1:7878`, without a slash at the end.
 * @throws ControlFailure when nothing answers there.
 */
export async function connectEmulator(url: string, send: Send = sendWithKey): Promise<EmulatorClient> {
  const facts = await controlClient(url, send).call(showWorld, showWorld.responses[200], {
    params: { world: DEFAULT_WORLD },
  })
  return emulatorClient(url, send, facts)
}

/**
 * A client for one world of the emulator at an address.
 * @throws ControlFailure when nothing answers there, or it has no such world.
 */
export async function connectWorld(
  url: string,
  name: string,
  send: Send = sendWithKey,
): Promise<WorldClient> {
  const control = controlClient(url, send)
  const facts = await control.call(showWorld, showWorld.responses[200], { params: { world: name } })
  return worldClient(control, facts, send)
}

/** The same for one whose default world is known. */
export function emulatorClient(url: string, send: Send, facts: WorldFacts): EmulatorClient {
  const control = controlClient(url, send)
  const {
    name: _,
    delete: __,
    [Symbol.asyncDispose]: ___,
    ...home
  } = worldClient(control, { ...facts, endpoint: url }, send)
  return {
    ...home,
    async world(wish = {}) {
      const made = await control.call(createWorld, createWorld.responses[201], { body: wish })
      return worldClient(control, made, send)
    },
    worlds: async () => (await control.call(listWorlds, listWorlds.responses[200])).worlds,
  }
}
