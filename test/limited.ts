import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scratchFolder, startTestEmulator, type TestEmulator } from './emulator.ts'

/** An emulator whose scenario is the usual one with other quotas. */
export async function startLimited(quotas: Record<string, unknown>): Promise<TestEmulator> {
  using folder = scratchFolder()
  const scenario = join(folder.path, 'limited.yaml')
  writeFileSync(scenario, JSON.stringify({ scenario: 'limited', summary: 'Other quotas.', quotas }))
  return await startTestEmulator({ scenario })
}
