import { connectEmulator } from './emulator-client.ts'
import type { WorldClient, WorldInput } from './world.ts'

/** Where the global set-up of a test runner leaves the address of the emulator that it started. */
export const URL_VARIABLE = 'IMS_URL'

/** What a test runner calls before the first and after the last test of a file. */
export interface FileHooks {
  beforeAll(prepare: () => Promise<void>): void
  afterAll(tidy: () => Promise<void>): void
}

/**
 * A world for the tests of one file, made before the first of them and deleted after the last.
 * @returns the world, for use within tests and hooks.
 */
export function worldForFile({ beforeAll, afterAll }: FileHooks, wish: WorldInput = {}): () => WorldClient {
  let world: WorldClient | undefined
  beforeAll(async () => {
    const url = process.env[URL_VARIABLE]
    if (url === undefined)
      throw new Error(
        `${URL_VARIABLE} is not set: add ims-emulator/global-setup to the global set-up of the test runner, or say where an emulator runs`,
      )
    world = await (await connectEmulator(url)).world(wish)
  })
  afterAll(async () => {
    await world?.delete()
  })
  return () => {
    if (world === undefined) throw new Error('the world is there from beforeAll on; ask for it within a test')
    return world
  }
}
