import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseTime, wireMillis, wireSeconds } from '../../src/lib/time.ts'

const noon = Date.UTC(2024, 4, 6, 12, 0, 0)

test.each([
  ['2024-05-06T12:00:00Z', noon],
  ['2024-05-06 12:00:00', noon],
  ['2024-05-06T12:00:00', noon],
  ['2024-05-06T14:00:00+02:00', noon],
  ['2024-05-06T12:00:00.250Z', noon + 250],
  ['2024-02-29T12:00:00Z', Date.UTC(2024, 1, 29, 12)],
])('parseTime reads %s', (text, ms) => {
  expect(parseTime(text)).toBe(ms)
})

test.each([
  ...['', 'noon', '2024-05-06', '2024-13-06T12:00:00Z', '2024-05-06T25:00:00Z', '2024-05-06T24:00:00Z'],
  ...['2018-02-30T00:00:00Z', '2018-02-29T00:00:00Z', '2018-04-31T00:00:00Z', '2018-04-00T00:00:00Z'],
])('parseTime refuses %j', (text) => {
  expect(parseTime(text)).toBeUndefined()
})

test('parseTime reads the results of wireSeconds and wireMillis', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (ms) => {
      expect(parseTime(wireMillis(ms))).toBe(ms)
      expect(parseTime(wireSeconds(ms))).toBe(Math.floor(ms / 1000) * 1000)
    }),
  )
})
