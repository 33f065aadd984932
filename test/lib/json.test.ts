import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonIn } from '../../src/lib/json.ts'

test('every JSON value is parsed as JSON.parse parses it', () => {
  fc.assert(
    fc.property(fc.json({ depthSize: 'medium' }), (text) => {
      expect(jsonIn(text)).toEqual(JSON.parse(text))
    }),
  )
})

test('text that is no JSON is undefined', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      let valid = true
      try {
        JSON.parse(text)
      } catch {
        valid = false
      }
      expect(jsonIn(text) !== undefined).toBe(valid)
    }),
  )
})

test.each([256, 257])('nesting of %i is parsed up to 256', (depth) => {
  const text = '['.repeat(depth) + ']'.repeat(depth)
  expect(jsonIn(text) !== undefined).toBe(depth <= 256)
  expect(jsonIn(`{"a":"${'['.repeat(1000)}\\"["}`)).toBeDefined()
})
