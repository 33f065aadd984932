import { afterAll, beforeAll } from 'vitest'
import type { WorldClient, WorldInput } from './client/world-client.ts'
import { worldForFile } from './client/world-for-file.ts'

/**
 * Creates a world for the tests of this file, and deletes it at the end. `globalSetup: ['ims-emulator/global-setup']` starts
 * the emulator.
 * @example
 * const world = useWorld({ scenario: 'instant' })
 * test('…', async () => { await listImages(world().url) })
 */
export function useWorld(spec?: WorldInput): () => WorldClient {
  return worldForFile(
    { beforeAll: (prepare) => beforeAll(prepare), afterAll: (tidy) => afterAll(tidy) },
    spec,
  )
}
