import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scratchFolder, startTestEmulator, type TestEmulator } from '../emulator.ts'
import { type Command, command, learnIds, SCENARIO } from '../random-commands.ts'

/** What a client sees of an answer; where the server listens is no part of it. */
interface Seen {
  status: number
  requestId: string | null
  retryAfter: string | null
  text: string
}

/** Sends commands one after the other, and remembers the ids in their answers for those that follow. */
async function send(emulator: TestEmulator, commands: readonly Command[], known: string[]): Promise<Seen[]> {
  const seen: Seen[] = []
  for (const each of commands) {
    const reply = await each(emulator, known)
    const { status, headers, text } = reply
    seen.push({
      status,
      requestId: headers.get('x-request-id'),
      retryAfter: headers.get('retry-after'),
      text: text.replaceAll(emulator.url, ''),
    })
    learnIds(reply, known)
  }
  return seen
}

/** Looks at everything that is left behind. */
const atTheEnd: readonly Command[] = [
  (emulator) => emulator.get('/_ims/clock'),
  (emulator) => emulator.get('/_ims/rules'),
  (emulator) => emulator.get('/_ims/phase'),
  (emulator) => emulator.advance(),
  (emulator) => emulator.advance('1h'),
  (emulator) => emulator.get('/v2/images?visibility=private'),
]

test('the same requests are answered with the same bytes, ids and times, with and without a restart between them', async () => {
  using folder = scratchFolder()
  const scenario = join(folder.path, 'determined.yaml')
  writeFileSync(scenario, SCENARIO)
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { minLength: 8, maxLength: 30 }),
      fc.nat(29),
      async (commands, cut) => {
        await using whole = await startTestEmulator({ scenario })
        const expected = await send(whole, [...commands, ...atTheEnd], [])

        run += 1
        const kept = {
          scenario,
          data: join(folder.path, `data-${run}`),
          buckets: join(folder.path, `buckets-${run}`),
        }
        const known: string[] = []
        const first = await startTestEmulator(kept)
        const before = await send(first, commands.slice(0, cut), known)
        await first.close()
        await using second = await startTestEmulator(kept)
        const after = await send(second, [...commands.slice(cut), ...atTheEnd], known)
        expect([...before, ...after]).toEqual(expected)
      },
    ),
    { numRuns: 5 },
  )
})
