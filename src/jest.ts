import type { WorldClient, WorldInput } from './client/world.ts'
import { type FileHooks, worldForFile } from './client/world-for-file.ts'

declare const beforeAll: FileHooks['beforeAll']
declare const afterAll: FileHooks['afterAll']

/**
 * A world for the tests of this file, for runners whose hooks are global, as Jest's are. The emulator is started by
 * `globalSetup: 'ims-emulator/global-setup'` and stopped by `globalTeardown: 'ims-emulator/global-teardown'`.
 */
export function useWorld(wish?: WorldInput): () => WorldClient {
  return worldForFile({ beforeAll, afterAll }, wish)
}
