import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { keysInJson, offsetInJson, offsetInYaml } from '../../src/simulation/scenario/places.ts'

/** All paths into a value. */
function pathsOf(value: unknown): PropertyKey[][] {
  if (typeof value !== 'object' || value === null) return [[]]
  const parts: [PropertyKey, unknown][] = Array.isArray(value)
    ? value.map((part: unknown, index) => [index, part])
    : Object.entries(value)
  return [[], ...parts.flatMap(([step, part]) => pathsOf(part).map((path) => [step, ...path]))]
}

const key = fc.stringMatching(/^[a-c"\\\\:,{}[\] é]{0,6}$/)
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof(key, fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
  ),
}))

test('places in a JSON text are those that the YAML parser finds', () => {
  fc.assert(
    fc.property(fc.dictionary(key, tree, { minKeys: 1, maxKeys: 4 }), fc.nat(2), (content, space) => {
      const text = JSON.stringify(content, null, space)
      const document = parseDocument(text, { uniqueKeys: false, logLevel: 'error' })
      for (const path of pathsOf(JSON.parse(text)))
        expect([path, offsetInJson(text, path)]).toEqual([path, offsetInYaml(document, path)])
      const keys = pathsOf(content).filter((path) => typeof path.at(-1) === 'string')
      expect(keysInJson(text)).toBe(keys.length)
    }),
  )
})

test('what is missing has the place of what is around it', () => {
  const text = '{"a": [1, {"b": 2}]}'
  expect(offsetInJson(text, ['a', 1, 'c', 'd'])).toBe(10)
  expect(offsetInJson(text, ['a', 5])).toBe(1)
  expect(offsetInJson(text, ['x'])).toBe(0)
  expect(offsetInJson(text, ['a', 1, 'b'])).toBe(11)
})

test('a key that comes twice is counted twice', () => {
  expect(keysInJson('{"a": 1, "a": {"b": "x:"}, "c": ["d"]}')).toBe(4)
})
