import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Clock, openClock } from '../../src/simulation/clock.ts'

function clockOn(rate: number, goesOn = false) {
  const host = { now: 1_000_000 }
  const clock = openClock({ virtual: 5_000, host: host.now, rate, goesOn }, false, () => host.now)
  return { host, clock }
}

test('a clock runs faster than the host by its rate', () => {
  const { host, clock } = clockOn(60)
  host.now += 1_000
  expect(clock.now()).toBe(65_000)
})

test('a frozen clock stands until it is advanced', () => {
  const { host, clock } = clockOn(0)
  host.now += 86_400_000
  expect(clock.now()).toBe(5_000)
  clock.advanceTo(9_000)
  expect(clock.now()).toBe(9_000)
})

test('advancing to a past instant changes nothing', () => {
  const { clock } = clockOn(0)
  clock.advanceTo(1)
  expect(clock.now()).toBe(5_000)
})

test('a new rate applies from now on', () => {
  const { host, clock } = clockOn(1)
  host.now += 1_000
  clock.setRate(10)
  host.now += 1_000
  expect(clock.now()).toBe(16_000)
})

test('a restored clock goes on from its last time, or from the time of the host', () => {
  for (const goesOn of [false, true]) {
    const { host, clock } = clockOn(1, goesOn)
    const kept = clock.state()
    host.now += 10_000
    const reopened = openClock(kept, true, () => host.now)
    expect(reopened.now()).toBe(goesOn ? 15_000 : 5_000)
  }
})

test('time never goes back when the time of the host or the rate changes', () => {
  const move = fc.oneof(
    fc.record({ host: fc.integer({ min: -10_000, max: 10_000 }) }),
    fc.record({ rate: fc.double({ min: 0, max: 100, noNaN: true }) }),
    fc.record({ to: fc.integer({ min: 0, max: 1_000_000 }) }),
  )
  fc.assert(
    fc.property(fc.array(move), (moves) => {
      const { host, clock } = clockOn(1)
      let before = clock.now()
      for (const step of moves) {
        if ('host' in step) host.now += step.host
        else if ('rate' in step) clock.setRate(step.rate)
        else clock.advanceTo(step.to)
        const after = clock.now()
        expect(after).toBeGreaterThanOrEqual(before)
        before = after
      }
    }),
  )
})

test('time ends with the year 9899, at any rate and after any advance', () => {
  const end = Date.parse('9900-01-01T00:00:00Z')
  for (const hasten of [
    (clock: Clock) => clock.setRate(Number.MAX_VALUE),
    (clock: Clock) => clock.advanceTo(Number.MAX_VALUE),
  ]) {
    const { host, clock } = clockOn(1)
    hasten(clock)
    host.now += 1_000
    expect(clock.now()).toBe(end)
    expect(clock.state().virtual).toBe(end)
  }
})
