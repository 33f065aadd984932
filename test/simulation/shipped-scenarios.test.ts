import { expect, test } from 'vitest'
import { loadScenario, shippedScenarios } from '../../src/simulation/scenario/load.ts'

test.each(shippedScenarios())('the scenario %s is sound, and called like its file', (name) => {
  const { scenario, summary } = loadScenario(name)
  expect(scenario).toBe(name)
  expect(summary).toMatch(/\.$/)
})
