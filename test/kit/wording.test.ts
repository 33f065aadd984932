import { expect, test } from 'vitest'
import { compareBodies } from '../../src/kit/replay/compare.ts'
import { openIdNames, saySame } from '../../src/kit/replay/wording.ts'

const id = (digit: string) => digit.repeat(32)
const [A, B, C] = [id('a'), id('b'), id('c')]

test('ids that differ alike everywhere are the same', () => {
  const names = openIdNames()
  expect(compareBodies([A, B, `job ${A}`], [B, C, `job ${B}`], { names, toleranceMs: 0 })).toEqual([])
  expect(names.translate(`/v1/${A}/${B}`)).toBe(`/v1/${B}/${C}`)
})

test.each([
  ['one that is called by two names', [A, A], [B, C], 'body[1]'],
  ['two that are called by one name', [A, B], [C, C], 'body[1]'],
])('ids that differ unlike are not the same: %s', (_what, recorded, now, place) => {
  const found = compareBodies(recorded, now, { names: openIdNames(), toleranceMs: 0 })
  expect(found.map((each) => each.place)).toEqual([place])
})

test.each([
  [1000, true],
  [999, false],
])('instants a second apart are the same within %i ms: %s', (tolerance, same) => {
  const [one, other] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z']
  expect(saySame(one, other, openIdNames(), tolerance)).toBe(same)
})

test('a field that is missing is told with its place', () => {
  const found = compareBodies(
    { a: { b: [1, 2] } },
    { a: { b: [1] } },
    { names: openIdNames(), toleranceMs: 0 },
  )
  expect(found).toEqual([{ place: 'body.a.b[1]', recorded: 2, now: undefined }])
})

test('where the emulator listens does not matter', () => {
  expect(saySame('http://127.0.0.1:1/w/a/v2', 'http://127.0.0.1:2/w/b/v2', openIdNames(), 0)).toBe(true)
})
