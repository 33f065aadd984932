import { expect, test } from 'vitest'
import { compareBodies, openIdNames, saySame } from '../../src/client/replay/compare.ts'

const id = (digit: string) => digit.repeat(32)
const [A, B, C] = [id('a'), id('b'), id('c')]
const UUID = '00000000-0000-4000-8000-000000000001'

test('ids that map one to one are equal', () => {
  const names = openIdNames()
  expect(compareBodies([A, B, `job ${A}`], [B, C, `job ${B}`], { names, toleranceMs: 0 })).toEqual([])
  expect(names.translate(`/v1/${A}/${B}`)).toBe(`/v1/${B}/${C}`)
})

test.each([
  ['one that is called by two names', [A, A], [B, C], 'body[1]'],
  ['two that are called by one name', [A, B], [C, C], 'body[1]'],
])('ids that do not map one to one are different: %s', (_what, recorded, now, place) => {
  const found = compareBodies(recorded, now, { names: openIdNames(), toleranceMs: 0 })
  expect(found.map((each) => each.place)).toEqual([place])
})

test.each([
  [1000, true],
  [999, false],
])('instants a second apart are equal within %i ms: %s', (tolerance, same) => {
  const [one, other] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z']
  expect(saySame(one, other, openIdNames(), tolerance)).toBe(same)
})

test('a missing field is reported with its place', () => {
  const found = compareBodies(
    { a: { b: [1, 2] } },
    { a: { b: [1] } },
    { names: openIdNames(), toleranceMs: 0 },
  )
  expect(found).toEqual([{ place: 'body.a.b[1]', recorded: 2, now: undefined }])
})

test('addresses of the emulator are not compared', () => {
  expect(saySame('http://127.0.0.1:1/w/a/v2', 'http://127.0.0.1:2/w/b/v2', openIdNames(), 0)).toBe(true)
})

test.each([
  ['an item more in a list', [1], [1, 2], { place: 'body[1]', recorded: undefined, now: 2 }],
  ['a field more', { a: 1 }, { a: 1, b: 2 }, { place: 'body.b', recorded: undefined, now: 2 }],
  ['a number in place of a text', { a: '1' }, { a: 1 }, { place: 'body.a', recorded: '1', now: 1 }],
  ['a list in place of a map', { a: [] }, { a: {} }, { place: 'body.a', recorded: [], now: {} }],
])('%s is reported with its place', (_what, recorded, now, difference) => {
  expect(compareBodies(recorded, now, { names: openIdNames(), toleranceMs: 0 })).toEqual([difference])
})

test.each([
  ['one that goes on', `job ${A}`, `job ${A}${B.slice(0, 8)}`],
  ['one with an id more at its end', `job ${A}`, `job ${A} ${B}`],
  ['one that has an instant where an id was', A, '2026-01-01T00:00:00Z'],
  ['one that has an id where an address was', 'http://127.0.0.1:1', A],
  ['one with another id right behind', UUID, `${UUID}${UUID}`],
  ['one with other words behind an id', `${A} job`, `${A} jobs`],
  ['one with other words before an id', `job ${A}`, `jobs ${A}`],
])('a text is not the same as %s', (_what, recorded, now) => {
  expect(saySame(recorded, now, openIdNames(), 0)).toBe(false)
})
