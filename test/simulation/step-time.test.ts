import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planFlow } from '../../src/simulation/flow.ts'
import { Flow, parseStepTime } from '../../src/simulation/scenario/flows.ts'

const GIB = 2 ** 30
const lowest = (from: number) => from

test.for([
  ['90s', { from: 90_000, to: 90_000 }],
  ['60s-90s', { from: 60_000, to: 90_000 }],
  ['90s + 4s/GiB', { from: 90_000, to: 90_000, perByte: 4000 / GIB }],
  ['60s-90s+4s/GiB', { from: 60_000, to: 90_000, perByte: 4000 / GIB }],
  ['0s + 1m30s/TiB', { from: 0, to: 0, perByte: 90_000 / 2 ** 40 }],
  ['1s + 250ms / MiB', { from: 1000, to: 1000, perByte: 250 / 2 ** 20 }],
  ['4s/GiB', undefined],
  ['90s + 4s', undefined],
  ['90s + 4s/GB', undefined],
  ['90s + 4s/GiB + 1s/MiB', undefined],
  ['90s - 4s/GiB', undefined],
  ['+ 4s/GiB', undefined],
] as const)('parseStepTime parses %s as %o', ([text, time]) => {
  expect(parseStepTime(text)).toEqual(time)
})

const flow = Flow.parse([
  { at: '0s', job: 'INIT' },
  { at: '10s + 2s/GiB', job: 'RUNNING', progress: 10 },
  { at: '20s', progress: 20 },
  { at: '30s + 4s/GiB', job: 'SUCCESS', progress: 100 },
])

test('a flow takes longer for more bytes, divided by the pace', () => {
  const after = (size: number, pace = 1) =>
    planFlow(flow, { pace, draw: lowest, size }).map((step) => step.after)
  expect(after(0)).toEqual([0, 10_000, 20_000, 30_000])
  expect(after(GIB)).toEqual([0, 12_000, 20_000, 34_000])
  expect(after(GIB, 2)).toEqual([0, 6000, 10_000, 17_000])
})

test('a step that would come before the one above it waits for it', () => {
  const plan = planFlow(flow, { pace: 1, draw: lowest, size: 10 * GIB })
  expect(plan.map((step) => step.after)).toEqual([0, 30_000, 30_000, 70_000])
})

test('the steps of a flow keep their order for any draw and any size', () => {
  const at = fc
    .record({ from: fc.nat(1000), span: fc.nat(1000), per: fc.nat(100) })
    .map(({ from, span, per }) => `${from}s-${from + span}s + ${per}s/GiB`)
  fc.assert(
    fc.property(
      fc.array(at, { minLength: 1, maxLength: 8 }),
      fc.nat(100 * GIB),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (times, size, share) => {
        const steps = Flow.parse(times.map((time, progress) => ({ at: time, progress })))
        const draw = (from: number, to: number) => from + Math.floor((to - from) * share)
        const plan = planFlow(steps, { pace: 1, draw, size })
        expect(plan.map(({ effect }) => effect.progress)).toEqual(times.map((_, progress) => progress))
        expect(plan.map(({ after }) => after)).toEqual(plan.map(({ after }) => after).sort((a, b) => a - b))
      },
    ),
    { numRuns: 50 },
  )
})

test('an invalid duration that depends on the size is refused with an example', () => {
  const read = Flow.safeParse([{ at: '90s + 4s', job: 'SUCCESS' }])
  expect(JSON.stringify(read.error?.issues)).toContain('90s + 4s is no duration; write 90s + 4s/GiB')
})
