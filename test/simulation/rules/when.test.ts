import { expect, test } from 'vitest'
import { When } from '../../../src/simulation/rules/when.ts'
import { mistakesOf } from './parsing.ts'

test.each([
  ['a map without clauses', {}],
  ['an operation', { operation: 'CreateImage' }],
  ['a list of operations', { operation: ['CreateImage', 'ListImages'] }],
  ['a pattern of operations', { operation: 'List*' }],
  ['a whole service', { operation: 'service:ims' }],
  ['a method', { method: 'POST' }],
  ['several methods', { method: ['POST', 'PUT'] }],
  ['a path', { path: '/v2/images/*' }],
  ['a project', { project: '0605767a9500d5ed2fb3c00a8e3a0d4c' }],
  ['users', { user: ['demo', 'ci'] }],
  ['a phase', { phase: 'outage' }],
  ['headers', { headers: { 'X-Sdk-Date': { present: true } } }],
  ['a query', { query: { marker: { present: true }, limit: [1, 2] } }],
  [
    'fields of the body',
    { body: { 'tags[0].key': 'env', image_url: { matches: '\\.qcow2$' }, '[*].op': 'add' } },
  ],
  ['an image', { resource: { status: 'active', tag: 'env=prod', name: { matches: '^ci-' } } }],
  ['the second', { nth: 2 }],
  ['the second and the fifth', { nth: [2, 5] }],
  ['the first three', { first: 3 }],
  ['every third', { every: 3 }],
  ['a time after the start', { after: '5m' }],
  ['an instant', { before: '2026-01-01T00:00:00Z' }],
  ['a probability', { probability: 0.5 }],
])('%s is accepted', (_, when) => {
  expect(When.parse(when)).toEqual(when)
})

test.each([
  ['an unknown condition', { opration: 'x' }, ': Unrecognized key: "opration"'],
  [
    'an empty list of operations',
    { operation: [] },
    'operation: Too small: expected array to have >=1 items',
  ],
  ['an unknown method', { method: 'FETCH' }, /^method: Invalid option/],
  ['an invalid path into the body', { body: { 'a..b': 1 } }, /^body.a..b: /],
  ['a path to the prototype', { body: { 'a.__proto__': 1 } }, /^body.a.__proto__: /],
  ['a matcher without a condition', { query: { a: {} } }, /^query.a: has no condition; write equals/],
  ['an image without a condition', { resource: {} }, /^resource: has no condition; write id/],
  ['request number zero', { nth: 0 }, /^nth: Too small/],
  ['every half request', { every: 0.5 }, /^every: Invalid input: expected int/],
  ['an invalid time', { after: 'soon' }, /^after: must be a duration since the world's start/],
  ['a probability above one', { probability: 1.5 }, /^probability: Too big/],
])('%s is refused', (_, when, message) => {
  const [first] = mistakesOf(When, when)
  expect(first).toMatch(message)
})
