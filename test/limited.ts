import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scratchFolder, startTestEmulator, type TestEmulator } from './emulator.ts'

/** Starts an emulator with the standard scenario and other quotas. */
export async function startLimited(quotas: Record<string, unknown>): Promise<TestEmulator> {
  using folder = scratchFolder()
  const scenario = join(folder.path, 'limited.yaml')
  writeFileSync(scenario, JSON.stringify({ scenario: 'limited', summary: 'Other quotas.', quotas }))
  return await startTestEmulator({ scenario })
}
