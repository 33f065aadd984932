import { expect, test } from 'vitest'
import { fired, openRuleWorld, type RuleText, request } from './rule-world.ts'

const half: RuleText = { name: 'half', when: { probability: 0.5 }, then: { latency: '200ms-2s' } }
const tail: RuleText = { name: 'tail', then: { latency: { median: '200ms', sigma: 1 } } }

/** The rules and latencies of a hundred equal requests. */
function course(rules: readonly RuleText[], seed?: number): (readonly [string, number])[][] {
  const { book } = openRuleWorld(rules, seed === undefined ? {} : { seed })
  return Array.from({ length: 100 }, () =>
    book.consider(request()).map(({ name, latencyMs }) => [name, latencyMs] as const),
  )
}

test('the same seed and the same requests give the same rules and latencies', () => {
  expect(course([half, tail])).toEqual(course([half, tail]))
})

test('another seed gives other rules and latencies', () => {
  expect(course([half, tail], 8)).not.toEqual(course([half, tail], 7))
})

test('a restart in the middle changes nothing', () => {
  const world = openRuleWorld([half, tail])
  const before = Array.from({ length: 50 }, () => world.book.consider(request()))
  const reopened = world.reopen()
  const after = Array.from({ length: 50 }, () => reopened.consider(request()))
  const undisturbed = openRuleWorld([half, tail]).book
  expect([...before, ...after]).toEqual(Array.from({ length: 100 }, () => undisturbed.consider(request())))
})

test('a rule added before others changes nothing for them', () => {
  const added: RuleText = { ...half, name: 'added', continue: true }
  const without = course([added, half, tail]).map((names) => names.filter(([name]) => name !== 'added'))
  expect(without).toEqual(course([half, tail]))
})

test('drawing for rules does not change the ids of the world', () => {
  const { book, nextId } = openRuleWorld([half, tail])
  for (let n = 0; n < 10; n++) fired(book)
  expect(nextId()).toBe(openRuleWorld([]).nextId())
})

test('a rule with probability 1 is always applied, one with probability 0 never', () => {
  const always = { name: 'always', when: { probability: 1 }, continue: true }
  const never = { name: 'never', when: { probability: 0 } }
  const happened = course([always, never]).flat()
  expect(new Set(happened.map(([name]) => name))).toEqual(new Set(['always']))
  expect(happened).toHaveLength(100)
})

test('probability 0.5 applies to about half of the requests', () => {
  const hits = course([half]).flat().length
  expect(hits).toBeGreaterThan(35)
  expect(hits).toBeLessThan(65)
})

test('a range is drawn between its ends, a lognormal latency around its median', () => {
  const drawn = (rule: RuleText) => course([rule]).flatMap((names) => names.map(([, latency]) => latency))
  const even = drawn({ name: 'even', then: { latency: '200ms-2s' } })
  expect(Math.min(...even)).toBeGreaterThanOrEqual(200)
  expect(Math.max(...even)).toBeLessThanOrEqual(2000)
  expect(new Set(even).size).toBeGreaterThan(50)
  const long = drawn(tail).toSorted((one, other) => one - other)
  expect(long[50]).toBeGreaterThan(130)
  expect(long[50]).toBeLessThan(300)
  expect(long[99]).toBeGreaterThan(800)
})

test('no latency is longer than ten minutes', () => {
  const wild = { name: 'wild', then: { latency: { median: '10m', sigma: 5 } } }
  const latencies = course([wild]).flatMap((names) => names.map(([, latency]) => latency))
  expect(Math.max(...latencies)).toBe(600_000)
})
