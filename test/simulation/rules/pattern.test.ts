import { expect, test } from 'vitest'
import { compilePattern } from '../../../src/simulation/rules/pattern.ts'

/** The longest text that a pattern is matched against, or the reason why the pattern is refused. */
function judged(source: string): number | string {
  const read = compilePattern(source)
  return typeof read === 'string' ? read : read.longest
}

test.each([
  '\\.qcow2$',
  '^ci-[0-9]+$',
  '(qcow2|vhd|zvhd2)$',
  '^[\\w-]{1,64}$',
  '(?:a|b)?c',
  '(?<year>\\d{4})-(?=x)',
  '[)(]+',
  '\\(+',
])('%s is matched against texts of up to 4096 characters', (source) => {
  expect(judged(source)).toBe(4096)
})

test.each([
  ['(a+)+$', /repeats a group in which something repeats or branches/],
  ['(a|aa)*$', /repeats a group in which something repeats or branches/],
  ['((a?)b){2,}', /repeats a group in which something repeats or branches/],
  ['(a)\\1', /refers back to a group/],
  ['a{5000}', /repeats more than 1000 times/],
  ['.*.*.*.*.*.*.*.*x', /too many repetitions or choices/],
  ['a?'.repeat(100), /too many repetitions or choices/],
  ['x'.repeat(300), /longer than 256 characters/],
  ['(', /Invalid regular expression/],
])('%s is refused', (source, reason) => {
  expect(judged(source)).toMatch(reason)
})

test('a pattern with more repetitions is matched against shorter texts only', () => {
  expect(['a', 'a.*b', 'a.*b.*c', 'a.*b.*c.*d'].map(judged)).toEqual([4096, 4096, 493, 148])
})

test('the slowest pattern that is accepted ends on its longest text', () => {
  const pattern = compilePattern('.*.*.*x')
  expect(typeof pattern === 'string' || pattern.matches('a'.repeat(pattern.longest))).toBe(false)
})
