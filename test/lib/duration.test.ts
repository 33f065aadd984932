import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDuration, parseDurationRange } from '../../src/lib/duration.ts'

test.each([
  ['90s', 90_000],
  ['3m', 180_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['250ms', 250],
  ['0s', 0],
  ['2d', 172_800_000],
])('parseDuration reads %s as %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each(['', '90', 's', '-3s', '3 s', '1m-2m', 'soon', '3sec'])('parseDuration refuses %j', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})

test('parseDurationRange reads one or two durations and refuses a range that runs backwards', () => {
  expect(parseDurationRange('60s-90s')).toEqual({ from: 60_000, to: 90_000 })
  expect(parseDurationRange('60s')).toEqual({ from: 60_000, to: 60_000 })
  expect(parseDurationRange('90s-60s')).toBeUndefined()
  expect(parseDurationRange('1s-2s-3s')).toBeUndefined()
})

test('parseDuration returns undefined or whole milliseconds from 0 on for every text', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const ms = parseDuration(text)
      return ms === undefined || (Number.isInteger(ms) && ms >= 0)
    }),
  )
})
