import { describe, expect, test } from 'vitest'
import { fromJson, type PyValue, parseInteger } from '../../../../src/services/glance/python/json.ts'
import { pformat, repr } from '../../../../src/services/glance/python/repr.ts'

describe('repr', () => {
  test.for<[PyValue, string]>([
    [null, 'None'],
    [true, 'True'],
    [5n, '5'],
    [5, '5.0'],
    [0.1, '0.1'],
    [1e16, '1e+16'],
    [1.5e-7, '1.5e-07'],
    [Number.NaN, 'nan'],
    [Number.NEGATIVE_INFINITY, '-inf'],
    ["it's", '"it\'s"'],
    ['both \' and "', "'both \\' and \"'"],
    ['a\tb\u0000\u00a0\u200b\u{e0001}ä', "'a\\tb\\x00\\xa0\\u200b\\U000e0001ä'"],
    [[1n, 'x'], "[1, 'x']"],
  ])('renders %$', ([value, text]) => {
    expect(repr(value)).toBe(text)
  })

  test('keeps the order of keys, and pformat sorts them', () => {
    const value = fromJson({ b: 1, a: null })
    expect([repr(value), pformat(value)]).toEqual(["{'b': 1, 'a': None}", "{'a': None, 'b': 1}"])
  })
})

test('pformat splits a long object into lines, and long texts at blanks', () => {
  const value = fromJson({
    type: 'boolean',
    description: 'If true, image will not appear in default image list response.',
    enum: ['queued', 'saving', 'active', 'killed', 'deleted', 'uploading', 'importing', 'pending'],
  })
  expect(pformat(value)).toBe(
    `{'description': 'If true, image will not appear in default image list '
                'response.',
 'enum': ['queued',
          'saving',
          'active',
          'killed',
          'deleted',
          'uploading',
          'importing',
          'pending'],
 'type': 'boolean'}`,
  )
})

test('pformat puts a long text at the top level in parentheses', () => {
  expect(pformat('word '.repeat(20))).toBe(
    `('word word word word word word word word word word word word word '\n 'word word word word word word word ')`,
  )
})

test.for([
  ['5', 5n],
  [' +5 ', 5n],
  ['-1_000', -1000n],
  ['1.0', undefined],
  ['1__0', undefined],
  ['', undefined],
] as const)('int(%j) is %s', ([text, value]) => {
  expect(parseInteger(text)).toBe(value)
})
