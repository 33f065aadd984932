import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startTestEmulator } from '../emulator.ts'
import { Tokens } from './context.ts'
import { type Difference, replay } from './replayer.ts'

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))
}

/** An exchange whose answer differs from the recorded one on purpose, with its differences and the reason. */
const KnownDifference = z.strictObject({
  scenario: z.string(),
  step: z.int(),
  request: z.string(),
  reason: z.string().min(1),
  differences: z.record(
    z.string(),
    z.strictObject({ expected: z.json().optional(), actual: z.json().optional() }),
  ),
})

/** Groups the differences of a replay by exchange, in the form of known-differences.json. */
function byExchange(differences: readonly Difference[]) {
  const found = Map.groupBy(differences, ({ scenario, step, request }) =>
    JSON.stringify({ scenario, step, request }),
  )
  return [...found].map(([exchange, places]) => ({
    ...JSON.parse(exchange),
    differences: Object.fromEntries(places.map(({ what, expected, actual }) => [what, { expected, actual }])),
  }))
}

test('the stock edition answers every recorded request as recorded, except for the known differences', async () => {
  await using emulator = await startTestEmulator({ glance: 'stock', scenario: 'glance-stock' })
  const report = await replay({
    base: emulator.url,
    tokens: Tokens.parse(readJson('tokens.json')),
    text: true,
    headers: true,
    pause: async () => {
      await emulator.advance('150ms')
    },
  })
  console.log(`matched ${report.matched} of ${report.total}`)
  const known = z.array(KnownDifference).parse(readJson('known-differences.json'))
  expect(byExchange(report.differences)).toEqual(known.map(({ reason: _, ...difference }) => difference))
}, 60_000)
