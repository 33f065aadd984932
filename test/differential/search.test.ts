import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startTestEmulator } from '../emulator.ts'
import { Tokens } from '../wire/context.ts'
import { type Finding, searchDifferences } from './search.ts'
import { openBoth } from './two-servers.ts'

const tokens = Tokens.parse(JSON.parse(readFileSync(new URL('../wire/tokens.json', import.meta.url), 'utf8')))
const scenario = fileURLToPath(new URL('scenario.yaml', import.meta.url))

test('the search reports a difference with a script that ends where it shows, and each kind once', async () => {
  await using ours = await startTestEmulator({ glance: 'stock', scenario })
  // Nobody moves the clock of this one, so its images are created at another time.
  await using other = await startTestEmulator({ glance: 'stock', scenario })
  const both = openBoth(other.url, ours, tokens)
  const findings: Finding[] = []
  try {
    const result = await searchDifferences(both, {
      seed: 1,
      steps: 10,
      length: 2,
      onFinding: (finding) => findings.push(finding),
    })
    expect(result.findings).toBe(findings.length)
  } finally {
    both.close()
  }
  const [first] = findings
  expect(first?.script.length).toBe((first?.difference.step ?? 0) + 1)
  expect(first?.difference.places.map(({ what }) => what)).toContain('body /json/created_at')
  const kinds = findings.map(({ difference: { request, places } }) => `${request.method} ${places[0]?.what}`)
  expect(kinds.filter((kind) => kind === 'POST body /json/created_at')).toHaveLength(1)
})
