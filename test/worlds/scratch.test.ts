import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startEmulator } from '../../src/index.ts'
import { scratchFolder } from '../emulator.ts'

/** What lies in the host's folder for temporary files after something was done, and it was done well or not. */
async function leftBehind(act: () => Promise<unknown>): Promise<string[]> {
  using folder = scratchFolder()
  const { TMPDIR } = process.env
  process.env.TMPDIR = folder.path
  try {
    await act().catch(() => {})
    return readdirSync(folder.path)
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  }
}

test.each([
  ['an emulator that was closed', {}],
  ['a start with a scenario that is none', { scenario: 'nope' }],
  ['a start from a file that is none', { from: 'none.sqlite' }],
])('%s leaves nothing behind', async (_what, options) => {
  const left = await leftBehind(async () => {
    await using emulator = await startEmulator({ ...options, listen: false })
    await using world = await emulator.world()
    await world.snapshots.save('one')
  })
  expect(left).toEqual([])
})
