import { expect, test } from 'vitest'
import { compileMatcher, Matcher } from '../../../src/simulation/rules/matcher.ts'
import { openMatchBudget } from '../../../src/simulation/rules/pattern.ts'
import { mistakesOf } from './parsing.ts'

const here = (value: unknown) => [value]
const nowhere: unknown[] = []

test.each<[string, unknown, unknown[], boolean]>([
  ['a text', 'a', here('a'), true],
  ['another text', 'a', here('b'), false],
  ['a number as a text', 40, here('40'), true],
  ['a text as a number', '40', here(40), true],
  ['true as a text', true, here('true'), true],
  ['null', null, here(null), true],
  ['the word null', null, here('null'), false],
  ['null for the word', 'null', here(null), false],
  ['a missing field', 'a', nowhere, false],
  ['a map', 'a', here({ a: 1 }), false],
  ['one of a list', ['a', 'b'], here('b'), true],
  ['none of a list', ['a', 'b'], here('c'), false],
  ['equals', { equals: 'a' }, here('a'), true],
  ['in', { in: [1, 2] }, here('2'), true],
  ['a pattern anywhere', { matches: 'cow' }, here('a.qcow2'), true],
  ['a pattern at the end', { matches: '\\.qcow2$' }, here('a.qcow2.tmp'), false],
  ['a pattern on a number', { matches: '^4' }, here(40), true],
  ['a pattern on null', { matches: '' }, here(null), false],
  ['a pattern on a missing field', { matches: '' }, nowhere, false],
  ['a pattern on a text that is too long', { matches: 'a' }, here('a'.repeat(5000)), false],
  ['present', { present: true }, here(null), true],
  ['present, of a missing field', { present: true }, nowhere, false],
  ['not present', { present: false }, nowhere, true],
  ['absent', { absent: true }, nowhere, true],
  ['absent, of a field that is there', { absent: true }, here(''), false],
  ['not absent', { absent: false }, here(''), true],
  ['both conditions', { matches: '^a', in: ['ab', 'b'] }, here('ab'), true],
  ['one of both conditions', { matches: '^a', in: ['ab', 'b'] }, here('b'), false],
  ['an element of a list that is there', 'b', here(['a', 'b']), true],
  ['one element that is right in every way', { matches: '^a', equals: 'ab' }, here(['a', 'ab']), true],
  ['two elements that are each half right', { matches: '^a', equals: 'b' }, here(['a', 'b']), false],
  ['one of many values', 'b', ['a', 'b'], true],
])('%s', (_, matcher, found, matches) => {
  expect(compileMatcher(Matcher.parse(matcher)).matches(found, openMatchBudget())).toBe(matches)
})

test.each([
  ['a', 'be "a"'],
  [['a', 1], 'be one of "a", 1'],
  [{ matches: '^a' }, 'match /^a/'],
  [{ matches: '^a', equals: 'ab' }, 'be "ab" and match /^a/'],
  [{ present: true }, 'be there'],
  [{ absent: true }, 'not be there'],
])('%j expects that the value should %s', (matcher, expects) => {
  expect(compileMatcher(Matcher.parse(matcher)).expects).toBe(expects)
})

test.each([
  [{ equalz: 1 }, /Unrecognized key: "equalz"/],
  [{ present: true, absent: true }, /cannot be both present and absent/],
  [{ absent: true, equals: 'a' }, /an absent field has no value to compare/],
  [{ in: [] }, /Too small/],
  [{ matches: '[' }, /is no pattern that can be used: it does not compile/],
  [[], /Too small/],
  [[['a']], /Invalid input/],
])('%j is refused', (matcher, message) => {
  expect(mistakesOf(Matcher, matcher).join('\n')).toMatch(message)
})
