import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { replay } from '../../src/client/replay/replay.ts'
import { scratchFolder, startTestEmulator } from '../emulator.ts'
import { command, learnIds, SCENARIO } from '../random-commands.ts'

test('a replayed recording of random requests gets the recorded answers', async () => {
  using folder = scratchFolder()
  const scenario = join(folder.path, 'determined.yaml')
  writeFileSync(scenario, SCENARIO)
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 8, maxLength: 30 }), async (commands) => {
      await using emulator = await startTestEmulator({ scenario })
      const known: string[] = []
      for (const each of commands) learnIds(await each(emulator, known), known)
      const recording = await emulator.record()
      const played: unknown[] = []
      for await (const { leftOut, differences } of replay(recording, emulator.url, emulator.fetch))
        played.push({ leftOut, differences })
      expect(played).toEqual(recording.requests.map(() => ({ leftOut: undefined, differences: [] })))
    }),
    { numRuns: 8 },
  )
})
