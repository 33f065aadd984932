import { URL_VARIABLE } from './client/world-for-file.ts'
import { type StartedEmulator, startEmulator } from './index.ts'

let running: StartedEmulator | undefined

/**
 * Global set-up of a test runner: starts one emulator for all test files. When IMS_URL has the address of an emulator, that
 * one is used, and the server is not even loaded. IMS_SCENARIO and IMS_BUCKETS are options of the start, as on the command
 * line.
 * @returns the tear-down, which Vitest calls; Jest has `ims-emulator/global-teardown`.
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
