import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileWildcard } from '../../src/lib/wildcard.ts'

/** A recursive definition of the two wildcards. */
function fits(pattern: string, text: string): boolean {
  const [first, rest] = [pattern[0], pattern.slice(1)]
  if (first === undefined) return text === ''
  if (first === '*') return fits(rest, text) || (text !== '' && fits(pattern, text.slice(1)))
  return text !== '' && (first === '?' || first === text[0]) && fits(rest, text.slice(1))
}

test.each([
  ['*', '', true],
  ['*', 'ims:images:get', true],
  ['', '', true],
  ['', 'a', false],
  ['ims:images:get', 'ims:images:get', true],
  ['ims:images:get', 'ims:images:gets', false],
  ['ims:*:get', 'ims:images:get', true],
  ['ims:*:get', 'ims:images:list', false],
  ['?', '', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['*a?', 'bab', true],
  ['a*a', 'a', false],
  ['a*b?d*e', 'axxbcdyye', true],
  ['a**b', 'ab', true],
  ['*ab*ab', 'abab', true],
  ['*ab*ab', 'aab', false],
])('pattern %s matches %s: %s', (pattern, text, expected) => {
  expect(compileWildcard(pattern)(text)).toBe(expected)
})

test('compiled patterns agree with the recursive definition', () => {
  const characters = (alphabet: string) =>
    fc.array(fc.constantFrom(...alphabet), { maxLength: 8 }).map((all) => all.join(''))
  fc.assert(
    fc.property(characters('ab*?'), characters('ab'), (pattern, text) => {
      expect(compileWildcard(pattern)(text)).toBe(fits(pattern, text))
    }),
    { numRuns: 3_000 },
  )
})

// Backtracking over the stars would take years; the time limit of the test is the check.
test.each(['*a'.repeat(50), '*?'.repeat(50), '*a?'.repeat(40)])(
  'a pattern of many stars (%s) rejects a long text within the time limit',
  (pattern) => {
    expect(compileWildcard(`${pattern}*b`)('a'.repeat(20_000))).toBe(false)
  },
)
