import { showAuthority } from '../control/contract/status.ts'
import { createWorld, listWorlds, showWorld } from '../control/contract/worlds.ts'
import { DEFAULT_WORLD } from '../worlds/world-name.ts'
import { controlClient, type Send, sendWithKey } from './control-client.ts'
import { type WorldClient, type WorldFacts, type WorldInput, worldClient } from './world-client.ts'

/** A running emulator: its default world, and further worlds. */
export interface EmulatorClient extends Omit<WorldClient, 'name' | 'delete' | typeof Symbol.asyncDispose> {
  /** Creates an isolated cloud. `await using` deletes it at the end of the block. */
  world(spec?: WorldInput): Promise<WorldClient>
  worlds(): Promise<WorldFacts[]>
  /** The certificate authority that clients have to trust for HTTPS, as PEM: for `NODE_EXTRA_CA_CERTS`, `REQUESTS_CA_BUNDLE` … */
  ca(): Promise<string>
}

/**
 * Connects to an emulator that runs in another process or container.
 * @param url `http://127.0.0.1:7878`, without a slash at the end.
 * @throws ControlFailure when nothing answers there.
 * @example
 * const emulator = await connectEmulator('http://127.0.0.1:7878')
 * await using world = await emulator.world({ scenario: 'instant' })
 */
export async function connectEmulator(url: string, send: Send = sendWithKey): Promise<EmulatorClient> {
  const facts = await controlClient(url, send).call(showWorld, showWorld.responses[200], {
    params: { world: DEFAULT_WORLD },
  })
  return emulatorClient(url, send, facts)
}

/**
 * Connects to one world of the emulator at an address.
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

/** Creates the client of an emulator whose default world is known. */
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
    async world(spec = {}) {
      const made = await control.call(createWorld, createWorld.responses[201], { body: spec })
      return worldClient(control, made, send)
    },
    worlds: async () => (await control.call(listWorlds, listWorlds.responses[200])).worlds,
    ca: () => control.call(showAuthority, showAuthority.responses[200]),
  }
}
