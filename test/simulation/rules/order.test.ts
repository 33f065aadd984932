import { expect, test } from 'vitest'
import { fired, openRuleWorld, request } from './rule-world.ts'

test('the first rule that matches is applied', () => {
  const { book } = openRuleWorld([{ name: 'a', when: { method: 'POST' } }, { name: 'b' }, { name: 'c' }])
  expect(fired(book)).toEqual(['b'])
})

test('rules with continue are applied together with later ones, up to the first without it', () => {
  const { book } = openRuleWorld([
    { name: 'a', continue: true },
    { name: 'b', continue: true, when: { method: 'POST' } },
    { name: 'c' },
    { name: 'd' },
  ])
  expect(fired(book)).toEqual(['a', 'c'])
})

test('consider returns the effects of a rule and its drawn latency', () => {
  const { book } = openRuleWorld([{ name: 'a', then: { latency: '200ms', image: 'fail' } }])
  expect(book.consider(request())).toEqual([
    { name: 'a', effects: expect.objectContaining({ image: ['fail'], error: undefined }), latencyMs: 200 },
  ])
})

test('a rule without a latency has latency 0', () => {
  const { book } = openRuleWorld([{ name: 'a', then: { error: 'IMG.0057' } }])
  expect(book.consider(request())[0]?.latencyMs).toBe(0)
})

test('consider returns nothing for a request that no rule matches', () => {
  const { book } = openRuleWorld([{ name: 'a', when: { operation: 'CreateImage' } }])
  expect(book.consider(request())).toEqual([])
})

test.each([
  ['its id', 'ListImages', true],
  ['another id', 'ShowImage', false],
  ['an id in a list', ['ShowImage', 'ListImages'], true],
  ['a pattern', 'List*', true],
  ['everything', '*', true],
  ['its service', 'service:ims', true],
  ['another service', 'service:glance', false],
  ['any service', 'service:*', true],
  ['its service in the older spelling', 'face:ims', true],
  ['another service in the older spelling', 'face:glance', false],
])('an operation can be named by %s', (_, operation, matches) => {
  const { book } = openRuleWorld([{ name: 'a', when: { operation } }])
  expect(fired(book)).toEqual(matches ? ['a'] : [])
})

const image = {
  id: 'i',
  status: 'queued',
  name: null,
  visibility: 'private',
  tags: [
    { key: 'env', value: 'prod' },
    { key: 'blue', value: '' },
  ],
  enterpriseProject: undefined,
}
test.each([
  ['method', { method: ['GET', 'HEAD'] }, { method: 'HEAD' }, { method: 'POST' }],
  ['path', { path: '/v2/images/*' }, { path: '/v2/images/a' }, { path: '/v2/images' }],
  ['project', { project: 'p' }, { projectId: 'p' }, { projectId: undefined }],
  ['user by id', { user: 'u' }, { userId: 'u' }, { userId: 'v' }],
  ['user by name', { user: ['x', 'ci'] }, { userName: 'ci' }, { userName: undefined }],
  ['header', { headers: { 'X-Try': 1 } }, { headers: { 'x-try': '1' } }, { headers: { 'x-try': '2' } }],
  ['query', { query: { tag: 'b' } }, { query: { tag: ['a', 'b'] } }, { query: {} }],
  ['body', { body: { 'a.b': true } }, { body: { a: { b: true } } }, { body: 'a.b' }],
  ['image status', { resource: { status: 'queued' } }, { resource: () => image }, {}],
  [
    'image tag',
    { resource: { tag: 'blue' } },
    { resource: () => image },
    { resource: () => ({ ...image, tags: [] }) },
  ],
  ['image without a name', { resource: { name: null } }, { resource: () => image }, {}],
])('when matches the %s of a request', (_, when, right, wrong) => {
  const { book } = openRuleWorld([{ name: 'a', when }])
  expect([fired(book, right), fired(book, wrong)]).toEqual([['a'], []])
})

test('the image is looked up once, and only for rules with a resource clause', () => {
  let looks = 0
  const resource = () => {
    looks += 1
    return undefined
  }
  const asking = { resource: { status: 'active' } }
  fired(openRuleWorld([{ name: 'a' }]).book, { resource })
  expect(looks).toBe(0)
  fired(
    openRuleWorld([
      { name: 'a', when: asking },
      { name: 'b', when: asking },
    ]).book,
    { resource },
  )
  expect(looks).toBe(1)
})

test('after includes its instant and before excludes it; durations count from the start of the world', () => {
  const { book, advance } = openRuleWorld([
    { name: 'a', when: { after: '5m', before: '2026-01-01T00:06:00Z' } },
  ])
  const seen = [299_999, 1, 59_999, 1].map((ms) => {
    advance(ms)
    return fired(book)
  })
  expect(seen).toEqual([[], ['a'], ['a'], []])
})
