import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scratchFolder, startTestEmulator, type TestEmulator } from './emulator.ts'

/** Starts an emulator with the standard scenario and further sections. */
export async function startScenario(sections: Record<string, unknown>): Promise<TestEmulator> {
  using folder = scratchFolder()
  const scenario = join(folder.path, 'scenario.yaml')
  writeFileSync(scenario, JSON.stringify({ scenario: 'test', summary: 'What a test wants.', ...sections }))
  return await startTestEmulator({ scenario })
}

/** A flow of a creation that fails after a second with a code and deletes its image. */
export function failingFlow(error: string) {
  return [
    { at: '0s', job: 'INIT' },
    { at: '60s', job: 'FAIL', error },
    { on: 'fail', image: ['fail', 'delete'] },
  ]
}
