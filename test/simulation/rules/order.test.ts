import { expect, test } from 'vitest'
import { fired, openRuleWorld, request } from './rule-world.ts'

test('the first rule that fits wins', () => {
  const { book } = openRuleWorld([{ name: 'a', when: { method: 'POST' } }, { name: 'b' }, { name: 'c' }])
  expect(fired(book)).toEqual(['b'])
})

test('rules that say continue let later ones happen too, up to the first that does not', () => {
  const { book } = openRuleWorld([
    { name: 'a', continue: true },
    { name: 'b', continue: true, when: { method: 'POST' } },
    { name: 'c' },
    { name: 'd' },
  ])
  expect(fired(book)).toEqual(['a', 'c'])
})

test('a rule that happens says what it does, with its latency drawn', () => {
  const { book } = openRuleWorld([{ name: 'a', then: { latency: '200ms', image: 'fail' } }])
  expect(book.consider(request())).toEqual([
    { name: 'a', effects: expect.objectContaining({ image: ['fail'], error: undefined }), latencyMs: 200 },
  ])
})

test('a rule without a latency waits for nothing', () => {
  const { book } = openRuleWorld([{ name: 'a', then: { error: 'IMG.0057' } }])
  expect(book.consider(request())[0]?.latencyMs).toBe(0)
})

test('a request that no rule is about gets nothing', () => {
  const { book } = openRuleWorld([{ name: 'a', when: { operation: 'CreateImage' } }])
  expect(book.consider(request())).toEqual([])
})

test.each([
  ['its id', 'ListImages', true],
  ['another id', 'ShowImage', false],
  ['an id in a list', ['ShowImage', 'ListImages'], true],
  ['a pattern', 'List*', true],
  ['everything', '*', true],
  ['its API', 'face:ims', true],
  ['another API', 'face:openstack', false],
  ['any API', 'face:*', true],
])('an operation can be named by %s', (_, operation, fits) => {
  const { book } = openRuleWorld([{ name: 'a', when: { operation } }])
  expect(fired(book)).toEqual(fits ? ['a'] : [])
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
])('a rule looks at the %s of a request', (_, when, right, wrong) => {
  const { book } = openRuleWorld([{ name: 'a', when }])
  expect([fired(book, right), fired(book, wrong)]).toEqual([['a'], []])
})

test('an image is looked up once, and only when a rule asks', () => {
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

test('time counts from the start of the world, from and up to the instant', () => {
  const { book, advance } = openRuleWorld([
    { name: 'a', when: { after: '5m', before: '2026-01-01T00:06:00Z' } },
  ])
  const seen = [299_999, 1, 59_999, 1].map((ms) => {
    advance(ms)
    return fired(book)
  })
  expect(seen).toEqual([[], ['a'], ['a'], []])
})
