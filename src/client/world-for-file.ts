import { connectEmulator } from './emulator-client.ts'
import type { WorldClient, WorldInput } from './world-client.ts'

/** The environment variable with the address of the emulator, which the global set-up of a test runner sets. */
export const URL_VARIABLE = 'IMS_URL'

/** The hooks of a test runner before the first and after the last test of a file. */
export interface FileHooks {
  beforeAll(prepare: () => Promise<void>): void
  afterAll(tidy: () => Promise<void>): void
}

/**
 * Creates a world before the first test of a file, and deletes it after the last.
 * @returns the world, for use within tests and hooks.
 */
export function worldForFile({ beforeAll, afterAll }: FileHooks, spec: WorldInput = {}): () => WorldClient {
  let world: WorldClient | undefined
  beforeAll(async () => {
    const url = process.env[URL_VARIABLE]
    if (url === undefined)
      throw new Error(
        `${URL_VARIABLE} is not set: add ims-emulator/global-setup to the global set-up of the test runner, or set it to the address of an emulator`,
      )
    world = await (await connectEmulator(url)).world(spec)
  })
  afterAll(async () => {
    await world?.delete()
  })
  return () => {
    if (world === undefined)
      throw new Error('the world is created in beforeAll; call this within a test or a hook')
    return world
  }
}
