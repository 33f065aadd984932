import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NotJson, parsePythonJson, toJson } from '../../../../src/services/glance/python/json.ts'

const parse = (text: string) => parsePythonJson(Buffer.from(text))

test('JSON that JavaScript writes is parsed as JavaScript parses it', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const read = JSON.parse(text, (key, value) => (key === '__proto__' ? undefined : value))
      expect(JSON.stringify(toJson(parse(JSON.stringify(read))))).toBe(JSON.stringify(read))
    }),
  )
})

describe('parsePythonJson parses', () => {
  test.for([
    ['1', 1n],
    ['1.0', 1],
    ['-0', 0n],
    ['1e2', 100],
    ['123456789012345678901234567890', 123456789012345678901234567890n],
    ['NaN', Number.NaN],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['"\\u00e4\\n"', 'ä\n'],
    [' [null, true] ', [null, true]],
  ] as const)('%s as %s', ([text, value]) => {
    expect(parse(text)).toEqual(value)
  })

  test('a repeated key to its last value, and keys in their order', () => {
    expect(parse('{"2": 1, "1": 2, "2": 3}')).toEqual(
      new Map([
        ['2', 3n],
        ['1', 2n],
      ]),
    )
  })
})

describe('parsePythonJson refuses', () => {
  test.for([
    '',
    '[1,]',
    '{"a":1,}',
    '{a:1}',
    "{'a':1}",
    '01',
    '+1',
    '"a',
    '"\n"',
    '"\\x"',
    '"\\u12"',
    '1 2',
    '\ufeff[]',
    `${'['.repeat(2000)}${']'.repeat(2000)}`,
    '9'.repeat(5000),
  ])('%j', (text) => {
    expect(() => parse(text)).toThrow(NotJson)
  })

  test('bytes that are not UTF-8', () => {
    expect(() => parsePythonJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(NotJson)
  })
})
