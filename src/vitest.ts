import { afterAll, beforeAll } from 'vitest'
import type { WorldClient, WorldInput } from './client/world.ts'
import { worldForFile } from './client/world-for-file.ts'

/**
 * A world for the tests of this file: `const world = useWorld({ scenario: 'instant' })`, and `world().url` within a test.
 * The emulator is started by `globalSetup: ['ims-emulator/global-setup']`.
 */
export function useWorld(wish?: WorldInput): () => WorldClient {
  return worldForFile(
    { beforeAll: (prepare) => beforeAll(prepare), afterAll: (tidy) => afterAll(tidy) },
    wish,
  )
}
