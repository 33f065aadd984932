import { URL_VARIABLE } from './client/world-for-file.ts'
import { type StartedEmulator, startEmulator } from './index.ts'

let running: StartedEmulator | undefined

/**
 * The global set-up of a test runner: starts an emulator for all test files, or takes the one whose address IMS_URL has.
 * IMS_SCENARIO and IMS_BUCKETS say what it is started with, as they do for the command line.
 * Vitest calls what it answers at the end; Jest has `ims-emulator/global-teardown` for that.
 */
export default async function setUp(): Promise<() => Promise<void>> {
  if (process.env[URL_VARIABLE] !== undefined) return async () => {}
  const { IMS_SCENARIO: scenario, IMS_BUCKETS: buckets } = process.env
  running = await startEmulator({
    ...(scenario !== undefined && { scenario }),
    ...(buckets !== undefined && { buckets }),
  })
  process.env[URL_VARIABLE] = running.url
  return stop
}

/** Stops the emulator that the set-up started. */
export async function stop(): Promise<void> {
  if (running === undefined) return
  delete process.env[URL_VARIABLE]
  await running.close()
  running = undefined
}
