import type { WorldClient, WorldInput } from './client/world-client.ts'
import { type FileHooks, worldForFile } from './client/world-for-file.ts'

declare const beforeAll: FileHooks['beforeAll']
declare const afterAll: FileHooks['afterAll']

/**
 * Creates a world for the tests of this file, and deletes it at the end, for runners with global hooks such as Jest.
 * `globalSetup: 'ims-emulator/global-setup'` starts the emulator and `globalTeardown: 'ims-emulator/global-teardown'` stops
 * it.
 * @example
 * const world = useWorld({ scenario: 'instant' })
 * test('…', async () => { await listImages(world().url) })
 */
export function useWorld(spec?: WorldInput): () => WorldClient {
  return worldForFile({ beforeAll, afterAll }, spec)
}
