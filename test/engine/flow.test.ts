import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planFlow } from '../../src/engine/flow.ts'
import { loadScenario } from '../../src/engine/scenario/load.ts'

const flows = Object.entries(loadScenario('standard').flows)
const middle = (from: number, to: number) => Math.floor((from + to) / 2)

test.each(flows)('the flow %s ends in SUCCESS, its last step', (_name, flow) => {
  const plan = planFlow(flow, { pace: 1, draw: middle })
  expect(plan.at(-1)?.effect.job).toBe('SUCCESS')
  expect(plan.map((step) => step.after)).toEqual(plan.map((step) => step.after).sort((a, b) => a - b))
})

test.each(flows)('the flow %s at pace instant is all due at once', (_name, flow) => {
  expect(planFlow(flow, { pace: 'instant', draw: middle }).every((step) => step.after === 0)).toBe(true)
})

test.each(flows)('the flow %s that fails ends in FAIL and never succeeds', (_name, flow) => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 1000 }), (at, pace) => {
      const plan = planFlow(flow, { pace, draw: middle, failure: { code: 'IMG.0057', at } })
      const ends = plan.filter((step) => step.effect.job === 'SUCCESS' || step.effect.job === 'FAIL')
      expect(ends).toEqual([
        expect.objectContaining({ effect: expect.objectContaining({ error: 'IMG.0057' }) }),
      ])
      expect(plan.at(-1)).toBe(ends[0])
    }),
  )
})
