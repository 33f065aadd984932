import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planFlow } from '../../src/simulation/flow.ts'
import { loadScenario } from '../../src/simulation/scenario/load.ts'

const flows = Object.entries(loadScenario('standard').flows)
const middle = (from: number, to: number) => Math.floor((from + to) / 2)

test.each(flows)('the last step of the flow %s is SUCCESS', (_name, flow) => {
  const plan = planFlow(flow, { pace: 1, draw: middle })
  expect(plan.at(-1)?.effect.job).toBe('SUCCESS')
  expect(plan.map((step) => step.after)).toEqual(plan.map((step) => step.after).sort((a, b) => a - b))
})

test.each(flows)('at pace instant, all steps of the flow %s are due at once', (_name, flow) => {
  expect(planFlow(flow, { pace: 'instant', draw: middle }).every((step) => step.after === 0)).toBe(true)
})

test.each(flows)('the flow %s ends in FAIL when it fails', (_name, flow) => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 1000 }), (at, pace) => {
      const plan = planFlow(flow, { pace, draw: middle, failure: { code: 'IMG.0057', at: { part: at } } })
      const ends = plan.filter((step) => step.effect.job === 'SUCCESS' || step.effect.job === 'FAIL')
      expect(ends).toEqual([
        expect.objectContaining({ effect: expect.objectContaining({ error: 'IMG.0057' }) }),
      ])
      expect(plan.at(-1)).toBe(ends[0])
    }),
  )
})

test.each(flows)('the flow %s stops at the progress where it is stuck', (_name, flow) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), (progress) => {
      const plan = planFlow(flow, { pace: 1, draw: middle, stuck: { progress } })
      const shown = plan.map(({ effect }) => effect.progress ?? 0)
      expect(plan.map(({ effect }) => effect.job)).not.toContain('SUCCESS')
      expect(Math.max(0, ...shown)).toBeLessThanOrEqual(progress)
    }),
  )
})

test('a flow that fails at a progress fails at the time when it would reach it', () => {
  const flow = loadScenario('standard').flows['copy-image'] ?? []
  const plan = planFlow(flow, { pace: 1, draw: middle, failure: { code: 'IMG.0057', at: { progress: 60 } } })
  // Between 40 % at 45 s and 75 % at 90 s.
  expect(plan.at(-1)).toEqual({
    after: Math.round(45_000 + (45_000 * 20) / 35),
    effect: { job: 'FAIL', error: 'IMG.0057', image: ['fail', 'delete'], progress: 60 },
  })
})
