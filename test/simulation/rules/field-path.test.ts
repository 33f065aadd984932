import { expect, test } from 'vitest'
import { compileWildcard } from '../../../src/lib/wildcard.ts'
import { compilePath, FieldPath, withFields } from '../../../src/simulation/rules/field-path.ts'

const body = { name: 'a', tags: [{ key: 'k' }, { key: 'l' }], deep: { none: null, list: [[1], [2]] } }

test.each([
  ['name', ['a']],
  ['tags[1].key', ['l']],
  ['tags[*].key', ['k', 'l']],
  ['deep.none', [null]],
  ['deep.list[0]', [[1]]],
  ['deep.list[*]', [[1], [2]]],
  ['deep.list[1][0]', [2]],
  ['tags[2].key', []],
  ['name.first', []],
  ['tags.key', []],
  ['toString', []],
])('%s finds %j', (path, values) => {
  expect(compilePath(FieldPath.parse(path))(body)).toEqual(values)
})

test('a path into a list begins with a position', () => {
  expect(compilePath('[*].op')([{ op: 'add' }, { op: 'remove' }])).toEqual(['add', 'remove'])
})

test('compilePath finds nothing in a missing body', () => {
  expect(compilePath('name')(undefined)).toEqual([])
})

test.each(['', '.', 'a.', '.a', 'a..b', 'a[', 'a[x]', 'a[-1]', '__proto__', 'a.__proto__.b', '[0]a'])(
  '%j is refused',
  (path) => {
    expect(FieldPath.safeParse(path).success).toBe(false)
  },
)

test.each<[string, Record<string, unknown>, unknown]>([
  ['a field', { name: 'b' }, { ...body, name: 'b' }],
  ['a field of an element', { 'tags[1].key': 'm' }, { ...body, tags: [{ key: 'k' }, { key: 'm' }] }],
  ['a field of all elements', { 'tags[*].key': 1 }, { ...body, tags: [{ key: 1 }, { key: 1 }] }],
  ['a field that is not there yet', { 'new.field': 1 }, { ...body, new: { field: 1 } }],
  ['a position that the list does not have', { 'tags[5].key': 1 }, body],
  ['a step into a text', { 'name.first': 1 }, body],
  ['several fields', { name: 'b', deep: 0 }, { ...body, name: 'b', deep: 0 }],
])('withFields changes %s and nothing else', (_, fields, changed) => {
  const before = structuredClone(body)
  expect(withFields(body, fields)).toEqual(changed)
  expect(body).toEqual(before)
})

test.each([
  ['/v2/images/*', '/v2/images/a/file', true],
  ['/v2/images/*', '/v2/images', false],
  ['*/file', '/v2/images/a/file', true],
  ['List*', 'ListImages', true],
  ['*Image*', 'CreateImage', true],
  ['*a*a', 'a', false],
  ['a*b*c', 'a-c-b', false],
  ['ab*ba', 'aba', false],
  ['*', '', true],
  ['', '', true],
  ['List.mages', 'ListImages', false],
])('the pattern %j on %j is %j', (pattern, text, fits) => {
  expect(compileWildcard(pattern)(text)).toBe(fits)
})
