import { describe, expect, test } from 'vitest'
import { compileMatcher, Matcher } from '../../../src/simulation/rules/matcher.ts'
import { compilePattern, openMatchBudget, sizeOf } from '../../../src/simulation/rules/pattern.ts'

/** Whether a text matches, or the reason why the pattern is refused. */
function matched(source: string, text: string): boolean | string {
  const pattern = compilePattern(source)
  return typeof pattern === 'string' ? pattern : pattern.matches(text)
}

test.each([
  ['\\.qcow2$', 'a.qcow2', 'a.qcow2.tmp'],
  ['^ci-[0-9]+$', 'ci-12', 'ci-12x'],
  ['(qcow2|vhd|zvhd2)$', 'a.vhd', 'a.raw'],
  ['^[\\w-]{1,64}$', 'a-b_c', 'a b'],
  ['^(?:a|b)?c', 'bc', 'dc'],
  ['^(?<year>\\d{4})-', '2024-05', '24-05'],
  ['^[)(]+$', '()', '(a)'],
  ['^\\(+$', '((', '()'],
  ['^(a+)+$', 'aaa', 'aab'],
  ['^\\u4e2d[^]$', '中\n', '中'],
  ['^[/\\/]$', '/', '\\'],
  ['(?i)UBUNTU', 'Ubuntu', 'Debian'],
])('%s matches %s and not %s', (source, match, other) => {
  expect([matched(source, match), matched(source, other)]).toEqual([true, false])
})

test.each([
  ['(a)\\1', /^refers back to a group, which cannot be matched in linear time$/],
  ['(?<a>x)\\k<a>', /^refers back to a group/],
  ['x(?=y)', /^looks ahead or behind, which cannot be matched in linear time$/],
  ['x(?!y)', /^looks ahead or behind/],
  ['(?<=x)y', /^looks ahead or behind/],
  ['(?<!x)y', /^looks ahead or behind/],
  ['a{5000}', /^repeats too much: .* longer than 1000 characters and classes$/],
  [`(${'x'.repeat(200)}){10}`, /^repeats too much/],
  ['((((a{9}){9}){9}){9}){9}', /^repeats too much/],
  [`(?i)${'\\p{L}'.repeat(30)}`, /^repeats too much/],
  ['x'.repeat(257), /^is longer than 256 characters$/],
  ['(', /^does not compile \(missing closing \): /],
  ['a**', /^does not compile \(invalid nested repetition operator/],
])('%s is refused', (source, reason) => {
  expect(matched(source, '')).toMatch(reason)
})

test.each(['[(?=]', '\\(\\?=', '\\\\1'])('%s only looks like a pattern that is refused', (source) => {
  expect(compilePattern(source)).not.toBeTypeOf('string')
})

test('no pattern matches a text over 4096 characters', () => {
  expect([matched('a', 'a'.repeat(4096)), matched('a', 'a'.repeat(4097))]).toEqual([true, false])
})

test.each([
  ['', 0],
  ['abc', 3],
  ['(ab){3}', 6],
  ['(a(b[c-z]{2}){3}){4}', 40],
  ['a{2,5}', 5],
  ['a{3,}', 3],
  ['a|b*', 2],
  ['\\{{4}', 4],
  ['((a', 1],
])('the size of %j with its repetitions written out is %i', (source, size) => {
  expect(sizeOf(source)).toBe(size)
})

describe('the patterns of a request', () => {
  test('cost the length of the text for each of their instructions', () => {
    const cost = (source: string, text: string) => {
      const pattern = compilePattern(source)
      return typeof pattern === 'string' ? undefined : pattern.cost(text)
    }
    const one = cost('^(a+)+[bc]$', 'a'.repeat(100)) ?? 0
    expect(one).toBeGreaterThan(0)
    expect(cost('^(a+)+[bc]$', 'a'.repeat(1000))).toBe(10 * one)
    // Too long to be matched at all.
    expect(cost('^(a+)+[bc]$', 'a'.repeat(10_000))).toBe(0)
  })

  test('match nothing once the budget is spent', () => {
    const { matches } = compileMatcher(Matcher.parse({ matches: 'a.{900}[xy]|^a' }))
    const budget = openMatchBudget()
    const texts = Array.from({ length: 100 }, () => 'a'.repeat(1000))
    const found = texts.map((text) => matches([text], budget))
    expect(found[0]).toBe(true)
    expect(found.at(-1)).toBe(false)
    expect([budget.spent, matches(['a'], budget), matches(['a'], openMatchBudget())]).toEqual([
      true,
      false,
      true,
    ])
  })
})
