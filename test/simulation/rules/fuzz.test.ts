import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Phases } from '../../../src/simulation/rules/phases.ts'
import { Rule } from '../../../src/simulation/rules/rule.ts'
import { openRuleWorld, request } from './rule-world.ts'

/** Words of the format and texts that look like them, so that some values pass the first checks. */
const word = fc.oneof(
  fc.constantFrom(
    '*',
    'service:ims',
    'List*',
    '60%',
    '101%',
    '5m',
    '1s-2s',
    '1KiB/s',
    'IMG.0057',
    'IMG.9999x',
  ),
  fc.constantFrom(
    '(a+)+',
    '[',
    'a.*b',
    '__proto__',
    'constructor',
    'tags[0].key',
    '2026-01-01T00:00:00Z',
    '',
  ),
  fc.string({ maxLength: 20 }),
)
const key = fc.oneof(
  fc.constantFrom(...Object.keys(Rule.shape), ...Object.keys(Rule.shape.when.shape), '__proto__'),
  fc.constantFrom(
    ...Object.keys(Rule.shape.then.shape),
    'equals',
    'in',
    'matches',
    'present',
    'absent',
    'code',
  ),
)
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    word,
    fc.integer({ min: -2, max: 300 }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(key, word), tie('value'), { maxKeys: 4 }),
  ),
})).value

function mapOf(keys: readonly string[], values: fc.Arbitrary<unknown> = anything) {
  return fc.dictionary(fc.constantFrom(...keys), values, { maxKeys: 4 })
}

const almostRule = fc
  .tuple(
    fc.oneof(mapOf(Object.keys(Rule.shape.when.shape)), anything),
    fc.oneof(mapOf(Object.keys(Rule.shape.then.shape)), anything),
    mapOf(['summary', 'continue', 'per', 'other']),
  )
  .map(([when, then, rest]) => ({ name: 'fuzzed', when, then, ...rest }))

test('any value is parsed as a rule or refused, and a parsed rule can be parsed again', () => {
  fc.assert(
    fc.property(fc.oneof(anything, almostRule), (value) => {
      const { success, data, error } = Rule.safeParse(value)
      if (success)
        expect(Rule.parse(JSON.parse(JSON.stringify(data)))).toEqual(JSON.parse(JSON.stringify(data)))
      else expect(error.issues.length).toBeGreaterThan(0)
    }),
    { numRuns: 3000 },
  )
})

test('any value is parsed as phases or refused', () => {
  const almostPhases = mapOf(['initial', 'others', 'moves'])
  fc.assert(
    fc.property(fc.oneof(anything, almostPhases), (value) => {
      const { success, error } = Phases.safeParse(value)
      expect(success || error.issues.length > 0).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

const matcher = fc.oneof(
  fc.constantFrom<unknown[]>(
    'a',
    1,
    null,
    ['a', 2],
    { present: true },
    { absent: true },
    { matches: 'a.*b' },
  ),
  fc.record({ equals: word, in: fc.array(word, { minLength: 1 }) }),
)
const validRule = fc
  .record({
    name: fc.constant('fuzzed'),
    when: fc.record(
      {
        operation: fc.constantFrom('*', 'List*', 'service:ims'),
        path: word,
        headers: fc.dictionary(word, matcher, { maxKeys: 2 }),
        query: fc.dictionary(word, matcher, { maxKeys: 2 }),
        body: fc.dictionary(fc.constantFrom('a', '[*].op', 'tags[0].key', 'toString'), matcher, {
          maxKeys: 2,
        }),
        resource: fc.record({ name: matcher, tag: matcher }),
        after: fc.constantFrom('0s', '5m', '2026-01-01T00:00:00Z'),
        probability: fc.double({ min: 0, max: 1, noNaN: true }),
        every: fc.integer({ min: 1, max: 3 }),
      },
      { requiredKeys: [] },
    ),
    then: fc.record(
      {
        error: fc.constantFrom('IMG.0057', { status: 418, body: null }),
        latency: fc.constantFrom('1s', '0s-10m', { median: '1ms', sigma: 5 }),
        slow: fc.constantFrom('1B/s', '0.5MiB/s'),
        set: fc.dictionary(fc.constantFrom('a.b', '[*].c'), anything, { minKeys: 1, maxKeys: 2 }),
        enter: fc.constant('calm'),
      },
      { requiredKeys: [] },
    ),
  })
  .filter((text) => Rule.safeParse(text).success)

test('a rule can be evaluated for any request and explained', () => {
  fc.assert(
    fc.property(validRule, anything, word, (text, body, anyWord) => {
      const { book } = openRuleWorld([text], { phases: { initial: 'calm' } })
      const asked = request({ body, path: anyWord, query: { [anyWord]: anyWord }, header: () => anyWord })
      expect(book.consider(asked).length).toBeLessThanOrEqual(1)
      expect(book.explain('fuzzed')).toMatchObject([{ path: anyWord, why: expect.stringMatching(/./) }])
    }),
    { numRuns: 200 },
  )
})
